#define CAF_SUITE task
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "domain/task.hpp"
#include "tests/domain/task_samples.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using task::status;

namespace {

std::string mistakes_of(const task::draft& d) {
  auto checked = task::check(d, "US");
  if (checked)
    return "none";
  std::string out;
  for (const auto& field : checked.error().fields)
    out += (out.empty() ? "" : " ") + field.pointer + ':' + field.code;
  return out;
}

task::draft good_draft() {
  task::draft d;
  d.raw_instruction = "Call my dentist";
  return d;
}

template <class Change>
std::string mistakes_with(Change change) {
  auto d = good_draft();
  change(d);
  return mistakes_of(d);
}

} // namespace

CAF_TEST(words of statuses and priorities read back and both spellings of canceled) {
  for (int s = 0; s < 8; ++s)
    CAF_CHECK(task::parse_status(to_string(static_cast<status>(s))) == static_cast<status>(s));
  CAF_CHECK(task::to_string(status::canceled) == "cancelled");
  CAF_CHECK(task::parse_status("canceled") == status::canceled);
  CAF_CHECK(!task::parse_status("done"));
  for (int p = 0; p < 4; ++p)
    CAF_CHECK(
        task::parse_priority(to_string(static_cast<task::priority>(p))) ==
        static_cast<task::priority>(p));
}

CAF_TEST(the table has exactly the steps of the requirements) {
  std::string table;
  for (int s = 0; s < 8; ++s) {
    table += std::string{to_string(static_cast<status>(s))} + " ->";
    for (const auto& next : task::next_of(static_cast<status>(s)))
      table += ' ' + next;
    table += '\n';
  }
  const std::string expected = "pending -> preparing waiting_for_user ready_to_call cancelled\n"
                               "preparing -> waiting_for_user ready_to_call failed cancelled\n"
                               "waiting_for_user -> ready_to_call cancelled\n"
                               "ready_to_call -> in_progress cancelled\n"
                               "in_progress -> completed failed cancelled\n"
                               "completed ->\n"
                               "failed -> ready_to_call cancelled\n"
                               "cancelled ->\n";
  CAF_CHECK_EQUAL(table, expected);
}

CAF_TEST(a draft is checked on both sides of every bound) {
  using d = task::draft;
  auto text = [](std::size_t n) { return std::string(n, 'x'); };
  CAF_CHECK_EQUAL(mistakes_of(good_draft()), "none");
  CAF_CHECK_EQUAL(mistakes_with([&](d& x) { x.raw_instruction = " \n"; }), "/raw_instruction:empty");
  CAF_CHECK_EQUAL(mistakes_with([&](d& x) { x.raw_instruction = text(4000); }), "none");
  CAF_CHECK_EQUAL(
      mistakes_with([&](d& x) { x.raw_instruction = text(4001); }), "/raw_instruction:too_long");
  CAF_CHECK_EQUAL(mistakes_with([&](d& x) { x.title = text(200); }), "none");
  CAF_CHECK_EQUAL(mistakes_with([&](d& x) { x.title = text(201); }), "/title:too_long");
  CAF_CHECK_EQUAL(mistakes_with([&](d& x) { x.title = "a\nb"; }), "/title:control_character");
  CAF_CHECK_EQUAL(mistakes_with([&](d& x) { x.hard_constraints.assign(50, text(500)); }), "none");
  CAF_CHECK_EQUAL(
      mistakes_with([&](d& x) { x.hard_constraints.assign(51, "a"); }), "/hard_constraints:too_many");
  CAF_CHECK_EQUAL(
      mistakes_with([&](d& x) { x.soft_preferences = {"a", text(501), ""}; }),
      "/soft_preferences/1:too_long /soft_preferences/2:empty");
  CAF_CHECK_EQUAL(
      mistakes_with([&](d& x) { x.max_price = money{-1, "USD"}; }), "/max_price:out_of_range");
  CAF_CHECK_EQUAL(
      mistakes_with([&](d& x) { x.max_price = money{1, "usd"}; }), "/max_price:bad_currency");
  CAF_CHECK_EQUAL(
      mistakes_with([&](d& x) { x.target_phone_number = "911"; }), "/target_phone_number:short_code");
  CAF_CHECK_EQUAL(
      mistakes_with([&](d& x) { x.target_phone_number = "+1 900 555 0100"; }),
      "/target_phone_number:not_callable");
}

CAF_TEST(all mistakes of a draft are told together) {
  task::draft d;
  d.title = std::string(201, 't');
  d.target_phone_number = "hello";
  d.max_price = money{1, ""};
  CAF_CHECK_EQUAL(
      mistakes_of(d), "/raw_instruction:empty /title:too_long /max_price:bad_currency "
                      "/target_phone_number:not_a_number");
}

