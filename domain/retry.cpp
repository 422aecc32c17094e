#include "domain/retry.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "domain/words.hpp"

namespace ringmaster {

retry_verdict after_call(
    call::outcome what, std::int32_t attempt_count, std::int32_t max_attempts,
    const retry_delays& delays, instant now) {
  using enum call::outcome;
  std::chrono::seconds delay{};
  switch (what) {
  case answered:
    return {target::event::reach, std::nullopt};
  case canceled:
    return {target::event::requeue, std::nullopt};
  case busy:
    delay = delays.busy;
    break;
  case no_answer:
    delay = delays.no_answer;
    break;
  case voicemail:
    delay = delays.voicemail;
    break;
  case failed:
    delay = delays.failed;
    break;
  // The carrier's refusal is judged where it is read; of an unknown end only a person may say
  // that the number can be rung again.
  case none:
  case rejected:
  case unknown:
    return {target::event::give_up, std::nullopt};
  }
  if (attempt_count >= max_attempts)
    return {target::event::give_up, std::nullopt};
  return {target::event::retry, now + std::max(delay, delays.min_gap)};
}

// -- rules of a campaign -------------------------------------------------------------------------

namespace {

using namespace std::chrono;

constexpr auto parts = vocabulary_of<day_part>("morning", "noon", "evening");
constexpr std::array<hours, day_part_count> begins{hours{0}, hours{12}, hours{17}};

seconds time_of_day_at(instant t, const zone& clock) {
  auto local = floor<seconds>(t.time_since_epoch()) + clock.at(t).offset;
  return local - floor<days>(local);
}

/// The next instant after `t` at which another part of the day begins.
instant next_part(instant t, const zone& clock) {
  auto of_day = time_of_day_at(t, clock);
  auto next = seconds{days{1}};
  for (auto begin : begins)
    if (begin > of_day)
      next = std::min(next, seconds{begin});
  return std::min(instant{floor<seconds>(t.time_since_epoch()) + (next - of_day)}, clock.at(t).end);
}

/// The earliest instant from `due` on, within a day, in the part that was tried least. In the
/// evening late and in the morning early nobody may be called: the gate waits for the legal hours,
/// which lie in the same part of the day.
instant in_fresh_part(instant due, const retry_facts& facts) {
  auto tries = [&](instant t) {
    return facts.tried[static_cast<std::size_t>(day_part_of(t, *facts.clock))];
  };
  auto best = due;
  for (auto t = due; t <= due + days{1}; t = next_part(t, *facts.clock))
    if (tries(t) < tries(best))
      best = t;
  return best;
}

} // namespace

std::string_view to_string(day_part p) { return parts[p]; }

day_part day_part_of(instant t, const zone& clock) {
  auto of_day = time_of_day_at(t, clock);
  return of_day < begins[1]   ? day_part::morning
         : of_day < begins[2] ? day_part::noon
                              : day_part::evening;
}

result<void> check(const retry_rules& rules) {
  std::vector<field_error> wrong;
  auto delay = [&](const std::string& pointer, seconds value) {
    if (value < seconds{0} || value > days{30})
      wrong.push_back({pointer, "bad_duration", "must be between 0 seconds and 30 days"});
  };
  auto attempts = [&](const std::string& pointer, std::int32_t value) {
    if (value < 1 || value > 20)
      wrong.push_back({pointer, "bad_attempts", "must be between 1 and 20"});
  };
  attempts("/attempts_max", rules.attempts_max);
  delay("/min_gap", rules.min_gap);
  const std::pair<const char*, const outcome_rule*> each[] = {
      {"/busy",      &rules.busy     },
      {"/no_answer", &rules.no_answer},
      {"/voicemail", &rules.voicemail},
      {"/failed",    &rules.failed   }
  };
  for (const auto& [name, rule] : each) {
    delay(std::string{name} + "/delay", rule->delay);
    if (rule->attempts_max)
      attempts(std::string{name} + "/attempts_max", *rule->attempts_max);
  }
  if (wrong.empty())
    return {};
  error why{.code = errc::invalid, .detail = wrong.front().message};
  why.fields = std::move(wrong);
  return fail(std::move(why));
}

retry_rules rules_of(const retry_delays& delays, std::int32_t attempts_max) {
  retry_rules rules;
  rules.busy.delay = delays.busy;
  rules.no_answer.delay = delays.no_answer;
  rules.voicemail.delay = delays.voicemail;
  rules.failed.delay = delays.failed;
  rules.min_gap = delays.min_gap;
  rules.attempts_max = attempts_max;
  return rules;
}

retry_verdict after_call(const retry_rules& rules, const retry_facts& facts, instant now) {
  using enum call::outcome;
  const outcome_rule* rule = nullptr;
  switch (facts.what) {
  case canceled:
    return {target::event::requeue, std::nullopt};
  case none:
  case rejected:
  case unknown:
    return {target::event::give_up, std::nullopt};
  case answered:
    break;
  case busy:
    rule = &rules.busy;
    break;
  case no_answer:
    rule = &rules.no_answer;
    break;
  case voicemail:
    rule = &rules.voicemail;
    break;
  case failed:
    rule = &rules.failed;
    break;
  }
  auto more = facts.attempt_count < rules.attempts_max;
  if (facts.promised_at && more)
    return {target::event::retry, std::max(*facts.promised_at, now + rules.min_gap)};
  if (!rule)
    return {target::event::reach, std::nullopt};
  if (!more || !rule->again || (rule->attempts_max && facts.same_outcome >= *rule->attempts_max))
    return {target::event::give_up, std::nullopt};
  instant due = now + std::max(rule->delay, rules.min_gap);
  return {
      target::event::retry, rules.vary_day_part && facts.clock ? in_fresh_part(due, facts) : due};
}

} // namespace ringmaster
