#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/error.hpp"

namespace ringmaster {

/// Dials per minute and per hour; none means no limit.
struct rate_limits {
  std::optional<std::uint32_t> per_minute;
  std::optional<std::uint32_t> per_hour;
  friend bool operator==(const rate_limits&, const rate_limits&) = default;
};

/// How long a permit may travel before its first byte leaves. It is part of every period of the
/// log: two permits a period plus this age apart cannot reach the carrier within the period.
inline constexpr std::chrono::milliseconds permit_ttl{500};

// -- the exact log ------------------------------------------------------------------------------

/// When the next permits may be given. The rule of the log: the i-th and the (i+N)-th permit are
/// at least `period + permit_ttl` apart, for the minute and for the hour. Exact for every
/// half-open window, with nothing to reset; the log of past permits is the whole state.
///
/// `minute_back[k]` is the instant of the permit that lies N_minute before the k-th one asked for
/// (none where the campaign has not given that many yet); `hour_back` likewise. Each must tell of
/// the first min(wanted, N) permits: one that is not told of is not given. Answers the
/// number of permits, at most `wanted`, that may be given at `at`, and if fewer than wanted, the
/// instant at which the next may.
struct log_verdict {
  std::uint32_t granted = 0;
  std::optional<instant> next_at;
  std::string_view limit; ///< "per_minute" or "per_hour": which one holds back
};
log_verdict read_log(
  const rate_limits& limits, std::span<const std::optional<instant>> minute_back,
  std::span<const std::optional<instant>> hour_back, std::uint32_t wanted, instant at);

// -- pacing -------------------------------------------------------------------------------------

/// The shortest even distance between two dials under these limits (zero when there are none).
std::chrono::microseconds pace_of(const rate_limits& limits);

/// A bucket for this pace: the dials that fall due within 100 ms, at least one. An asker that looks
/// ten times a second keeps up with any limit then.
std::uint32_t burst_of(std::chrono::microseconds interval);

/// Spreads dials evenly: a bucket with room for `burst` dials, computed from timestamps and never
/// ticking. It only says *when*; whether is for the log. One instance per campaign.
class pacer {
 public:
  pacer() = default;
  explicit pacer(std::chrono::microseconds interval, std::uint32_t burst = 1)
    : interval_(interval), burst_(burst == 0 ? 1 : burst) {}

  /// How many dials are due at `now`, at most `wanted`. Does not take them.
  std::uint32_t due(instant now, std::uint32_t wanted) const;
  /// Takes `n` dials at `now`: the schedule moves by n intervals, so that one late dial does not
  /// make all later ones late. A schedule that was left behind (by more than the bucket, and by
  /// more than 250 ms) does not catch up: it starts anew.
  void take(instant now, std::uint32_t n);
  /// The earliest instant at which at least one dial is due.
  instant next_at(instant now) const;

  std::chrono::microseconds interval() const { return interval_; }

 private:
  instant due_since(instant now) const;

  std::chrono::microseconds interval_{0};
  instant next_{};
  std::uint32_t burst_ = 1;
};

} // namespace ringmaster
