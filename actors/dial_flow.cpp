#include "actors/dial_flow.hpp"

#include <algorithm>

namespace ringmaster {

// -- places ---------------------------------------------------------------------------------------

dial_flow::dial_flow(std::size_t connections, std::size_t most, std::chrono::nanoseconds permit_ttl)
  : step_(std::max<std::size_t>(connections, 1)), most_(std::max(most, step_)), ttl_(permit_ttl),
    limit_(std::min(most_, step_ * 2)) {}

void dial_flow::learn(std::chrono::nanoseconds now, std::chrono::nanoseconds oldest) {
  if (oldest > ttl_ / 2)
    limit_ = std::max(step_, limit_ / 2);
  else if (full_ && oldest < ttl_ / 4)
    limit_ = std::min(most_, limit_ + step_);
  full_ = false;
  learned_ = now;
}

// -- the account's rate -----------------------------------------------------------------------------

account_pace::account_pace(double calls_per_second) {
  if (calls_per_second <= 0)
    return;
  // A timer is late by a millisecond or two: above 50 a second several go at once, and the
  // distance is stretched by as many, so that burst and pace together stay at the rate plus one.
  burst_ = static_cast<std::uint32_t>(std::max(1.0, calls_per_second / 50));
  auto pace = calls_per_second > 1 ? calls_per_second + 1 - burst_ : calls_per_second;
  interval_ = std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 / std::max(pace, 1e-6)));
}

std::uint32_t account_pace::due(std::chrono::nanoseconds now, std::uint32_t wanted) const {
  if (!limited())
    return wanted;
  if (now < next_)
    return 0;
  auto count = static_cast<std::uint64_t>((now - next_) / interval_) + 1;
  auto ripe = static_cast<std::uint32_t>(std::min<std::uint64_t>(count, burst_));
  return std::min(wanted, ripe > reserved_ ? ripe - reserved_ : 0);
}

std::chrono::nanoseconds account_pace::next_at(std::chrono::nanoseconds now) const {
  return std::max(now, next_);
}

void account_pace::settle(std::chrono::nanoseconds now, std::uint32_t n, std::uint32_t granted) {
  reserved_ -= std::min(n, reserved_);
  if (limited() && granted > 0)
    next_ = std::max(next_, now - interval_ * (burst_ - 1)) + interval_ * granted;
}

} // namespace ringmaster
