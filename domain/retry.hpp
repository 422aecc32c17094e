#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "domain/call.hpp"
#include "domain/target.hpp"

namespace ringmaster {

/// How long to wait after each outcome before the same number may be rung again.
struct retry_delays {
  std::chrono::seconds busy{std::chrono::minutes(5)};
  std::chrono::seconds no_answer{std::chrono::minutes(30)};
  std::chrono::seconds voicemail{std::chrono::hours(4)};
  std::chrono::seconds failed{std::chrono::minutes(15)};
  /// The least distance of two calls to one number, across everything of a user.
  std::chrono::seconds min_gap{std::chrono::minutes(15)};
};

/// What a target does after an attempt.
struct retry_verdict {
  target::event step = target::event::give_up;
  std::optional<instant> due_at; ///< for retry: not before this
};

/// One cap over all outcomes: `attempt_count` (this attempt included) against `max_attempts`.
/// An answered call reaches the target; voicemail, busy, no answer and failed are tried again
/// after their delay (never less than `min_gap`); canceled by us while the campaign was stopped is
/// requeued without counting.
retry_verdict after_call(
  call::outcome what, std::int32_t attempt_count, std::int32_t max_attempts,
  const retry_delays& delays, instant now);

} // namespace ringmaster
