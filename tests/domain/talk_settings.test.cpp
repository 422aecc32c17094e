#define CAF_SUITE talk_settings
#include <caf/test/unit_test.hpp>

#include <string>

#include "domain/campaign.hpp"
#include "domain/talk_settings.hpp"
#include "domain/task.hpp"
#include "tests/domain/task_samples.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;

namespace {

/// "/menu_keys:bad_keys ..." of the settings after a change; "none" if all is well.
template <class Change>
std::string mistakes_with(Change change) {
  talk::settings s;
  change(s);
  auto checked = talk::check(s);
  if (checked)
    return "none";
  std::string out;
  for (const auto& f : checked.error().fields)
    out += (out.empty() ? "" : " ") + f.pointer + ":" + f.code;
  return out;
}

} // namespace

CAF_TEST(words of styles and actions read back) {
  for (auto s : {talk::style::conversation, talk::style::announcement})
    CAF_CHECK(talk::parse_style(talk::to_string(s)) == s);
  for (auto a : {talk::machine_action::hang_up, talk::machine_action::leave_message})
    CAF_CHECK(talk::parse_machine_action(talk::to_string(a)) == a);
  for (auto a : {talk::menu_action::hang_up, talk::menu_action::navigate})
    CAF_CHECK(talk::parse_menu_action(talk::to_string(a)) == a);
  CAF_CHECK(!talk::parse_style("Conversation"));
  CAF_CHECK(!talk::parse_machine_action("leave"));
  CAF_CHECK(!talk::parse_menu_action(""));
}

CAF_TEST(talk settings are checked on both sides of every bound) {
  using s = talk::settings;
  CAF_CHECK_EQUAL(mistakes_with([](s&) {}), "none");
  CAF_CHECK_EQUAL(mistakes_with([](s& x) { x.message = std::string(2'000, 'm'); }), "none");
  CAF_CHECK_EQUAL(
      mistakes_with([](s& x) { x.message = std::string(2'001, 'm'); }),
      "/voicemail_message:too_long");
  CAF_CHECK_EQUAL(mistakes_with([](s& x) { x.message = "two\nlines"; }), "none");
  CAF_CHECK_EQUAL(
      mistakes_with([](s& x) { x.message = "a\x01"; }), "/voicemail_message:control_character");
  for (const char* good : {"", "1", "1,3,0", "w1w2#", "*", "0,1,2,3,4,5,6,7,8,9"})
    CAF_CHECK_EQUAL(mistakes_with([&](s& x) { x.menu_keys = good; }), "none");
  CAF_CHECK_EQUAL(mistakes_with([](s& x) { x.menu_keys = std::string(32, '1'); }), "none");
  CAF_CHECK_EQUAL(
      mistakes_with([](s& x) { x.menu_keys = std::string(33, '1'); }), "/menu_keys:bad_keys");
  for (const char* bad : {",", "1,", ",1", "1,,2", "a", "1 2", "0,1,2,3,4,5,6,7,8,9,0", "W"})
    CAF_CHECK_EQUAL(mistakes_with([&](s& x) { x.menu_keys = bad; }), "/menu_keys:bad_keys");
  CAF_CHECK_EQUAL(mistakes_with([](s& x) { x.result_schema = std::string(16'000, ' '); }), "none");
  CAF_CHECK_EQUAL(
      mistakes_with([](s& x) { x.result_schema = std::string(16'001, ' '); }),
      "/result_schema:too_long");
  CAF_CHECK_EQUAL(
      mistakes_with([](s& x) {
        x.style = static_cast<talk::style>(9);
        x.on_voicemail = static_cast<talk::machine_action>(9);
        x.on_menu = static_cast<talk::menu_action>(9);
        x.menu_keys = "?";
      }),
      "/call_style:unknown /voicemail_action:unknown /menu_action:unknown /menu_keys:bad_keys");
}

CAF_TEST(a campaign keeps its talk settings and a patch changes what it names) {
  campaign::draft d;
  d.name = "Spring";
  d.talk.message = "  call us ";
  d.talk.menu_keys = " 1,2 ";
  CAF_REQUIRE(campaign::check(d));
  auto stored = campaign::trim(d);
  CAF_CHECK_EQUAL(stored.talk.message, "call us");
  CAF_CHECK_EQUAL(stored.talk.menu_keys, "1,2");
  CAF_CHECK(campaign::apply(stored, {}).talk == stored.talk);
  campaign::patch p;
  p.call_style = talk::style::announcement;
  p.voicemail_action = talk::machine_action::leave_message;
  p.voicemail_message = "Hello";
  p.menu_action = talk::menu_action::hang_up;
  p.menu_keys = "3";
  p.record_calls = true;
  p.result_schema = "{}";
  auto changed = campaign::apply(stored, p).talk;
  CAF_CHECK(
      changed == (talk::settings{
                     talk::style::announcement, talk::machine_action::leave_message, "Hello",
                     talk::menu_action::hang_up, "3", true, "{}"}));
  d.talk.menu_keys = "x";
  d.talk.message = std::string(2'001, 'm');
  auto refused = campaign::check(d);
  CAF_REQUIRE(!refused);
  CAF_CHECK_EQUAL(refused.error().fields.size(), 2u);
}

CAF_TEST(a task keeps its talk settings and its calls are conversations) {
  task::draft d;
  d.raw_instruction = "Call my dentist";
  d.talk.style = talk::style::announcement;
  d.talk.message = " call back ";
  d.parent_call = attempt_id{numbered_uuid(9)};
  auto checked = task::check(d, "US");
  CAF_REQUIRE(checked);
  auto r = task::open(task_id{numbered_uuid(1)}, *checked, {}, at("2026-11-18T15:00:00Z"));
  CAF_CHECK(r.talk.style == talk::style::conversation);
  CAF_CHECK_EQUAL(r.talk.message, "call back");
  CAF_CHECK(r.parent_call == d.parent_call);
  d.talk.menu_keys = "1;2";
  auto refused = task::check(d, "US");
  CAF_REQUIRE(!refused);
  CAF_CHECK_EQUAL(refused.error().fields[0].pointer, "/menu_keys");
}

CAF_TEST(an edit changes talk settings and names them in the trail) {
  task::patch p;
  p.voicemail_action = talk::machine_action::leave_message;
  p.voicemail_message = " Hi ";
  p.menu_action = talk::menu_action::hang_up;
  p.menu_keys = "1,0";
  p.record_calls = true;
  p.result_schema = " {} ";
  auto done = task::decide(task_in(task::status::ready_to_call), edit(p), by_ann());
  CAF_REQUIRE(done);
  CAF_CHECK(
      done->next.talk == (talk::settings{
                             talk::style::conversation, talk::machine_action::leave_message, "Hi",
                             talk::menu_action::hang_up, "1,0", true, "{}"}));
  CAF_CHECK_EQUAL(
      done->audit.at(0).reason,
      "voicemail_action, voicemail_message, menu_action, menu_keys, record_calls, result_schema");
  p = {};
  p.menu_keys = "x";
  auto refused = task::decide(task_in(task::status::ready_to_call), edit(p), by_ann());
  CAF_REQUIRE(!refused);
  CAF_CHECK_EQUAL(refused.error().fields[0].pointer, "/menu_keys");
  p = {};
  p.record_calls = true;
  CAF_CHECK(!task::decide(task_in(task::status::in_progress), edit(p), by_ann()));
}
