#include "domain/breaker.hpp"

#include <algorithm>
#include <utility>

#include "domain/ports.hpp"

namespace ringmaster {

namespace {

/// `first` doubled `times` times, at most `most`, of which the upper half is chance: many engines
/// that were thrown out together must not come back together.
breaker::moment back_off(
  std::chrono::milliseconds first, std::chrono::milliseconds most, std::uint32_t times,
  random_source& random) {
  auto full = std::min<std::chrono::nanoseconds>(most, first * (1LL << std::min(times, 20u)));
  auto half = full.count() / 2;
  auto chance = static_cast<std::int64_t>(random.next() % static_cast<std::uint64_t>(half + 1));
  return breaker::moment(half + chance);
}

} // namespace

breaker::state breaker::read(moment now) const {
  if (!open_)
    return now < until_ ? state::throttled : state::closed;
  return now < until_ ? state::open : state::half_open;
}

bool breaker::admit(moment now) {
  switch (read(now)) {
    case state::closed:
      return true;
    case state::throttled:
    case state::open:
      return false;
    case state::half_open:
      return !std::exchange(probing_, true);
  }
  return false;
}

void breaker::withdraw() { probing_ = false; }

void breaker::succeed() {
  failures_ = openings_ = throttles_ = 0;
  open_ = probing_ = false;
  until_ = moment{0};
}

void breaker::fail(moment now, random_source& random) {
  // Requests that left before the door closed may still fail; they do not open it further.
  if (open_ && !probing_)
    return;
  probing_ = false;
  if (++failures_ < rules_.failures_max && !open_)
    return;
  open_ = true;
  until_ = now + back_off(rules_.open_first, rules_.open_most, openings_++, random);
}

void breaker::throttle(
  moment now, std::optional<std::chrono::seconds> wait, random_source& random) {
  // The carrier answered, so it is there; but of an answer this kind no probe succeeds.
  probing_ = false;
  failures_ = 0;
  auto longest = std::chrono::nanoseconds(rules_.throttle_most);
  // Answers to requests that left together count as one.
  if (!wait && now < until_)
    return;
  auto rest = wait ? std::clamp<std::chrono::nanoseconds>(*wait, std::chrono::nanoseconds(0), longest)
                   : back_off(rules_.throttle_first, rules_.throttle_most, throttles_++, random);
  until_ = std::max(until_, now + rest);
}

} // namespace ringmaster
