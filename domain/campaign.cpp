#include "domain/campaign.hpp"

#include <algorithm>
#include <utility>

#include "domain/mistakes.hpp"
#include "domain/text.hpp"
#include "domain/words.hpp"

namespace ringmaster::campaign {

namespace {

constexpr auto statuses
  = vocabulary_of<status>("draft", "scheduled", "running", "paused", "completed", "canceled");
static_assert(statuses.words.size() == static_cast<std::size_t>(status::canceled) + 1);

constexpr auto actions = vocabulary_of<action>(
  "start", "schedule", "pause", "resume", "cancel", "update", "begin", "finish", "trip");
static_assert(actions.words.size() == static_cast<std::size_t>(action::trip) + 1);

constexpr auto effects
  = vocabulary_of<effect>("none", "open_dialing", "stop_dialing", "arm_start");
static_assert(effects.words.size() == static_cast<std::size_t>(effect::arm_start) + 1);

constexpr bool is_act_of_user(action a) {
  return a != action::begin && a != action::finish && a != action::trip;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty())
      out += ", ";
    out += word;
  }
  return out;
}

} // namespace

std::string_view to_string(status s) { return statuses[s]; }
std::string_view to_string(action a) { return actions[a]; }
std::string_view to_string(effect e) { return effects[e]; }

std::optional<status> parse_status(std::string_view text) {
  return statuses.find(text == "cancelled" ? "canceled" : text);
}

std::optional<action> parse_action(std::string_view text) {
  auto found = actions.find(text);
  return found && is_act_of_user(*found) ? found : std::nullopt;
}

std::vector<std::string> user_actions(status now) {
  std::vector<std::string> names;
  for (const auto& row : rules)
    if (row.from == now && is_act_of_user(row.on))
      names.emplace_back(to_string(row.on));
  return names;
}

result<rule> decide(status now, action on, const window_reading& window) {
  const auto* row = std::find_if(
    rules.begin(), rules.end(), [&](const rule& r) { return r.from == now && r.on == on; });
  if (row == rules.end()) {
    auto allowed = user_actions(now);
    error why{.code = errc::wrong_state, .detail = {}};
    why.detail = "no " + std::string{to_string(on)} + " while " + std::string{to_string(now)} + "; "
                 + (allowed.empty() ? "nothing is allowed any more" : "allowed: " + joined(allowed));
    why.current_status = to_string(now);
    why.allowed_transitions = std::move(allowed);
    return fail(std::move(why));
  }
  auto needs_window = on == action::start || on == action::resume;
  if (needs_window && !window.open) {
    error why{.code = errc::window_closed, .detail = window.reason};
    why.next_open_at = window.next_open_at;
    why.current_status = to_string(now);
    why.allowed_transitions = user_actions(now);
    return fail(std::move(why));
  }
  return *row;
}

bool is_finished(const progress& p) { return p.total > 0 && p.pending == 0 && p.calling == 0; }

// -- settings -----------------------------------------------------------------------------------

result<calling_window> check(const draft& d) {
  mistakes wrong;
  wrong.check_text("/name", d.name, 1, 200);
  wrong.check_text("/description", d.description, 0, 2000, true);
  auto type = trimmed(d.type);
  auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  if (type.empty() || type.size() > 50 || !std::all_of(type.begin(), type.end(), fits))
    wrong.add("/type", "bad_type", "must be 1 to 50 of a-z, 0-9, _ and -");
  wrong.check_text("/script", d.script, 0, 8000, true);
  auto window = calling_window::parse(
    trimmed(d.timezone), d.allowed_call_start_time, d.allowed_call_end_time,
    d.allowed_days_of_week);
  if (!window)
    wrong.add_all(std::move(window.error()), "/timezone");
  if (d.limits.per_minute)
    wrong.check_range<std::uint32_t>("/rate_limit_per_minute", *d.limits.per_minute, 1, 60'000);
  if (d.limits.per_hour)
    wrong.check_range<std::uint32_t>("/rate_limit_per_hour", *d.limits.per_hour, 1, 1'000'000);
  wrong.check_range<std::int32_t>("/max_attempts", d.max_attempts, 1, 20);
  wrong.check_range<std::int32_t>("/max_concurrent_calls", d.max_concurrent_calls, 1, 10'000);
  if (auto talk = talk::check(d.talk); !talk)
    wrong.add_all(std::move(talk.error()), "/call_style");
  if (!wrong.none())
    return fail(wrong.take());
  return window;
}

draft trim(draft d) {
  for (auto* text :
       {&d.name, &d.description, &d.type, &d.script, &d.timezone, &d.talk.message, &d.talk.menu_keys,
        &d.talk.result_schema})
    *text = std::string{trimmed(*text)};
  return d;
}

draft apply(draft d, const patch& p) {
  auto set = [](auto& field, const auto& change) {
    if (change)
      field = *change;
  };
  set(d.name, p.name);
  set(d.description, p.description);
  set(d.type, p.type);
  set(d.script, p.script);
  set(d.timezone, p.timezone);
  set(d.allowed_call_start_time, p.allowed_call_start_time);
  set(d.allowed_call_end_time, p.allowed_call_end_time);
  set(d.allowed_days_of_week, p.allowed_days_of_week);
  set(d.limits.per_minute, p.rate_limit_per_minute);
  set(d.limits.per_hour, p.rate_limit_per_hour);
  set(d.max_attempts, p.max_attempts);
  set(d.max_concurrent_calls, p.max_concurrent_calls);
  set(d.talk.style, p.call_style);
  set(d.talk.on_voicemail, p.voicemail_action);
  set(d.talk.message, p.voicemail_message);
  set(d.talk.on_menu, p.menu_action);
  set(d.talk.menu_keys, p.menu_keys);
  set(d.talk.record, p.record_calls);
  set(d.talk.result_schema, p.result_schema);
  return d;
}

} // namespace ringmaster::campaign