CAF_TEST(a checked draft opens as a pending task in the tone of the settings) {
  auto d = good_draft();
  d.raw_instruction = "  Call my dentist \n";
  d.target_phone_number = " (415) 555-2671 ";
  d.hard_constraints = {" after 5 "};
  auto checked = task::check(d, "US");
  CAF_REQUIRE(checked);
  auto around = by_ann();
  around.settings.default_call_tone = tone::firm;
  auto r = task::open(task_id{numbered_uuid(1)}, *checked, around.settings, around.now);
  CAF_CHECK(r.state == status::pending);
  CAF_CHECK_EQUAL(r.raw_instruction, "Call my dentist");
  CAF_CHECK(r.number == some_number);
  CAF_CHECK(r.voice == tone::firm);
  CAF_CHECK_EQUAL(r.hard_constraints[0], "after 5");
  CAF_CHECK_EQUAL(r.version, 1);
  CAF_CHECK(r.created_at == around.now);
}

CAF_TEST(the own number of a task wins over that of its contact) {
  auto around = by_ann();
  around.contact = some_contact(other_number);
  auto r = task_in(status::ready_to_call);
  r.contact = around.contact->id;
  CAF_CHECK(task::number_to_call(r, around) == some_number);
  r.number.reset();
  CAF_CHECK(task::number_to_call(r, around) == other_number);
  r.contact = contact_id{numbered_uuid(9)};
  CAF_CHECK(!task::number_to_call(r, around));
}

CAF_TEST(a price needs a yes only above the limit and in every other currency) {
  auto around = by_ann();
  auto r = task_in(status::waiting_for_user);
  CAF_CHECK(task::needs_approval(r, around).empty());
  r.max_price = dollars(50);
  CAF_CHECK(task::needs_approval(r, around).empty());
  r.max_price = money{50'000'001, "USD"};
  CAF_CHECK(!task::needs_approval(r, around).empty());
  r.max_price = money{1, "EUR"};
  CAF_CHECK(task::needs_approval(r, around).find("USD") != std::string::npos);
  r.max_price = money{0, "EUR"};
  CAF_CHECK(task::needs_approval(r, around).empty());
}

CAF_TEST(a confirmation asked for and a doubt about the content need a yes) {
  auto around = by_ann();
  auto r = task_in(status::waiting_for_user);
  r.needs_user_confirmation = true;
  CAF_CHECK(!task::needs_approval(r, around).empty());
  r.needs_user_confirmation = false;
  r.risks.verdict = assistant::risks::level::caution;
  r.risks.findings = {{"prank", "This looks like a prank."}};
  auto why = task::needs_approval(r, around);
  CAF_CHECK_EQUAL(why, "This looks like a prank");
}

CAF_TEST(a yes covers its number and its price and less and nothing else) {
  auto around = by_ann();
  auto r = task_in(status::waiting_for_user);
  r.max_price = dollars(100);
  CAF_CHECK(!task::is_approved(r, around));
  r.approved_by = around.actor;
  r.approved_at = around.now;
  r.approved_number = some_number;
  r.approved_price = dollars(100);
  CAF_CHECK(task::is_approved(r, around));
  r.max_price = dollars(99);
  CAF_CHECK(task::is_approved(r, around));
  r.max_price = money{100'000'001, "USD"};
  CAF_CHECK(!task::is_approved(r, around));
  r.max_price = money{1, "EUR"};
  CAF_CHECK(!task::is_approved(r, around));
  r.max_price.reset();
  CAF_CHECK(!task::is_approved(r, around));
  r.max_price = dollars(100);
  r.number = other_number;
  CAF_CHECK(!task::is_approved(r, around));
}

CAF_TEST(a call may start from ready with a number and every yes) {
  auto around = by_ann();
  for (int s = 0; s < 8; ++s) {
    auto allowed = task::may_call(task_in(static_cast<status>(s)), around);
    CAF_CHECK(allowed.has_value() == (static_cast<status>(s) == status::ready_to_call));
    if (!allowed)
      CAF_CHECK(allowed.error().code == errc::wrong_state);
  }
  auto r = task_in(status::ready_to_call);
  r.number.reset();
  auto refused = task::may_call(r, around);
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().code == errc::invalid);
  CAF_CHECK_EQUAL(refused.error().fields[0].pointer, "/target_phone_number");
  r = task_in(status::ready_to_call);
  r.needs_user_confirmation = true;
  refused = task::may_call(r, around);
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().code == errc::wrong_state);
}

CAF_TEST(a briefing tells the number the contact and what was answered) {
  auto around = by_ann();
  around.contact = some_contact(other_number);
  around.settings.allowed_auth_fields = {"name"};
  auto r = task_in(status::pending);
  r.number.reset();
  r.contact = around.contact->id;
  r.answers = {{"date", "Friday"}};
  auto b = task::brief(r, around, "Name: Ann's Bakery\n");
  CAF_CHECK_EQUAL(b.instruction, r.raw_instruction);
  CAF_CHECK_EQUAL(b.contact_name, "Dr. Miller");
  CAF_CHECK_EQUAL(b.phone_number, "+12125550147");
  CAF_CHECK_EQUAL(b.answers.size(), 1u);
  CAF_CHECK_EQUAL(b.timezone, "America/New_York");
  CAF_CHECK_EQUAL(b.region, "US");
  CAF_CHECK_EQUAL(b.business, "Name: Ann's Bakery\n");
}
