#include "domain/task.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "domain/mistakes.hpp"
#include "domain/task_parts.hpp"
#include "domain/text.hpp"
#include "domain/words.hpp"

namespace ringmaster::task {

namespace {

constexpr auto statuses = vocabulary_of<status>(
    "pending", "preparing", "waiting_for_user", "ready_to_call", "in_progress", "completed",
    "failed", "cancelled");
static_assert(statuses.words.size() == static_cast<std::size_t>(status::canceled) + 1);

constexpr auto priorities = vocabulary_of<priority>("low", "normal", "high", "urgent");
static_assert(priorities.words.size() == static_cast<std::size_t>(priority::urgent) + 1);

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words)
    out += (out.empty() ? "" : ", ") + word;
  return out;
}

} // namespace

void add_reason(std::string& to, std::string_view why) {
  while (why.ends_with('.'))
    why.remove_suffix(1);
  if (!to.empty())
    to += "; ";
  to += why;
}

// -- words and steps ------------------------------------------------------------------------------

std::string_view to_string(status s) { return statuses[s]; }

std::optional<status> parse_status(std::string_view text) {
  return statuses.find(text == "canceled" ? "cancelled" : text);
}

std::string_view to_string(priority p) { return priorities[p]; }
std::optional<priority> parse_priority(std::string_view text) { return priorities.find(text); }

bool allows(status from, status to) {
  return std::any_of(
      steps.begin(), steps.end(), [&](const step& s) { return s.from == from && s.to == to; });
}

std::vector<std::string> next_of(status from) {
  std::vector<std::string> names;
  for (const auto& s : steps)
    if (s.from == from)
      names.emplace_back(to_string(s.to));
  return names;
}

tl::unexpected<error> no_step(status now, const std::string& what) {
  auto allowed = next_of(now);
  error why{.code = errc::wrong_state, .detail = {}};
  why.detail = what + " while " + std::string{to_string(now)} + "; " +
               (allowed.empty() ? "nothing is allowed any more" : "allowed: " + joined(allowed));
  why.current_status = to_string(now);
  why.allowed_transitions = std::move(allowed);
  return fail(std::move(why));
}

// -- what a user hands in -------------------------------------------------------------------------

void check_price(mistakes& wrong, std::string_view pointer, const money& m) {
  if (m.micros < 0 || m.micros > most_micros)
    wrong.add(std::string{pointer}, "out_of_range", "must be between 0 and 999,999,999");
  if (!is_currency(m.currency))
    wrong.add(
        std::string{pointer}, "bad_currency",
        "the currency must be three capital letters, like USD");
}

void check_lines(mistakes& wrong, std::string_view pointer, const std::vector<std::string>& lines) {
  if (lines.size() > most_lines)
    wrong.add(std::string{pointer}, "too_many", "must be at most " + std::to_string(most_lines));
  for (std::size_t i = 0; i < std::min(lines.size(), most_lines); ++i)
    wrong.check_text(
        std::string{pointer} + '/' + std::to_string(i), lines[i], 1, most_line_characters);
}

std::vector<std::string> trimmed_lines(const std::vector<std::string>& lines) {
  std::vector<std::string> out;
  for (const auto& line : lines)
    out.emplace_back(trimmed(line));
  return out;
}

talk::settings trimmed_talk(talk::settings s) {
  s.style = talk::style::conversation;
  for (auto* text : {&s.message, &s.menu_keys, &s.result_schema})
    *text = std::string{trimmed(*text)};
  return s;
}

result<checked> check(const draft& d, std::string_view region) {
  mistakes wrong;
  checked out{d, {}};
  wrong.check_text("/raw_instruction", d.raw_instruction, 1, 4000, true);
  wrong.check_text("/title", d.title, 0, most_title_characters);
  if (static_cast<std::size_t>(d.urgency) >= priorities.words.size())
    wrong.add("/priority", "unknown", "must be low, normal, high or urgent");
  if (d.voice && !parse_tone(to_string(*d.voice)))
    wrong.add("/tone", "unknown", "must be friendly, neutral, firm or assertive");
  if (d.max_price)
    check_price(wrong, "/max_price", *d.max_price);
  check_lines(wrong, "/hard_constraints", d.hard_constraints);
  check_lines(wrong, "/soft_preferences", d.soft_preferences);
  if (!trimmed(d.target_phone_number).empty()) {
    if (auto number = read_callable(d.target_phone_number, region))
      out.number = std::move(number->number);
    else
      wrong.add_at("/target_phone_number", std::move(number.error()));
  }
  if (auto talk = talk::check(d.talk); !talk)
    wrong.add_all(std::move(talk.error()), "/voicemail_action");
  if (!wrong.none())
    return fail(wrong.take());
  out.what.talk = trimmed_talk(d.talk);
  out.what.raw_instruction = trimmed(d.raw_instruction);
  out.what.title = trimmed(d.title);
  out.what.target_phone_number = trimmed(d.target_phone_number);
  out.what.hard_constraints = trimmed_lines(d.hard_constraints);
  out.what.soft_preferences = trimmed_lines(d.soft_preferences);
  return out;
}

