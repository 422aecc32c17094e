#include "tests/support/waiting.hpp"

#include <poll.h>

namespace ringmaster::support {

std::int64_t wall_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

std::int64_t steady_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
           std::chrono::steady_clock::now().time_since_epoch())
    .count();
}

void let_pass(milliseconds span) {
  const auto end = steady_us() + span.count() * 1000;
  for (auto left = end - steady_us(); left > 0; left = end - steady_us())
    ::poll(nullptr, 0, static_cast<int>((left + 999) / 1000));
}

bool wait_until(
  milliseconds patience, const std::function<bool()>& condition, milliseconds between_looks) {
  const auto end = steady_us() + patience.count() * 1000;
  while (!condition()) {
    if (steady_us() >= end)
      return condition();
    let_pass(between_looks);
  }
  return true;
}

} // namespace ringmaster::support
