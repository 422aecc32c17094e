#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace ringmaster {

struct random_source; // domain/ports.hpp

/// When the carrier may be asked for a call at all. Opens after a row of failures that are the
/// carrier's, lets one probe through after a back-off, and closes with the first success. A
/// throttled request (429) is no failure: it only closes the door for a while. Times are distances
/// on a clock that never jumps. Owned by the DIALER; nothing here retries anything.
class breaker {
 public:
  using moment = std::chrono::nanoseconds;

  struct settings {
    std::uint32_t failures_max = 5; ///< in a row, before it opens
    std::chrono::milliseconds open_first{1'000};
    std::chrono::milliseconds open_most{30'000};
    std::chrono::milliseconds throttle_first{100};
    std::chrono::milliseconds throttle_most{30'000};
  };

  enum class state : std::uint8_t {
    closed,    ///< all go through
    throttled, ///< none until `next_at`, then all
    open,      ///< none until `next_at`
    half_open, ///< one probe is out, or may go
  };

  breaker() = default;
  explicit breaker(const settings& rules) : rules_(rules) {}

  /// May a request go now? In the half-open state the first to ask is the probe.
  bool admit(moment now);
  /// The request that was admitted was not sent after all: a probe may go again.
  void withdraw();
  void succeed();
  void fail(moment now, random_source& random);
  /// `wait` is the carrier's Retry-After; without it 100 ms, doubled each time, with jitter.
  void throttle(moment now, std::optional<std::chrono::seconds> wait, random_source& random);

  state read(moment now) const;
  /// When the next request may go; meaningful in `throttled` and `open`.
  moment next_at() const { return until_; }

 private:
  settings rules_{};
  std::uint32_t failures_ = 0;
  std::uint32_t openings_ = 0;
  std::uint32_t throttles_ = 0;
  bool open_ = false;
  bool probing_ = false;
  moment until_{0};
};

} // namespace ringmaster