record open(const task_id& id, const checked& d, const assistant_settings& settings, instant now) {
  record r;
  r.id = id;
  r.title = d.what.title;
  r.raw_instruction = d.what.raw_instruction;
  r.urgency = d.what.urgency;
  r.voice = d.what.voice.value_or(settings.default_call_tone);
  r.max_price = d.what.max_price;
  r.hard_constraints = d.what.hard_constraints;
  r.soft_preferences = d.what.soft_preferences;
  r.contact = d.what.contact;
  r.number = d.number;
  r.needs_user_confirmation = d.what.needs_user_confirmation;
  r.talk = d.what.talk;
  r.parent_call = d.what.parent_call;
  r.created_at = r.updated_at = now;
  return r;
}

// -- number and approval --------------------------------------------------------------------------

const contact::view* contact_of(const record& r, const circumstances& around) {
  return r.contact && around.contact && around.contact->id == *r.contact ? &*around.contact
                                                                         : nullptr;
}

std::optional<phone_number> number_to_call(const record& r, const circumstances& around) {
  if (r.number)
    return r.number;
  const auto* known = contact_of(r, around);
  return known ? known->number : std::nullopt;
}

std::string needs_approval(const record& r, const circumstances& around) {
  std::string why;
  if (r.needs_user_confirmation)
    add_reason(why, "you asked to be asked before the call");
  if (r.max_price && r.max_price->micros > 0) {
    const auto& limit = around.settings.max_auto_approve_amount;
    auto order = compare(*r.max_price, limit);
    if (!order)
      add_reason(
          why, "the price limit of " + show(*r.max_price) + " is not in " + limit.currency +
                   ", the currency of your limit for approval without asking");
    else if (*order == std::strong_ordering::greater)
      add_reason(
          why, "the price limit of " + show(*r.max_price) + " is above " + show(limit) +
                   ", up to which you need not be asked");
  }
  if (r.risks.verdict == assistant::risks::level::caution) {
    if (r.risks.findings.empty())
      add_reason(why, "the request needs a second look");
    for (const auto& finding : r.risks.findings)
      add_reason(why, finding.why);
  }
  return why;
}

bool is_approved(const record& r, const circumstances& around) {
  if (!r.approved_at || r.approved_number != number_to_call(r, around))
    return false;
  if (!r.max_price || !r.approved_price)
    return !r.max_price && !r.approved_price;
  auto order = compare(*r.max_price, *r.approved_price);
  return order && *order != std::strong_ordering::greater;
}

bool lacks_approval(const record& r, const circumstances& around) {
  return !needs_approval(r, around).empty() && !is_approved(r, around);
}

result<phone_number> may_call(const record& r, const circumstances& around) {
  if (r.state != status::ready_to_call)
    return no_step(r.state, "no call can be started");
  auto number = number_to_call(r, around);
  if (!number)
    return fail_field(
        "/target_phone_number", "missing", "a phone number is needed before a call can be started");
  if (r.risks.verdict == assistant::risks::level::refuse)
    return no_step(r.state, "this request is refused: no call can be started");
  if (lacks_approval(r, around))
    return no_step(
        r.state, "your approval is needed first (" + needs_approval(r, around) +
                     "): no call can be started");
  return *number;
}

// -- what a model is told -------------------------------------------------------------------------

assistant::briefing
brief(const record& r, const circumstances& around, const std::string& business) {
  assistant::briefing b;
  b.instruction = r.raw_instruction;
  b.title = r.title;
  b.tone = r.voice;
  b.max_price = r.max_price;
  b.hard_constraints = r.hard_constraints;
  b.soft_preferences = r.soft_preferences;
  if (const auto* known = contact_of(r, around)) {
    b.contact_name = known->name;
    b.company_name = known->company_name;
  } else if (r.plan) {
    b.contact_name = r.plan->contact_name;
    b.company_name = r.plan->company_name;
  }
  if (auto number = number_to_call(r, around))
    b.phone_number = number->reveal();
  b.answers = r.answers;
  b.business = business;
  b.allowed_auth_fields = around.settings.allowed_auth_fields;
  b.now = around.now;
  b.timezone = around.settings.timezone;
  b.region = around.region;
  return b;
}

} // namespace ringmaster::task
