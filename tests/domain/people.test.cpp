#define CAF_SUITE people
#include <caf/test/unit_test.hpp>

#include <string>

#include <rapidcheck.h>

#include "domain/assistant.hpp"
#include "domain/money.hpp"
#include "domain/notification.hpp"
#include "domain/people.hpp"

using namespace ringmaster;

namespace {

template <class T>
std::string mistakes_of(const result<T>& checked) {
  if (checked)
    return "none";
  std::string out;
  for (const auto& field : checked.error().fields)
    out += (out.empty() ? "" : " ") + field.pointer + ':' + field.code;
  return out;
}

template <class Change>
std::string contact_with(Change change) {
  contact::draft d;
  d.name = "Ann";
  change(d);
  return mistakes_of(contact::check(d, "US"));
}

template <class Change>
std::string settings_with(Change change) {
  assistant_settings s;
  change(s);
  return mistakes_of(check(s));
}

template <class Change>
std::string profile_with(Change change) {
  business_profile p;
  change(p);
  return mistakes_of(check(p));
}

std::string shown(std::int64_t micros, const char* currency) { return show(money{micros, currency}); }

std::string price(std::string_view text) {
  auto p = parse_price(text);
  return p ? to_decimal(p->micros) + ' ' + p->currency : "none";
}

} // namespace

// -- money ----------------------------------------------------------------------------------------

CAF_TEST(amounts have two decimals at least and six at most) {
  CAF_CHECK_EQUAL(to_decimal(12'500'000), "12.50");
  CAF_CHECK_EQUAL(to_decimal(0), "0.00");
  CAF_CHECK_EQUAL(to_decimal(1), "0.000001");
  CAF_CHECK_EQUAL(to_decimal(1'234'500), "1.2345");
}

CAF_TEST(decimals are read within their bounds only) {
  CAF_CHECK(parse_decimal("12") == 12'000'000);
  CAF_CHECK(parse_decimal("0.000001") == 1);
  CAF_CHECK(parse_decimal("999999999.999999") == 999'999'999'999'999);
  for (auto wrong : {"", ".", "1.", ".5", "-1", "+1", "1,000", "1e3", "1000000000", "0.0000001", " 1", "1 "})
    CAF_CHECK(!parse_decimal(wrong));
}

CAF_TEST(every amount reads back as it is written) {
  bool holds = rc::check([] {
    auto micros = *rc::gen::inRange<std::int64_t>(0, 999'999'999'999'999);
    RC_ASSERT(parse_decimal(to_decimal(micros)) == micros);
  });
  CAF_CHECK(holds);
}

