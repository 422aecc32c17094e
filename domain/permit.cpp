#include "domain/permit.hpp"

#include <algorithm>
#include <chrono>

#include "domain/words.hpp"

namespace ringmaster::permit {

namespace {

constexpr auto refusals = vocabulary_of<refusal>(
  "none", "not_running", "stale_instance", "stopped", "clock_untrusted", "settings_broken",
  "window_closed", "rate_per_minute", "rate_per_hour", "concurrency", "no_target_due",
  "carrier_paused", "store_unavailable", "ambiguity_unloaded");
static_assert(refusals.words.size() == static_cast<std::size_t>(refusal::ambiguity_unloaded) + 1);

verdict no(refusal why, std::optional<instant> next_at = std::nullopt) { return {0, why, next_at}; }

} // namespace

std::string_view to_string(refusal r) { return refusals[r]; }

std::string describe(refusal r) {
  switch (r) {
    case refusal::none: return "Nothing holds the next call back.";
    case refusal::not_running: return "The campaign is not running.";
    case refusal::stale_instance: return "Another engine has taken over this installation.";
    case refusal::stopped: return "The global stop is set: nothing dials until it is lifted.";
    case refusal::clock_untrusted:
      return "The clocks of the engine and the database differ too much to judge the window.";
    case refusal::settings_broken: return "The stored calling window cannot be read.";
    case refusal::window_closed: return "The calling window is closed.";
    case refusal::rate_per_minute: return "The limit of calls per minute is reached.";
    case refusal::rate_per_hour: return "The limit of calls per hour is reached.";
    case refusal::concurrency: return "As many calls are live as the campaign may have.";
    case refusal::no_target_due: return "No target is due: none is pending, or all of them wait.";
    case refusal::carrier_paused:
      return "Dialing is held back at the carrier: throttled, failing or refusing the credentials.";
    case refusal::store_unavailable: return "The database cannot be written.";
    case refusal::ambiguity_unloaded:
      return "Calls of unknown fate from before the start are still being looked up.";
  }
  return "The engine does not know why; it does not dial.";
}

// -- the campaign -------------------------------------------------------------------------------

verdict decide(const facts& f, std::uint32_t wanted, instant now) {
  if (!f.instance_current)
    return no(refusal::stale_instance);
  if (f.stopped)
    return no(refusal::stopped);
  if (f.status != campaign::status::running)
    return no(refusal::not_running);
  if (!f.clock_trusted)
    return no(refusal::clock_untrusted);
  if (!f.window)
    return no(refusal::settings_broken);
  auto change = f.window->next_change(now);
  if (!f.window->open_at(now))
    return no(refusal::window_closed, change);
  if (change && now + f.close_guard >= *change)
    return no(refusal::window_closed, f.window->next_change(*change));

  auto room = f.live_calls_max > f.live_calls ? f.live_calls_max - f.live_calls : 0;
  auto fitting = static_cast<std::uint32_t>(std::min<std::int64_t>(wanted, room));
  if (fitting == 0)
    return wanted == 0 ? verdict{} : no(refusal::concurrency);
  auto log = read_log(f.limits, f.minute_back, f.hour_back, fitting, now);
  if (log.granted < fitting)
    return {log.granted,
            log.limit == "per_hour" ? refusal::rate_per_hour : refusal::rate_per_minute,
            log.next_at};
  return {fitting, fitting < wanted ? refusal::concurrency : refusal::none, std::nullopt};
}

// -- one target ---------------------------------------------------------------------------------

namespace {

using namespace std::chrono_literals;

/// When to look again at something whose end nobody can foresee.
constexpr auto look_again = 1min;
/// The callee's zone is not known here. The data may be mended; till then nobody is called.
constexpr auto look_again_for_zone = 15min;

} // namespace

target_verdict decide_target(const target_facts& t, const callee_rules& rules, instant now) {
  using kind = target_verdict::kind;
  if (t.suppressed)
    return {kind::skip, "suppressed", std::nullopt};
  if (never_called(t.kind))
    return {kind::refuse, "number_class", std::nullopt};
  if (t.country.empty()
      || std::find(rules.countries.begin(), rules.countries.end(), t.country)
           == rules.countries.end())
    return {kind::refuse, "destination", std::nullopt};
  if (t.attempt_count >= t.max_attempts)
    return {kind::refuse, "attempts", std::nullopt};
  std::optional<instant> gap_over;
  if (t.last_call_to_number)
    gap_over = *t.last_call_to_number + rules.min_gap;
  if (t.number_busy)
    return {kind::wait, "number_busy", std::max(now + look_again, gap_over.value_or(now))};
  if (gap_over && now < *gap_over)
    return {kind::wait, "min_gap", gap_over};
  if (!t.timezone.empty()) {
    auto legal = calling_window::make(
      t.timezone, rules.legal_start, rules.legal_end, weekdays{0b111'1111});
    if (!legal)
      return {kind::wait, "callee_zone_unknown", now + look_again_for_zone};
    if (!legal->open_at(now))
      return {kind::wait, "callee_hours", legal->next_change(now)};
  }
  return {kind::dial, "", std::nullopt};
}

} // namespace ringmaster::permit
