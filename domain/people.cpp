#include "domain/people.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <utility>

#include "domain/mistakes.hpp"
#include "domain/text.hpp"
#include "domain/words.hpp"
#include "domain/zone.hpp"

namespace ringmaster {

namespace {

constexpr auto tones = vocabulary_of<tone>("friendly", "neutral", "firm", "assertive");
static_assert(tones.words.size() == static_cast<std::size_t>(tone::assertive) + 1);

constexpr std::size_t most_transfer_numbers = 20;

/// Good enough to catch a name in the wrong field; only mail itself proves an address.
bool looks_like_email(std::string_view text) {
  auto at = text.find('@');
  return text.size() <= 254 && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos &&
         text.find(' ') == std::string_view::npos;
}

void check_email(mistakes& wrong, std::string_view text) {
  text = trimmed(text);
  wrong.check_text("/email", text, 0, 500);
  if (!text.empty() && count_characters(text) && !looks_like_email(text))
    wrong.add("/email", "not_an_email", "is not an email address");
}

void check_price(mistakes& wrong, const char* pointer, const money& m) {
  if (m.micros < 0)
    wrong.add(pointer, "out_of_range", "must not be negative");
  if (!is_currency(m.currency))
    wrong.add(pointer, "bad_currency", "the currency must be three capital letters, like USD");
}

/// One line, whatever the text has.
std::string flat(std::string_view text) {
  std::string out{trimmed(text)};
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return out;
}

} // namespace

std::string_view to_string(tone t) { return tones[t]; }
std::optional<tone> parse_tone(std::string_view text) { return tones.find(text); }

// -- contacts -------------------------------------------------------------------------------------

namespace contact {

result<checked> check(const draft& d, std::string_view region) {
  mistakes wrong;
  checked out;
  wrong.check_text("/name", d.name, 1, 200);
  wrong.check_text("/company_name", d.company_name, 0, 200);
  if (!trimmed(d.phone_number).empty()) {
    if (auto number = read_callable(d.phone_number, region))
      out.number = std::move(number->number);
    else
      wrong.add_at("/phone_number", std::move(number.error()));
  }
  check_email(wrong, d.email);
  if (auto name = trimmed(d.timezone); !name.empty())
    if (auto found = zone::find(name); !found)
      wrong.add("/timezone", "unknown_timezone", std::move(found.error().detail));
  wrong.check_text("/notes", d.notes, 0, 4000, true);
  if (!wrong.none())
    return fail(wrong.take());
  out.name = trimmed(d.name);
  out.company_name = trimmed(d.company_name);
  out.email = trimmed(d.email);
  out.timezone = trimmed(d.timezone);
  out.notes = trimmed(d.notes);
  return out;
}

} // namespace contact

// -- settings -------------------------------------------------------------------------------------

const std::vector<std::string>& auth_fields() {
  static const std::vector<std::string> all{
      "name",           "date_of_birth", "address",           "phone_number", "email",
      "account_number", "member_id",     "last_four_of_card", "zip_code"};
  return all;
}

result<calling_window> check(const assistant_settings& s) {
  mistakes wrong;
  check_price(wrong, "/max_auto_approve_amount", s.max_auto_approve_amount);
  if (static_cast<std::size_t>(s.default_call_tone) >= tones.words.size())
    wrong.add("/default_call_tone", "unknown", "must be friendly, neutral, firm or assertive");
  const auto& known = auth_fields();
  std::set<std::string> seen;
  for (std::size_t i = 0; i < s.allowed_auth_fields.size(); ++i) {
    const auto& field = s.allowed_auth_fields[i];
    auto pointer = "/allowed_auth_fields/" + std::to_string(i);
    if (std::find(known.begin(), known.end(), field) == known.end())
      wrong.add(pointer, "unknown", "is not a field that may be allowed");
    else if (!seen.insert(field).second)
      wrong.add(pointer, "duplicate", "is named twice");
  }
  wrong.check_range<std::int32_t>("/max_retry_attempts", s.max_retry_attempts, 0, 10);
  auto window = calling_window::parse(
      trimmed(s.timezone), s.allowed_call_start_time, s.allowed_call_end_time,
      s.allowed_days_of_week);
  if (!window)
    wrong.add_all(std::move(window.error()), "/timezone");
  if (s.transfer_numbers.size() > most_transfer_numbers)
    wrong.add(
        "/transfer_numbers", "too_many",
        "must be at most " + std::to_string(most_transfer_numbers));
  std::set<std::string_view> numbers;
  for (std::size_t i = 0; i < std::min(s.transfer_numbers.size(), most_transfer_numbers); ++i) {
    const auto& text = s.transfer_numbers[i];
    auto pointer = "/transfer_numbers/" + std::to_string(i);
    auto number = read_callable(text, "");
    if (!number)
      wrong.add_at(pointer, std::move(number.error()));
    else if (number->number.reveal() != text)
      wrong.add(pointer, "not_e164", "must be written like " + number->number.reveal());
    else if (!numbers.insert(text).second)
      wrong.add(pointer, "duplicate", "is named twice");
  }
  if (s.daily_model_budget) {
    check_price(wrong, "/daily_model_budget", *s.daily_model_budget);
    // What models cost is counted in dollars, and no rate of exchange is known here.
    if (is_currency(s.daily_model_budget->currency) && s.daily_model_budget->currency != "USD")
      wrong.add("/daily_model_budget", "bad_currency", "must be in USD");
  }
  if (!wrong.none())
    return fail(wrong.take());
  return window;
}

// -- the business profile -------------------------------------------------------------------------

result<void> check(const business_profile& p) {
  mistakes wrong;
  wrong.check_text("/name", p.name, 0, 200);
  wrong.check_text("/description", p.description, 0, 8000, true);
  wrong.check_text("/hours", p.hours, 0, 500, true);
  wrong.check_text("/address", p.address, 0, 500, true);
  wrong.check_text("/website", p.website, 0, 500);
  check_email(wrong, p.email);
  if (p.facts.size() > 100)
    wrong.add("/facts", "too_many", "must be at most 100");
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < std::min<std::size_t>(p.facts.size(), 100); ++i) {
    const auto& [name, value] = p.facts[i];
    auto pointer = "/facts/" + std::to_string(i);
    wrong.check_text(pointer + "/name", name, 1, 100);
    wrong.check_text(pointer + "/value", value, 1, 2000, true);
    if (!seen.insert(trimmed(name)).second)
      wrong.add(pointer + "/name", "duplicate", "is named twice");
  }
  if (!wrong.none())
    return fail(wrong.take());
  return {};
}

std::string describe(const business_profile& p) {
  std::string out;
  auto say = [&](std::string_view name, std::string_view value) {
    if (auto text = flat(value); !text.empty())
      out += flat(name) + ": " + text + '\n';
  };
  say("Name", p.name);
  say("Description", p.description);
  say("Hours", p.hours);
  say("Address", p.address);
  say("Website", p.website);
  say("Email", p.email);
  if (p.number)
    say("Phone", p.number->reveal());
  for (const auto& [name, value] : p.facts)
    say(name, value);
  return out;
}

} // namespace ringmaster
