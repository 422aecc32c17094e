#include "net/campaign_body.hpp"

#include <cstdint>
#include <string>
#include <utility>

#include "domain/text.hpp"
#include "net/json.hpp"
#include "net/talk_body.hpp"

namespace ringmaster::net {

namespace {

constexpr std::size_t targets_max = 100'000; // in one JSON body; longer lists stream as CSV or NDJSON

std::optional<std::optional<std::uint32_t>> rate(
  object_reader& r, std::string_view name, std::int64_t most) {
  auto given = r.integer_or_null(name, 1, most);
  if (!given)
    return std::nullopt;
  std::optional<std::uint32_t> value;
  if (*given)
    value = static_cast<std::uint32_t>(**given);
  return std::make_optional(value);
}

std::optional<std::int32_t> count(object_reader& r, std::string_view name, std::int32_t most) {
  auto given = r.integer(name, 1, most);
  if (!given)
    return std::nullopt;
  return static_cast<std::int32_t>(*given);
}

/// The settings that a user may give, at creation and in an update.
campaign::patch read_settings(object_reader& r) {
  campaign::patch p;
  p.name = r.text("name");
  p.description = r.text("description");
  p.type = r.text("type");
  p.script = r.text("script");
  p.timezone = r.text("timezone");
  p.allowed_call_start_time = r.text("allowed_call_start_time");
  p.allowed_call_end_time = r.text("allowed_call_end_time");
  p.allowed_days_of_week = r.texts("allowed_days_of_week", 7);
  p.rate_limit_per_minute = rate(r, "rate_limit_per_minute", 60'000);
  p.rate_limit_per_hour = rate(r, "rate_limit_per_hour", 1'000'000);
  p.max_attempts = count(r, "max_attempts", 20);
  p.max_concurrent_calls = count(r, "max_concurrent_calls", 10'000);
  read_talk(r, p);
  return p;
}

std::vector<target_row> read_rows(
  const std::vector<json_value>& items, const std::string& pointer, object_reader& into) {
  std::vector<target_row> rows;
  rows.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    object_reader reader(items[i], pointer_to(pointer, i));
    target_row row;
    row.draft = read_target(reader);
    row.draft.line = i + 1;
    reader.finish();
    into.take(reader.mistakes());
    rows.push_back(std::move(row));
  }
  return rows;
}

} // namespace

result<new_campaign> read_new_campaign(std::string_view body) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  new_campaign made;
  r.require("name");
  made.draft = campaign::apply({}, read_settings(r));
  if (auto items = r.list("targets", targets_max))
    made.targets = read_rows(*items, "/targets", r);
  r.finish();
  if (value->what == json_value::kind::object)
    if (auto checked = campaign::check(made.draft); !checked)
      r.take_findings(checked.error());
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return made;
}

result<campaign_act> read_campaign_act(std::string_view body) {
  using campaign::action;
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  campaign_act act;
  r.require("action");
  if (auto name = r.text("action")) {
    auto on = campaign::parse_action(*name);
    if (!on) {
      r.mistake(
        "action", "unknown_action",
        "must be one of start, schedule, pause, resume, cancel, update");
      return fail(r.verdict().error());
    }
    act.on = *on;
  } else {
    return fail(r.verdict().error());
  }
  if (act.on == action::schedule) {
    r.require("start_at");
    act.start_at = r.time("start_at");
  }
  if (act.on == action::start || act.on == action::resume)
    act.when_window_opens = r.boolean("start_when_window_opens").value_or(false);
  if (act.on == action::update) {
    if (value->members.size() < 2)
      r.mistake("action", "nothing_to_update", "an update needs at least one setting");
    act.settings = read_settings(r);
  }
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return act;
}

result<std::vector<target_row>> read_targets(std::string_view body) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  if (value->what == json_value::kind::list) {
    json_value no_fields;
    no_fields.what = json_value::kind::object;
    object_reader r(no_fields);
    if (value->items.size() > targets_max)
      return fail_field("", "too_many", "the list has too many items; send it as CSV or NDJSON");
    auto rows = read_rows(value->items, "", r);
    if (auto verdict = r.verdict(); !verdict)
      return fail(verdict.error());
    return rows;
  }
  object_reader r(*value);
  std::vector<target_row> rows;
  r.require("targets");
  if (auto items = r.list("targets", targets_max))
    rows = read_rows(*items, "/targets", r);
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return rows;
}

result<retry_filter> read_retry_filter(std::string_view body) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  retry_filter which;
  if (auto name = r.text("status", 20)) {
    auto status = target::parse_status(*name);
    if (status == target::status::failed || status == target::status::skipped)
      which.status = *status;
    else
      r.mistake("status", "unknown_status", "is failed or skipped");
  }
  if (auto name = r.text("outcome", 20)) {
    which.outcome = call::parse_outcome(*name);
    if (!which.outcome)
      r.mistake("outcome", "unknown_outcome", "is not an outcome of calls");
  }
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return which;
}

result<redial_order> read_redial(std::string_view body) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  redial_order order;
  r.require("outcomes");
  if (auto names = r.texts("outcomes", 10)) {
    using enum call::outcome;
    for (const auto& name : *names) {
      auto outcome = call::parse_outcome(name);
      // Whoever was reached is not called again by a list.
      if (!outcome || *outcome == none || *outcome == answered)
        r.mistake("outcomes", "unknown_outcome", "are of busy, no_answer, voicemail, failed, canceled, rejected, unknown");
      else
        order.outcomes.push_back(*outcome);
    }
    if (names->empty())
      r.mistake("outcomes", "required", "names at least one outcome");
  }
  if (auto name = r.text("name", 800))
    order.name = trimmed(*name);
  if (auto length = count_characters(order.name); !length || *length > 200)
    r.mistake("name", "too_long", "must have at most 200 characters");
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return order;
}

} // namespace ringmaster::net
