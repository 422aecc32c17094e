#include "net/task_body.hpp"

#include <string>
#include <utility>
#include <vector>

#include "net/json.hpp"
#include "net/money_json.hpp"
#include "net/talk_body.hpp"

namespace ringmaster::net {

using kind = json_value::kind;

namespace {

constexpr std::size_t wishes_max = 50; // of the domain, told here before texts are copied
constexpr std::size_t answers_max = 100;

/// A text for which `null` stands for none. Absent or wrong is `nullopt`.
std::optional<std::string> text_or_null(object_reader& r, std::string_view name) {
  auto value = r.member(name);
  if (value && value->what == kind::null)
    return std::string();
  return r.text(name);
}

std::optional<task::priority> take_priority(object_reader& r) {
  auto name = r.text("priority");
  if (!name)
    return std::nullopt;
  auto known = task::parse_priority(*name);
  if (!known)
    r.mistake("priority", "unknown_priority", "must be one of low, normal, high, urgent");
  return known;
}

std::optional<tone> take_tone(object_reader& r, std::string_view name) {
  auto word = r.text(name);
  if (!word)
    return std::nullopt;
  auto known = parse_tone(*word);
  if (!known)
    r.mistake(name, "unknown_tone", "must be one of friendly, neutral, firm, assertive");
  return known;
}

/// The outer is whether it was given; `null` takes the contact away.
std::optional<std::optional<contact_id>> take_contact(object_reader& r) {
  auto text = text_or_null(r, "contact_id");
  if (!text)
    return std::nullopt;
  if (text->empty())
    return std::optional<contact_id>();
  auto id = contact_id::parse(*text);
  if (!id) {
    r.mistake("contact_id", "not_an_id", "is not an id");
    return std::nullopt;
  }
  return std::make_optional(id);
}

/// {"date": "next Tuesday", "party_size": 4}
std::vector<std::pair<std::string, std::string>> take_answers(object_reader& r) {
  std::vector<std::pair<std::string, std::string>> out;
  auto value = r.member("answers");
  if (!value)
    return out;
  if (value->what != kind::object) {
    r.wrong_type("answers", "an object of fields and answers", *value);
    return out;
  }
  if (value->members.size() > answers_max) {
    r.mistake("answers", "too_many", "has more than " + std::to_string(answers_max) + " members");
    return out;
  }
  object_reader inner(*value, r.at("answers"));
  for (const auto& [field, answer] : value->members) {
    if (answer.what == kind::integer)
      out.emplace_back(field, std::to_string(answer.integer));
    else if (answer.what == kind::text || answer.what == kind::real)
      out.emplace_back(field, answer.text);
    else
      inner.wrong_type(field, "a string", answer);
  }
  r.take(inner.mistakes());
  return out;
}

} // namespace

result<task::checked> read_new_task(std::string_view body, std::string_view region) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  task::draft d;
  r.require("raw_instruction");
  d.raw_instruction = r.text("raw_instruction").value_or("");
  d.title = text_or_null(r, "title").value_or("");
  d.urgency = take_priority(r).value_or(d.urgency);
  d.voice = take_tone(r, "tone");
  d.max_price = take_money_or_null(r, "max_price").value_or(std::nullopt);
  d.hard_constraints = r.texts("hard_constraints", wishes_max).value_or(d.hard_constraints);
  d.soft_preferences = r.texts("soft_preferences", wishes_max).value_or(d.soft_preferences);
  d.contact = take_contact(r).value_or(std::nullopt);
  d.target_phone_number = text_or_null(r, "target_phone_number").value_or("");
  d.needs_user_confirmation = r.boolean("needs_user_confirmation").value_or(false);
  d.talk = read_talk(r);
  r.finish();
  auto checked = task::check(d, region);
  if (!checked && value->what == kind::object)
    r.take_findings(checked.error());
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return checked;
}

result<task::patch> read_task_patch(std::string_view body) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  task::patch p;
  p.title = r.text("title");
  p.voice = take_tone(r, "tone");
  p.urgency = take_priority(r);
  p.max_price = take_money_or_null(r, "max_price");
  p.target_phone_number = text_or_null(r, "target_phone_number");
  p.contact = take_contact(r);
  p.hard_constraints = r.texts("hard_constraints", wishes_max);
  p.soft_preferences = r.texts("soft_preferences", wishes_max);
  p.needs_user_confirmation = r.boolean("needs_user_confirmation");
  p.answers = take_answers(r);
  read_talk(r, p);
  if (auto name = r.text("status")) {
    p.to = task::parse_status(*name);
    if (!p.to)
      r.mistake("status", "unknown_status", "is not a status of tasks");
  }
  if (value->what == kind::object && value->members.empty())
    r.mistake("", "nothing_to_update", "an update needs at least one field");
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return p;
}

