#include "domain/retry.hpp"

#include <algorithm>

namespace ringmaster {

retry_verdict after_call(
  call::outcome what, std::int32_t attempt_count, std::int32_t max_attempts,
  const retry_delays& delays, instant now) {
  using enum call::outcome;
  std::chrono::seconds delay{};
  switch (what) {
    case answered: return {target::event::reach, std::nullopt};
    case canceled: return {target::event::requeue, std::nullopt};
    case busy: delay = delays.busy; break;
    case no_answer: delay = delays.no_answer; break;
    case voicemail: delay = delays.voicemail; break;
    case failed: delay = delays.failed; break;
    // The carrier's refusal is judged where it is read; of an unknown end only a person may say
    // that the number can be rung again.
    case none:
    case rejected:
    case unknown: return {target::event::give_up, std::nullopt};
  }
  if (attempt_count >= max_attempts)
    return {target::event::give_up, std::nullopt};
  return {target::event::retry, now + std::max(delay, delays.min_gap)};
}

} // namespace ringmaster
