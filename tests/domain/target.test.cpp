#define CAF_SUITE target
#include <caf/test/unit_test.hpp>

#include <string>

#include "domain/target.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using ringmaster::testing::steps_of;
using target::event;
using target::status;

namespace {

/// "pointer code" of the one mistake, or "none".
std::string mistake_of(const target::draft& d, std::int32_t attempts = 1, std::string_view region = "US") {
  auto checked = target::check(d, attempts, region);
  if (checked)
    return "none";
  CAF_CHECK(checked.error().code == errc::invalid);
  CAF_REQUIRE_EQUAL(checked.error().fields.size(), 1u);
  return checked.error().fields[0].pointer + ' ' + checked.error().fields[0].code;
}

target::draft good_row() {
  target::draft d;
  d.line = 7;
  d.phone_number = "+1 415 555 0100";
  return d;
}

} // namespace

CAF_TEST(every pair of status and event does what the life says) {
  auto life = steps_of<status, event>(
    5, 8, [](status s, event e) { return target::decide(s, e); },
    [](status s, event, const error& why) {
      CAF_CHECK(why.code == errc::wrong_state);
      CAF_CHECK_EQUAL(why.current_status, target::to_string(s));
      CAF_CHECK(why.allowed_transitions.empty() == (s == status::completed));
    });
  CAF_CHECK_EQUAL(
    life,
    "pending dial calling\n"
    "pending skip skipped\n"
    "pending refuse failed\n"
    "calling reach completed\n"
    "calling retry pending\n"
    "calling requeue pending\n"
    "calling give_up failed\n"
    "calling skip skipped\n"
    "calling refuse failed\n"
    "failed reopen pending\n"
    "skipped reopen pending\n");
}

CAF_TEST(words of statuses read back) {
  for (int s = 0; s < 5; ++s)
    CAF_CHECK(target::parse_status(target::to_string(static_cast<status>(s))) == static_cast<status>(s));
  CAF_CHECK(!target::parse_status("calling "));
}

CAF_TEST(a good row passes with its number in canonical form) {
  auto d = good_row();
  d.contact_name = "  Zoë Ångström ";
  d.client_id = "crm-42";
  d.timezone = "Asia/Calcutta";
  d.max_attempts = 20;
  auto row = target::check(d, 3, "US");
  CAF_REQUIRE(row);
  CAF_CHECK_EQUAL(row->line, 7u);
  CAF_CHECK_EQUAL(row->number.number.reveal(), "+14155550100");
  CAF_CHECK_EQUAL(row->number.country, "US");
  CAF_CHECK_EQUAL(row->contact_name, "Zoë Ångström");
  CAF_CHECK_EQUAL(row->max_attempts, 20);
}

CAF_TEST(a row without attempts takes those of the campaign) {
  auto row = target::check(good_row(), 3, "US");
  CAF_REQUIRE(row);
  CAF_CHECK_EQUAL(row->max_attempts, 3);
}

CAF_TEST(each mistake of a row is located) {
  auto with = [](auto change) {
    auto d = good_row();
    change(d);
    return mistake_of(d);
  };
  CAF_CHECK_EQUAL(with([](auto& d) { d.phone_number = ""; }), "/phone_number empty");
  CAF_CHECK_EQUAL(with([](auto& d) { d.phone_number = "hello"; }), "/phone_number not_a_number");
  CAF_CHECK_EQUAL(with([](auto& d) { d.phone_number = "911"; }), "/phone_number short_code");
  CAF_CHECK_EQUAL(with([](auto& d) { d.phone_number = "+1 900 555 0100"; }), "/phone_number not_callable");
  CAF_CHECK_EQUAL(with([](auto& d) { d.contact_name = std::string(200, 'c'); }), "none");
  CAF_CHECK_EQUAL(with([](auto& d) { d.contact_name = std::string(201, 'c'); }), "/contact_name too_long");
  CAF_CHECK_EQUAL(with([](auto& d) { d.contact_name = "a\x1b[2Jb"; }), "/contact_name control_character");
  CAF_CHECK_EQUAL(with([](auto& d) { d.contact_name = "\xff\xfe"; }), "/contact_name not_utf8");
  CAF_CHECK_EQUAL(with([](auto& d) { d.client_id = std::string(101, 'c'); }), "/client_id too_long");
  CAF_CHECK_EQUAL(with([](auto& d) { d.timezone = "Mars/Olympus"; }), "/timezone unknown_timezone");
  CAF_CHECK_EQUAL(with([](auto& d) { d.max_attempts = 0; }), "/max_attempts out_of_range");
  CAF_CHECK_EQUAL(with([](auto& d) { d.max_attempts = 21; }), "/max_attempts out_of_range");
}
