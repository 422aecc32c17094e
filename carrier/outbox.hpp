#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <queue>
#include <unordered_map>
#include <utility>
#include <vector>

#include "carrier/callbacks.hpp"

namespace ringmaster::telco {

/// Errands that wait to be run, and their order. Those of one call's chain leave one after the
/// other; a held one lets the next of its chain pass first; free ones leave at their time.
class outbox {
 public:
  /// Leaves at `at`, whatever else is on its way.
  void post_free(errand e, instant at);
  /// Leaves when everything posted to the call's chain before has been answered.
  void post_chained(errand e);
  /// As chained, but behind the next one of its chain, or at `until` if none comes.
  void post_held(errand e, instant until);

  /// What may leave at `now`. Each has an id; its end is told by `done`.
  std::vector<errand> take_due(instant now);
  void done(std::uint64_t id);

  /// The next moment at which waiting alone lets something leave.
  std::optional<instant> next_due() const;
  std::size_t waiting() const { return waiting_; }

 private:
  struct chain {
    std::deque<errand> waiting;
    std::optional<errand> held;
    instant held_until{};
    bool busy = false;
  };
  struct timed {
    instant at;
    std::uint64_t order;
    bool operator>(const timed& other) const {
      return std::pair(at, order) > std::pair(other.at, other.order);
    }
  };
  using clock_queue = std::priority_queue<timed, std::vector<timed>, std::greater<>>;

  void enqueue(errand e);
  void release(std::uint32_t serial, chain& of);

  std::uint64_t next_id_ = 1;
  std::size_t waiting_ = 0;
  std::unordered_map<std::uint64_t, errand> free_; ///< by id
  clock_queue free_times_;                         ///< `order` is the id
  std::unordered_map<std::uint32_t, chain> chains_; ///< by serial of the call
  clock_queue held_times_;                         ///< `order` is the serial
  std::vector<errand> ready_;
  std::unordered_map<std::uint64_t, std::uint32_t> chained_out_; ///< id to serial
};

} // namespace ringmaster::telco