bool is_bare_step(const task::patch& p) {
  return p.to && !p.title && !p.voice && !p.urgency && !p.max_price && !p.target_phone_number &&
         !p.contact && !p.hard_constraints && !p.soft_preferences && !p.needs_user_confirmation &&
         p.answers.empty() && !p.voicemail_action && !p.voicemail_message && !p.menu_action &&
         !p.menu_keys && !p.record_calls && !p.result_schema;
}

result<contact::checked>
read_contact(std::string_view body, std::string_view region, const contact::view* before) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  contact::draft d;
  if (before)
    d = {before->name,  before->company_name, before->number ? before->number->reveal() : "",
         before->email, before->timezone,     before->notes};
  else
    r.require("name");
  d.name = r.text("name").value_or(d.name);
  d.company_name = text_or_null(r, "company_name").value_or(d.company_name);
  d.phone_number = text_or_null(r, "phone_number").value_or(d.phone_number);
  d.email = text_or_null(r, "email").value_or(d.email);
  d.timezone = text_or_null(r, "timezone").value_or(d.timezone);
  d.notes = text_or_null(r, "notes").value_or(d.notes);
  if (before && value->what == kind::object && value->members.empty())
    r.mistake("", "nothing_to_update", "an update needs at least one field");
  r.finish();
  auto checked = contact::check(d, region);
  if (!checked && value->what == kind::object)
    r.take_findings(checked.error());
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return checked;
}

result<assistant_settings> read_settings(std::string_view body, const assistant_settings& before) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  auto s = before;
  s.max_auto_approve_amount =
      take_money(r, "max_auto_approve_amount").value_or(s.max_auto_approve_amount);
  s.default_call_tone = take_tone(r, "default_call_tone").value_or(s.default_call_tone);
  s.allowed_auth_fields = r.texts("allowed_auth_fields", 50).value_or(s.allowed_auth_fields);
  s.auto_retry_failed_calls =
      r.boolean("auto_retry_failed_calls").value_or(s.auto_retry_failed_calls);
  s.max_retry_attempts = static_cast<std::int32_t>(
      r.integer("max_retry_attempts", 0, 10).value_or(s.max_retry_attempts));
  s.timezone = r.text("timezone").value_or(s.timezone);
  s.allowed_call_start_time = r.text("allowed_call_start_time").value_or(s.allowed_call_start_time);
  s.allowed_call_end_time = r.text("allowed_call_end_time").value_or(s.allowed_call_end_time);
  s.allowed_days_of_week = r.texts("allowed_days_of_week", 7).value_or(s.allowed_days_of_week);
  s.daily_model_budget = take_money_or_null(r, "daily_model_budget").value_or(s.daily_model_budget);
  s.transfer_numbers = r.texts("transfer_numbers", 20).value_or(s.transfer_numbers);
  // What an answer shows may come back with the changes; the version is no wish of a user's.
  r.member("version");
  r.finish();
  if (auto checked = check(s); !checked && value->what == kind::object)
    r.take_findings(checked.error());
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return s;
}

namespace {

std::optional<std::vector<std::pair<std::string, std::string>>> take_facts(object_reader& r) {
  auto value = r.member("facts");
  if (!value)
    return std::nullopt;
  if (value->what != kind::object) {
    r.wrong_type("facts", "an object of names and texts", *value);
    return std::nullopt;
  }
  object_reader inner(*value, r.at("facts"));
  std::vector<std::pair<std::string, std::string>> facts;
  for (const auto& [name, fact] : value->members)
    if (auto text = inner.text(name))
      facts.emplace_back(name, std::move(*text));
  r.take(inner.mistakes());
  return facts;
}

} // namespace

result<business_profile>
read_profile(std::string_view body, std::string_view region, const business_profile& before) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  auto p = before;
  p.name = r.text("name").value_or(p.name);
  p.description = r.text("description").value_or(p.description);
  p.hours = r.text("hours").value_or(p.hours);
  p.address = r.text("address").value_or(p.address);
  p.website = r.text("website").value_or(p.website);
  p.email = r.text("email").value_or(p.email);
  if (auto text = text_or_null(r, "phone_number")) {
    p.number.reset();
    if (auto read = read_number(*text, region); !text->empty() && !read)
      r.mistake(
          "phone_number", read.error().fields.empty() ? "invalid" : read.error().fields[0].code,
          read.error().fields.empty() ? read.error().detail : read.error().fields[0].message);
    else if (!text->empty())
      p.number = read->number;
  }
  p.facts = take_facts(r).value_or(p.facts);
  r.member("version");
  r.member("updated_at");
  r.finish();
  if (auto checked = check(p); !checked && value->what == kind::object)
    r.take_findings(checked.error());
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return p;
}

} // namespace ringmaster::net
