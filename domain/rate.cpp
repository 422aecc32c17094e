#include "domain/rate.hpp"

#include <algorithm>
#include <chrono>

namespace ringmaster {

using namespace std::chrono;

// -- the exact log ------------------------------------------------------------------------------

namespace {

/// One of the two limits, at the k-th permit that is asked for.
struct hold {
  bool holds = false;
  std::optional<instant> until; ///< none: nobody can say
};

hold hold_of(
  const std::optional<std::uint32_t>& limit, std::span<const std::optional<instant>> back,
  std::uint32_t k, microseconds period, instant at) {
  if (!limit)
    return {};
  if (*limit == 0)
    return {true, std::nullopt};
  // From here on the permit that lies N before is one of those that are given now.
  if (k >= *limit)
    return {true, at + period};
  // The asker must say of every permit what lies before it; what is not told is in doubt.
  if (k >= back.size())
    return {true, std::nullopt};
  const auto& earlier = back[k];
  if (!earlier || at >= *earlier + period)
    return {};
  return {true, *earlier + period};
}

} // namespace

log_verdict read_log(
  const rate_limits& limits, std::span<const std::optional<instant>> minute_back,
  std::span<const std::optional<instant>> hour_back, std::uint32_t wanted, instant at) {
  for (std::uint32_t k = 0; k < wanted; ++k) {
    auto minute = hold_of(limits.per_minute, minute_back, k, 60s + permit_ttl, at);
    auto hour = hold_of(limits.per_hour, hour_back, k, 3600s + permit_ttl, at);
    if (!minute.holds && !hour.holds)
      continue;
    // Of two limits that hold, the longer one decides; one without an end is the longest.
    auto hour_decides = hour.holds
                        && (!minute.holds
                            || (minute.until && (!hour.until || *hour.until >= *minute.until)));
    return {k, hour_decides ? hour.until : minute.until, hour_decides ? "per_hour" : "per_minute"};
  }
  return {wanted, std::nullopt, {}};
}

// -- pacing -------------------------------------------------------------------------------------

namespace {

/// A dial may be this late without the later ones being late too, however short the interval is.
constexpr microseconds least_slack = 250ms;

} // namespace

microseconds pace_of(const rate_limits& limits) {
  // Rounded up: at an even pace the log then never holds a dial back.
  auto even = [](microseconds period, std::uint32_t n) {
    n = std::max(n, 1u);
    return microseconds{(period.count() + n - 1) / n};
  };
  microseconds pace{0};
  if (limits.per_minute)
    pace = std::max(pace, even(60s + permit_ttl, *limits.per_minute));
  if (limits.per_hour)
    pace = std::max(pace, even(3600s + permit_ttl, *limits.per_hour));
  return pace;
}

std::uint32_t burst_of(microseconds interval) {
  if (interval <= 0us)
    return 1;
  return static_cast<std::uint32_t>(std::max<std::int64_t>(1, 100ms / interval));
}

/// When the first dial that is not taken yet was due. A schedule that has fallen behind by more
/// than the slack was idle, not late: it starts anew, with a full bucket.
instant pacer::due_since(instant now) const {
  auto slack = std::max(interval_ * burst_, least_slack);
  if (next_ < now - slack)
    return now - interval_ * (burst_ - 1);
  return next_;
}

std::uint32_t pacer::due(instant now, std::uint32_t wanted) const {
  if (interval_ <= 0us)
    return wanted;
  auto since = due_since(now);
  if (now < since)
    return 0;
  auto count = (now - since) / interval_ + 1;
  return static_cast<std::uint32_t>(std::min<std::int64_t>({count, wanted, burst_}));
}

void pacer::take(instant now, std::uint32_t n) { next_ = due_since(now) + interval_ * n; }

instant pacer::next_at(instant now) const {
  return interval_ <= 0us ? now : std::max(now, due_since(now));
}

} // namespace ringmaster