CAF_TEST(prices are shown for people and read as people type them) {
  CAF_CHECK_EQUAL(shown(12'500'000, "USD"), "$12.50");
  CAF_CHECK_EQUAL(shown(80'000'000, "EUR"), "€80");
  CAF_CHECK_EQUAL(shown(1'200'000'000, "JPY"), "1,200 JPY");
  CAF_CHECK_EQUAL(shown(1'234'567'000'000, "GBP"), "£1,234,567");
  CAF_CHECK_EQUAL(price("120"), "120.00 USD");
  CAF_CHECK_EQUAL(price(" $1,250.50 "), "1250.50 USD");
  CAF_CHECK_EQUAL(price("80 EUR"), "80.00 EUR");
  CAF_CHECK_EQUAL(price("GBP 45"), "45.00 GBP");
  CAF_CHECK_EQUAL(price("80€"), "80.00 EUR");
  for (auto wrong : {"", "$", "much", "1,25", "12,3456", "-5", "$ 5 $ 5", "EUR", "1,,000"})
    CAF_CHECK_EQUAL(price(wrong), "none");
}

CAF_TEST(amounts of two currencies are not compared) {
  CAF_CHECK(compare({1, "USD"}, {2, "USD"}) == std::strong_ordering::less);
  CAF_CHECK(!compare({1, "USD"}, {1, "EUR"}));
  CAF_CHECK(is_currency("CHF") && !is_currency("chf") && !is_currency("CH") && !is_currency("CHFR"));
}

// -- contacts -------------------------------------------------------------------------------------

CAF_TEST(a contact is checked on both sides of every bound) {
  using d = contact::draft;
  CAF_CHECK_EQUAL(contact_with([](d&) {}), "none");
  CAF_CHECK_EQUAL(contact_with([](d& x) { x.name = " "; }), "/name:empty");
  CAF_CHECK_EQUAL(contact_with([](d& x) { x.name = std::string(201, 'n'); }), "/name:too_long");
  CAF_CHECK_EQUAL(contact_with([](d& x) { x.company_name = std::string(200, 'n'); }), "none");
  CAF_CHECK_EQUAL(contact_with([](d& x) { x.phone_number = "112"; }), "/phone_number:short_code");
  CAF_CHECK_EQUAL(contact_with([](d& x) { x.phone_number = "(415) 555-2671"; }), "none");
  for (auto wrong : {"ann", "@x.org", "ann@", "a@b@c", "ann smith@x.org"})
    CAF_CHECK_EQUAL(contact_with([&](d& x) { x.email = wrong; }), "/email:not_an_email");
  CAF_CHECK_EQUAL(contact_with([](d& x) { x.timezone = "Mars/Base"; }), "/timezone:unknown_timezone");
  CAF_CHECK_EQUAL(contact_with([](d& x) { x.notes = "a\nb"; }), "none");
  CAF_CHECK_EQUAL(contact_with([](d& x) { x.notes = std::string(4001, 'n'); }), "/notes:too_long");
  CAF_CHECK_EQUAL(
      contact_with([](d& x) { x.name = "", x.email = "x", x.phone_number = "no"; }),
      "/name:empty /phone_number:not_a_number /email:not_an_email");
}

CAF_TEST(a checked contact is trimmed and its number canonical) {
  contact::draft d;
  d.name = "  Zoë  ";
  d.phone_number = "415 555 2671";
  auto c = contact::check(d, "US");
  CAF_REQUIRE(c);
  CAF_CHECK_EQUAL(c->name, "Zoë");
  CAF_REQUIRE(c->number);
  CAF_CHECK_EQUAL(c->number->reveal(), "+14155552671");
}

// -- settings -------------------------------------------------------------------------------------

CAF_TEST(the settings of a user who has none are fine) {
  CAF_CHECK_EQUAL(settings_with([](assistant_settings&) {}), "none");
}

CAF_TEST(settings are checked on both sides of every bound) {
  using s = assistant_settings;
  CAF_CHECK_EQUAL(settings_with([](s& x) { x.max_retry_attempts = 10; }), "none");
  CAF_CHECK_EQUAL(settings_with([](s& x) { x.max_retry_attempts = 11; }), "/max_retry_attempts:out_of_range");
  CAF_CHECK_EQUAL(settings_with([](s& x) { x.max_retry_attempts = -1; }), "/max_retry_attempts:out_of_range");
  CAF_CHECK_EQUAL(
      settings_with([](s& x) { x.allowed_auth_fields = {"name", "pin", "name"}; }),
      "/allowed_auth_fields/1:unknown /allowed_auth_fields/2:duplicate");
  CAF_CHECK_EQUAL(settings_with([](s& x) { x.allowed_auth_fields = auth_fields(); }), "none");
  CAF_CHECK_EQUAL(
      settings_with([](s& x) { x.max_auto_approve_amount = {-1, "US"}; }),
      "/max_auto_approve_amount:out_of_range /max_auto_approve_amount:bad_currency");
  CAF_CHECK_EQUAL(settings_with([](s& x) { x.transfer_numbers = {"+14155552671", "+12125550147"}; }), "none");
  CAF_CHECK_EQUAL(
      settings_with([](s& x) { x.transfer_numbers = {"+14155552671", "+1 415 555 2671", "4155552671", "+14155552671", "+19005550100"}; }),
      "/transfer_numbers/1:not_e164 /transfer_numbers/2:no_country_code /transfer_numbers/3:duplicate "
      "/transfer_numbers/4:not_callable");
  auto many = [](std::size_t n) {
    return settings_with([n](s& x) {
      for (std::size_t i = 0; i < n; ++i)
        x.transfer_numbers.push_back("+14155552" + std::to_string(600 + i));
    });
  };
  CAF_CHECK_EQUAL(many(20), "none");
  CAF_CHECK_EQUAL(many(21), "/transfer_numbers:too_many");
  CAF_CHECK_EQUAL(settings_with([](s& x) { x.daily_model_budget = money{1, "USD"}; }), "none");
  CAF_CHECK_EQUAL(
      settings_with([](s& x) { x.daily_model_budget = money{1, "EUR"}; }),
      "/daily_model_budget:bad_currency");
  auto window = settings_with([](s& x) {
    x.timezone = "Mars/Base";
    x.allowed_call_start_time = "25:00";
    x.allowed_days_of_week.clear();
  });
  CAF_CHECK(window.find("/timezone:") != std::string::npos);
  CAF_CHECK(window.find("/allowed_call_start_time:") != std::string::npos);
  CAF_CHECK(window.find("/allowed_days_of_week:") != std::string::npos);
}

CAF_TEST(words of tones and functions and notifications read back) {
  for (int t = 0; t < 4; ++t)
    CAF_CHECK(parse_tone(to_string(static_cast<tone>(t))) == static_cast<tone>(t));
  for (int k = 0; k < 6; ++k) {
    auto kind = static_cast<notification::kind>(k);
    CAF_CHECK(notification::parse_kind(to_string(kind)) == kind);
  }
  CAF_CHECK(!parse_tone("rude") && !notification::parse_kind(""));
  CAF_CHECK(assistant::function_of(assistant::script_request{}) == assistant::function::script);
  CAF_CHECK(assistant::to_string(assistant::function::questions) == "questions");
  CAF_CHECK(assistant::to_string(assistant::risks::level::refuse) == "refuse");
}

// -- the business profile -------------------------------------------------------------------------

CAF_TEST(a profile is checked on both sides of every bound) {
  using p = business_profile;
  auto text = [](std::size_t n) { return std::string(n, 'x'); };
  CAF_CHECK_EQUAL(profile_with([](p&) {}), "none");
  CAF_CHECK_EQUAL(profile_with([&](p& x) { x.description = text(8000); }), "none");
  CAF_CHECK_EQUAL(profile_with([&](p& x) { x.description = text(8001); }), "/description:too_long");
  CAF_CHECK_EQUAL(profile_with([&](p& x) { x.hours = text(501); }), "/hours:too_long");
  CAF_CHECK_EQUAL(profile_with([&](p& x) { x.email = "nobody"; }), "/email:not_an_email");
  CAF_CHECK_EQUAL(
      profile_with([&](p& x) { x.facts = {{"", "v"}, {"n", text(2001)}, {"n", "v"}}; }),
      "/facts/0/name:empty /facts/1/value:too_long /facts/2/name:duplicate");
  CAF_CHECK_EQUAL(
      profile_with([&](p& x) {
        for (int i = 0; i < 101; ++i)
          x.facts.emplace_back("fact " + std::to_string(i), "v");
      }),
      "/facts:too_many");
}

CAF_TEST(a profile is described one fact a line) {
  business_profile p;
  CAF_CHECK_EQUAL(describe(p), "");
  p.name = "Ann's Bakery";
  p.hours = "Mon to Fri\n9 to 5";
  p.number = phone_number::from_canonical("+14155552671");
  p.facts = {{"parking", "in the yard"}};
  auto text = describe(p);
  CAF_CHECK_EQUAL(
      text, "Name: Ann's Bakery\nHours: Mon to Fri 9 to 5\nPhone: +14155552671\nparking: in the yard\n");
}
