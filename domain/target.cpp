#include "domain/target.hpp"

#include <algorithm>
#include <utility>

#include "domain/text.hpp"
#include "domain/words.hpp"
#include "domain/zone.hpp"

namespace ringmaster::target {

namespace {

constexpr auto statuses
  = vocabulary_of<status>("pending", "calling", "completed", "failed", "skipped");
static_assert(statuses.words.size() == static_cast<std::size_t>(status::skipped) + 1);

constexpr auto events = vocabulary_of<event>(
  "dial", "reach", "retry", "requeue", "give_up", "skip", "refuse", "reopen");
static_assert(events.words.size() == static_cast<std::size_t>(event::reopen) + 1);

/// A text of one line; empty is fine.
std::optional<field_error> check_line(
  const char* pointer, std::string_view text, std::size_t most) {
  auto length = count_characters(text);
  if (!length)
    return field_error{pointer, "not_utf8", "is not valid UTF-8"};
  if (*length > most)
    return field_error{
      pointer, "too_long", "must have at most " + std::to_string(most) + " characters"};
  if (has_control_character(text))
    return field_error{pointer, "control_character", "must not hold control characters"};
  return std::nullopt;
}

tl::unexpected<error> refuse(field_error&& why) {
  return fail_field(std::move(why.pointer), std::move(why.code), std::move(why.message));
}

} // namespace

std::string_view to_string(status s) { return statuses[s]; }
std::string_view to_string(event e) { return events[e]; }
std::optional<status> parse_status(std::string_view text) { return statuses.find(text); }

result<rule> decide(status now, event on) {
  const auto* row = std::find_if(
    rules.begin(), rules.end(), [&](const rule& r) { return r.from == now && r.on == on; });
  if (row != rules.end())
    return *row;
  error why{.code = errc::wrong_state, .detail = {}};
  why.detail
    = "no " + std::string{to_string(on)} + " for a target that is " + std::string{to_string(now)};
  why.current_status = to_string(now);
  for (const auto& r : rules)
    if (r.from == now)
      why.allowed_transitions.emplace_back(to_string(r.on));
  return fail(std::move(why));
}

result<checked> check(
  const draft& d, std::int32_t default_max_attempts, std::string_view region) {
  auto reading = read_callable(d.phone_number, region);
  if (!reading) {
    auto why = std::move(reading.error());
    for (auto& field : why.fields)
      field.pointer = "/phone_number";
    return fail(std::move(why));
  }
  checked row;
  row.line = d.line;
  row.number = std::move(*reading);
  row.contact_name = trimmed(d.contact_name);
  row.client_id = trimmed(d.client_id);
  row.timezone = trimmed(d.timezone);
  row.max_attempts = d.max_attempts.value_or(default_max_attempts);
  if (auto wrong = check_line("/contact_name", row.contact_name, 200))
    return refuse(std::move(*wrong));
  if (auto wrong = check_line("/client_id", row.client_id, 100))
    return refuse(std::move(*wrong));
  if (!row.timezone.empty())
    if (auto found = zone::find(row.timezone); !found)
      return fail_field("/timezone", "unknown_timezone", std::move(found.error().detail));
  if (row.max_attempts < 1 || row.max_attempts > 20)
    return fail_field("/max_attempts", "out_of_range", "must be between 1 and 20");
  return row;
}

} // namespace ringmaster::target
