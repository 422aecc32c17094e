#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"
#include "actors/watched.hpp"

namespace ringmaster {

/// The FEED: passes notices on to whoever follows, and remembers the last ones so that a reader
/// that lost its connection can go on where it was. Nothing here is durable: what a notice speaks
/// of is.
class feed_desk final : public watched<feed_actor::base> {
 public:
  static constexpr std::size_t remembered = 4'096;

  /// `epoch` tells the entries of this run from those of any other.
  feed_desk(
    caf::actor_config& config, std::uint64_t epoch, std::shared_ptr<actor_board> board = nullptr);
  behavior_type make_behavior() override;
  const char* name() const override { return "feed"; }
  actor_state describe(const uuid& about) const override;

 private:
  using reader = decltype(follow_feed::deliver);

  /// True if everything after the place that the reader knows is still here.
  bool can_replay(const follow_feed& what) const;

  std::uint64_t epoch_;
  std::uint64_t seq_ = 0;
  std::deque<feed_entry> last_;
  std::unordered_map<user_id, std::vector<reader>> followers_;
};

} // namespace ringmaster
