#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "domain/error.hpp"
#include "domain/ids.hpp"
#include "domain/ports.hpp"
#include "domain/store.hpp"

// What can be seen of the actors from outside, without asking them: who lives, what waits, how long
// the handlers take. No words of people, no numbers: kinds and ids.

namespace ringmaster {

class actor_watch; // actors/watched.hpp

/// Parents before their children.
enum class actor_kind : std::uint8_t {
  scheduler,
  store,
  desk,
  dialer,
  feed,
  tasks,
  wrap_up,
  brain,
  courier,
  campaign,
  planner,
  task_call,
  inquiry,
  call,
};
inline constexpr std::size_t actor_kinds = 14;
std::string_view to_string(actor_kind kind);

/// What an actor says of itself, asked.
struct actor_state {
  using value = std::variant<bool, std::int64_t, std::string>;
  struct bucket {
    std::string name;
    std::int64_t used = 0, limit = 0;
    double window_seconds = 0; ///< 0: what it counts does not pass with time
  };
  actor_state& add(std::string name, value what) {
    fields.emplace_back(std::move(name), std::move(what));
    return *this;
  }

  std::vector<std::pair<std::string, value>> fields;
  std::vector<bucket> buckets;
};

/// One actor, as it stood when it was looked at.
struct actor_row {
  using nanos = std::chrono::nanoseconds;

  std::uint64_t id = 0, parent = 0; ///< parent 0: none
  actor_kind kind{};
  uuid subject; ///< of a CALL its attempt, of a CAMPAIGN its campaign, of a PLANNER its task
  std::uint32_t mailbox = 0;
  bool working = false; ///< in a handler
  double per_second = 0;
  std::uint32_t p50_us = 0, p99_us = 0;
  std::uint32_t restarts = 0;
  std::string last_error;
  nanos age{}, next_timer{}; ///< next_timer on clock.boot(); 0: none
  std::size_t children = 0;

  /// "scheduler", "call 3f2a9c1d": the kind, and the end of the subject's id.
  std::string name() const;
};

struct actor_message {
  std::string type;
  std::chrono::nanoseconds at{}; ///< on clock.boot()
  std::uint32_t took_us = 0;
};

/// What all actors of a kind did, those that have ended among them.
struct kind_totals {
  /// Handlers by their time: [0] below a microsecond, [n] below 2^n.
  static constexpr std::size_t buckets = 24;
  std::uint64_t actors = 0, mailbox = 0, restarts = 0;
  std::array<std::uint64_t, buckets> handled{};
  double seconds = 0;
  std::uint64_t messages() const;
};

/// All actors of one engine. They stand on it from their first message to their end; whoever looks
/// takes no lock that a message waits for. Safe from any thread.
class actor_board {
public:
  enum class order : std::uint8_t { tree, name, mailbox, rate, p99, restarts, age };
  struct query {
    std::string q; ///< part of a name or of the subject's id
    order by = order::tree;
    std::size_t offset = 0, limit = 50;
  };
  struct listing {
    std::vector<actor_row> rows;
    std::size_t total = 0;
  };
  struct detail {
    actor_row row;
    std::vector<actor_message> recent; ///< newest first
  };

  explicit actor_board(const clock& time);
  ~actor_board();
  actor_board(const actor_board&) = delete;
  actor_board& operator=(const actor_board&) = delete;

  listing list(const query& what) const;
  std::optional<detail> find(std::uint64_t id) const;
  std::array<kind_totals, actor_kinds> totals() const;

  /// Asks an actor what it is about; `about` asks the SCHEDULER for one campaign. `unavailable` if
  /// it ends before it answers; a busy one answers late.
  void ask(std::uint64_t id, const uuid& about, std::function<void(result<actor_state>)> then);
  /// The actor ends with an error, and whoever supervises it makes it again from the store.
  /// `wrong_state` where nobody would.
  result<void> restart(std::uint64_t id);
  /// A CALL hangs up, a CAMPAIGN is paused, as if its user had said so. `wrong_state` for others.
  void stop(std::uint64_t id, const identity& by, std::function<void(result<actor_state>)> then);

  /// Whether somebody makes a new one when an actor of this kind ends badly, and whether one may be
  /// stopped.
  static bool restartable(actor_kind kind);
  static bool stoppable(actor_kind kind);

  std::chrono::nanoseconds boot() const { return time_.boot(); }

private:
  friend class actor_watch;
  struct mark;

  static constexpr std::size_t shards_ = 64;
  static constexpr std::size_t stripes_ = 8;
  static constexpr std::size_t deaths_most_ = 4'096;

  struct shard {
    std::mutex mutex;
    actor_watch* first = nullptr;
  };
  /// Several, so that threads do not write to the same line.
  struct alignas(64) stripe {
    std::array<std::atomic<std::uint64_t>, kind_totals::buckets> handled{};
    std::atomic<std::uint64_t> nanos{0};
  };
  struct death {
    std::uint32_t times = 0;
    std::string why;
  };
  struct identity_hash {
    std::size_t operator()(const std::pair<actor_kind, uuid>& who) const;
  };

  std::optional<detail> look(std::uint64_t id) const;
  void enter(actor_watch& who);
  void leave(actor_watch& who, const std::string* why);
  void note(actor_kind kind, std::chrono::nanoseconds took);
  shard& shard_of(std::uint64_t id) { return all_[id % shards_]; }
  /// Adds what is known of the ends of its forerunners.
  void add_deaths(actor_row& row) const;

  const clock& time_;
  mutable std::array<shard, shards_> all_;
  std::unique_ptr<std::array<std::array<stripe, stripes_>, actor_kinds>> times_;
  std::array<std::atomic<std::uint64_t>, actor_kinds> restarts_{};
  mutable std::mutex deaths_mutex_;
  std::unordered_map<std::pair<actor_kind, uuid>, death, identity_hash> deaths_;
  std::atomic<std::size_t> deaths_known_{0};
};

} // namespace ringmaster
