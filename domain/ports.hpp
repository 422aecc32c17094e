#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/attempt.hpp"
#include "domain/error.hpp"
#include "domain/ids.hpp"
#include "domain/money.hpp"
#include "domain/phone_number.hpp"

// The doors to the world, as the engine needs them. Two more stand in store.hpp and desk.hpp.

namespace ringmaster {

/// The CLOCK. `now` may be set back and forth by people; `boot` never stops nor jumps
/// (CLOCK_BOOTTIME) and is only good for distances.
struct clock {
  virtual ~clock() = default;
  virtual instant now() const = 0;
  virtual std::chrono::nanoseconds boot() const = 0;
};

/// The source of RANDOM: unpredictable in production, seeded in tests. Safe from any thread.
struct random_source {
  virtual ~random_source() = default;
  virtual std::uint64_t next() = 0;
  void fill(std::span<std::uint8_t> bytes) {
    for (std::size_t i = 0; i < bytes.size();) {
      auto word = next();
      for (int k = 0; k < 8 && i < bytes.size(); ++k, ++i, word >>= 8)
        bytes[i] = static_cast<std::uint8_t>(word);
    }
  }
};

// -- the carrier --------------------------------------------------------------------------------

/// One create request. The gateway asks `gate` when the connection stands and no byte of the
/// request has been written; false means: do not send. It asks once, and sends at most once.
struct create_order {
  user_id user;
  attempt_id attempt;
  phone_number to, from;
  std::chrono::seconds ring_timeout{30};
  std::chrono::seconds time_limit{600};
  bool detect_machine = true; ///< asynchronously, with its own callback
  std::function<bool()> gate;
};

/// What the carrier says about a call now.
struct call_news {
  call_sid sid;
  call::status state = call::status::queued;
  std::optional<instant> started_at, ended_at;
  std::optional<std::int32_t> duration_seconds;
  std::string answered_by;
  std::string to, from;
  std::optional<money> price{}; ///< told some time after the end
};

/// The CARRIER. Every function returns at once and calls back exactly once, on a thread of the
/// gateway's; a callback must not block.
class carrier {
 public:
  virtual ~carrier() = default;

  /// Creates a call. No retry, no redirect. Every end is told as an `exchange`.
  virtual void create(create_order order, std::function<void(attempt::exchange)> done) = 0;

  enum class ending : std::uint8_t {
    cancel,  ///< only while queued or ringing
    hang_up, ///< in any state
  };
  /// Ends a call. "Already over" is a success; the news then come from a fetch.
  virtual void end(const call_sid& sid, ending how, std::function<void(result<call_news>)> done) = 0;
  virtual void fetch(const call_sid& sid, std::function<void(result<call_news>)> done) = 0;
  /// Makes a call that is in progress ask for its next document at once, under `number`.
  virtual void redirect(
    const call_sid& sid, const user_id& user, const attempt_id& attempt, std::int32_t number,
    std::function<void(result<call_news>)> done) = 0;
  /// All calls from `from` to `to` that the carrier lists, newest first, all pages (bounded).
  virtual void list(
    const phone_number& to, const phone_number& from,
    std::function<void(result<std::vector<attempt::listed_call>>)> done) = 0;
  /// The newest calls of the account, one page: the watermark of the evidence ladder.
  virtual void recent(std::function<void(result<std::vector<attempt::listed_call>>)> done) = 0;
};

// -- the send log -------------------------------------------------------------------------------

/// The second witness of what left this machine: an append-only file beside the data. A killed
/// process leaves what it wrote in the page cache, so with the same boot id a missing mark proves
/// that nothing was sent; after a power loss the file proves nothing.
class send_log {
 public:
  virtual ~send_log() = default;
  /// Appends the mark with one write(2), no fsync. False if it could not be written: do not send.
  virtual bool mark_sent(const attempt_id& attempt) = 0;
  /// Appends a result that the store would not take, with fsync.
  virtual bool note_result(const attempt_id& attempt, const call_sid& sid) = 0;

  enum class witness : std::uint8_t {
    not_sent, ///< same boot, no mark: certain
    sent,     ///< marked: perhaps it arrived
    unknown,  ///< the file cannot tell
  };
  struct testimony {
    witness mark = witness::unknown;
    std::optional<call_sid> sid;
  };
  /// What the logs of earlier runs say about an attempt.
  virtual testimony recall(const attempt_id& attempt) const = 0;
};

// -- the stop switch ------------------------------------------------------------------------------

/// The global stop outlives the process as a flag file, so that it works without the database.
class stop_switch {
 public:
  virtual ~stop_switch() = default;
  virtual bool is_set() const = 0;
  /// False if the file could not be changed; the stop then holds in memory only.
  virtual bool set(bool stopped, const std::string& by) = 0;
};

} // namespace ringmaster
