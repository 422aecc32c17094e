#include "tests/support/stall_watch.hpp"

#include <algorithm>

#include "tests/support/waiting.hpp"

namespace ringmaster::support {

namespace {

constexpr milliseconds nap{5};
/// What a timer may be late on any machine.
constexpr std::int64_t usual_us = 10'000;

} // namespace

stall_watch::stall_watch() : thread_([this] { watch(); }) {}

stall_watch::~stall_watch() {
  ending_ = true;
  thread_.join();
}

void stall_watch::watch() {
  while (!ending_) {
    const auto began = steady_us();
    let_pass(nap);
    const auto late = steady_us() - began - nap.count() * 1000;
    if (late < usual_us)
      continue;
    const auto now = wall_us();
    std::lock_guard lock(mutex_);
    seen_.push_back({now - late, now});
  }
}

std::int64_t stall_watch::longest_us(std::int64_t from_us, std::int64_t to_us) const {
  std::lock_guard lock(mutex_);
  std::int64_t longest = 0;
  for (const auto& s : seen_)
    if (s.to_us > from_us && s.from_us < to_us)
      longest = std::max(longest, s.to_us - s.from_us);
  return longest;
}

std::int64_t
stall_watch::total_us(std::int64_t from_us, std::int64_t to_us, std::int64_t least_us) const {
  std::lock_guard lock(mutex_);
  std::int64_t total = 0;
  for (const auto& s : seen_)
    if (s.to_us - s.from_us >= least_us)
      total += std::max<std::int64_t>(0, std::min(s.to_us, to_us) - std::max(s.from_us, from_us));
  return total;
}

} // namespace ringmaster::support
