#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/call.hpp"
#include "domain/target.hpp"
#include "domain/zone.hpp"

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

// -- rules of a campaign -------------------------------------------------------------------------

/// A part of the callee's day.
enum class day_part : std::uint8_t {
  morning, ///< until 12:00
  noon,    ///< 12:00 to 17:00
  evening, ///< from 17:00
};
inline constexpr std::size_t day_part_count = 3;
std::string_view to_string(day_part p);
/// The part in which an instant lies, by a clock.
day_part day_part_of(instant t, const zone& clock);

/// What follows one outcome.
struct outcome_rule {
  bool again = true; ///< false: this outcome ends the target
  std::chrono::seconds delay{};
  std::optional<std::int32_t>
      attempts_max; ///< attempts with this outcome; none: only the cap over all
};

/// When a target is tried again, by what became of the last attempt.
struct retry_rules {
  outcome_rule busy{true, std::chrono::minutes(5), {}};
  outcome_rule no_answer{true, std::chrono::minutes(30), {}};
  outcome_rule voicemail{true, std::chrono::hours(4), {}};
  outcome_rule failed{true, std::chrono::minutes(15), {}};
  std::int32_t attempts_max = 1; ///< one cap over all outcomes
  std::chrono::seconds min_gap{std::chrono::minutes(15)};
  bool vary_day_part = false; ///< the next try in a part of the day not tried yet
};
/// Bounds: 1 to 20 attempts over all and for an outcome, delays and gap 0 s to 30 d. `invalid` with
/// every mistake, pointers like "/busy/delay".
result<void> check(const retry_rules& rules);
/// The rules that say what `retry_delays` did, for a target with this many attempts.
retry_rules rules_of(const retry_delays& delays, std::int32_t attempts_max);

/// What is known of a target when an attempt of it has ended.
struct retry_facts {
  call::outcome what = call::outcome::none;
  std::int32_t attempt_count = 1; ///< this attempt included
  std::int32_t same_outcome = 1;  ///< attempts with this outcome, this one included
  std::array<std::int32_t, day_part_count>
      tried{};                        ///< attempts by part of the day, this one included
  const zone* clock = nullptr;        ///< the callee's; null: parts of the day are not looked at
  std::optional<instant> promised_at; ///< "call me again at five"
};

/// One cap over all outcomes, then the cap of the outcome. A promised time comes before any other
/// rule: it makes even an answered call be followed by another, as long as the cap allows one; it
/// is never earlier than the least gap. With `vary_day_part` the next try waits, if it has to, for
/// the part of the day that was tried least, at most a day beyond its delay.
retry_verdict after_call(const retry_rules& rules, const retry_facts& facts, instant now);

} // namespace ringmaster
