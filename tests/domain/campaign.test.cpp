#define CAF_SUITE campaign
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "domain/campaign.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using campaign::action;
using campaign::effect;
using campaign::status;
using ringmaster::testing::at;
using ringmaster::testing::steps_of;

namespace {

constexpr int statuses = 6;
constexpr int actions = 9;

const window_reading open_window{true, "inside the calling window", std::nullopt, std::nullopt};

window_reading closed_window() {
  return {false, "saturday is not an allowed day", at("2026-11-23T14:00:00Z"), std::nullopt};
}

campaign::draft good_draft() {
  campaign::draft d;
  d.name = "Spring reminders";
  d.timezone = "America/New_York";
  return d;
}

/// The pointers of all mistakes, in order.
std::string mistakes_of(const campaign::draft& d) {
  auto checked = campaign::check(d);
  if (checked)
    return "none";
  std::string out;
  for (const auto& field : checked.error().fields)
    out += field.pointer + ' ';
  return out;
}

} // namespace

CAF_TEST(every pair of status and action does what the life says) {
  auto life = steps_of<status, action>(
    statuses, actions, [](status s, action a) { return campaign::decide(s, a, open_window); },
    [](status s, action a, const error& why) {
      CAF_CHECK(why.code == errc::wrong_state);
      CAF_CHECK_EQUAL(why.current_status, campaign::to_string(s));
      CAF_CHECK(why.allowed_transitions == campaign::user_actions(s));
      CAF_CHECK(why.detail.find(campaign::to_string(a)) != std::string::npos);
    });
  CAF_CHECK_EQUAL(
    life,
    "draft start running\n"
    "draft schedule scheduled\n"
    "draft cancel canceled\n"
    "draft update draft\n"
    "scheduled cancel canceled\n"
    "scheduled begin running\n"
    "running pause paused\n"
    "running cancel canceled\n"
    "running finish completed\n"
    "running trip paused\n"
    "paused start running\n"
    "paused resume running\n"
    "paused cancel canceled\n"
    "paused update paused\n"
    "paused finish completed\n"
    "canceled cancel canceled\n");
}

CAF_TEST(a closed window refuses start and resume and nothing else) {
  auto window = closed_window();
  for (int s = 0; s < statuses; ++s) {
    for (int a = 0; a < actions; ++a) {
      auto from = static_cast<status>(s);
      auto on = static_cast<action>(a);
      auto inside = campaign::decide(from, on, open_window);
      auto outside = campaign::decide(from, on, window);
      if (inside && (on == action::start || on == action::resume)) {
        CAF_REQUIRE(!outside);
        CAF_CHECK(outside.error().code == errc::window_closed);
        CAF_CHECK_EQUAL(outside.error().detail, window.reason);
        CAF_CHECK(outside.error().next_open_at == window.next_open_at);
      } else {
        CAF_CHECK(inside.has_value() == outside.has_value());
      }
    }
  }
}

CAF_TEST(a wrong state is told before a closed window) {
  auto refused = campaign::decide(status::completed, action::start, closed_window());
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().code == errc::wrong_state);
}

CAF_TEST(whatever leaves running stops dialing and whatever enters it opens dialing) {
  for (const auto& step : campaign::rules) {
    if (step.from != status::running && step.to == status::running)
      CAF_CHECK(step.then == effect::open_dialing);
    if (step.from == status::running && step.to != status::running)
      CAF_CHECK(step.then == effect::stop_dialing);
    if (step.then == effect::open_dialing)
      CAF_CHECK(step.to == status::running);
  }
}

CAF_TEST(acts of a user are named and acts of the engine are not to be had) {
  using words = std::vector<std::string>;
  CAF_CHECK(campaign::user_actions(status::draft) == (words{"start", "schedule", "cancel", "update"}));
  CAF_CHECK(campaign::user_actions(status::scheduled) == (words{"cancel"}));
  CAF_CHECK(campaign::user_actions(status::running) == (words{"pause", "cancel"}));
  CAF_CHECK(campaign::user_actions(status::paused) == (words{"start", "resume", "cancel", "update"}));
  CAF_CHECK(campaign::user_actions(status::completed).empty());
  CAF_CHECK(campaign::user_actions(status::canceled) == (words{"cancel"}));
  for (auto word : {"start", "schedule", "pause", "resume", "cancel", "update"})
    CAF_CHECK(campaign::parse_action(word).has_value());
  for (auto word : {"begin", "finish", "trip", "Start", "delete", ""})
    CAF_CHECK(!campaign::parse_action(word).has_value());
}

CAF_TEST(both spellings of canceled are read and one is written) {
  CAF_CHECK(campaign::parse_status("canceled") == status::canceled);
  CAF_CHECK(campaign::parse_status("cancelled") == status::canceled);
  CAF_CHECK_EQUAL(campaign::to_string(status::canceled), "canceled");
  CAF_CHECK(!campaign::parse_status("Running"));
  for (int s = 0; s < statuses; ++s)
    CAF_CHECK(campaign::parse_status(campaign::to_string(static_cast<status>(s))) == static_cast<status>(s));
  CAF_CHECK_EQUAL(campaign::to_string(effect::stop_dialing), "stop_dialing");
}

CAF_TEST(a campaign is finished when it had targets and none is pending or calling) {
  campaign::progress p;
  CAF_CHECK(!campaign::is_finished(p));
  p.total = 3;
  p.completed = 1;
  p.failed = 1;
  p.skipped = 1;
  CAF_CHECK(campaign::is_finished(p));
  p.pending = 1;
  CAF_CHECK(!campaign::is_finished(p));
  p.pending = 0;
  p.calling = 1;
  CAF_CHECK(!campaign::is_finished(p));
}

CAF_TEST(good settings give a window) {
  auto window = campaign::check(good_draft());
  CAF_REQUIRE(window);
  CAF_CHECK_EQUAL(window->where().name(), "America/New_York");
  CAF_CHECK(window->open_at(at("2026-11-23T14:00:00Z")));
  CAF_CHECK(!window->open_at(at("2026-11-23T13:59:59Z")));
}

CAF_TEST(all mistakes of the settings are told together) {
  campaign::draft d;
  d.name = "   ";
  d.description = std::string(2001, 'x');
  d.type = "Sales Calls";
  d.script = "bad \x01 script";
  d.timezone = "Mars/Olympus";
  d.allowed_call_start_time = "9am";
  d.allowed_call_end_time = "25:00";
  d.allowed_days_of_week = {"mon", "funday"};
  d.limits = {0, 1'000'001};
  d.max_attempts = 0;
  d.max_concurrent_calls = 10'001;
  CAF_CHECK_EQUAL(
    mistakes_of(d),
    "/name /description /type /script /timezone /allowed_call_start_time /allowed_call_end_time "
    "/allowed_days_of_week/1 /rate_limit_per_minute /rate_limit_per_hour /max_attempts "
    "/max_concurrent_calls ");
  auto refused = campaign::check(d);
  CAF_CHECK(refused.error().code == errc::invalid);
  CAF_CHECK_EQUAL(refused.error().detail, "12 fields are not acceptable");
}

CAF_TEST(both sides of every bound are judged) {
  auto with = [](auto change) {
    auto d = good_draft();
    change(d);
    return mistakes_of(d);
  };
  CAF_CHECK_EQUAL(with([](auto& d) { d.name = std::string(200, 'n'); }), "none");
  CAF_CHECK_EQUAL(with([](auto& d) { d.name = std::string(201, 'n'); }), "/name ");
  CAF_CHECK_EQUAL(with([](auto& d) { d.name = "two\nlines"; }), "/name ");
  CAF_CHECK_EQUAL(with([](auto& d) { d.name = "\xff"; }), "/name ");
  CAF_CHECK_EQUAL(with([](auto& d) { d.description = "two\nlines"; }), "none");
  CAF_CHECK_EQUAL(with([](auto& d) { d.script = std::string(8000, 's'); }), "none");
  CAF_CHECK_EQUAL(with([](auto& d) { d.script = std::string(8001, 's'); }), "/script ");
  CAF_CHECK_EQUAL(with([](auto& d) { d.type = std::string(50, 't'); }), "none");
  CAF_CHECK_EQUAL(with([](auto& d) { d.type = std::string(51, 't'); }), "/type ");
  CAF_CHECK_EQUAL(with([](auto& d) { d.type = ""; }), "/type ");
  CAF_CHECK_EQUAL(with([](auto& d) { d.limits = {1, 1}; }), "none");
  CAF_CHECK_EQUAL(with([](auto& d) { d.limits = {60'000, 1'000'000}; }), "none");
  CAF_CHECK_EQUAL(with([](auto& d) { d.limits = {60'001, std::nullopt}; }), "/rate_limit_per_minute ");
  CAF_CHECK_EQUAL(with([](auto& d) { d.limits = {std::nullopt, 0}; }), "/rate_limit_per_hour ");
  CAF_CHECK_EQUAL(with([](auto& d) { d.max_attempts = 20; }), "none");
  CAF_CHECK_EQUAL(with([](auto& d) { d.max_attempts = 21; }), "/max_attempts ");
  CAF_CHECK_EQUAL(with([](auto& d) { d.max_concurrent_calls = 0; }), "/max_concurrent_calls ");
  CAF_CHECK_EQUAL(with([](auto& d) { d.allowed_days_of_week = {}; }), "/allowed_days_of_week ");
  CAF_CHECK_EQUAL(with([](auto& d) { d.allowed_call_end_time = "09:00"; }), "/allowed_call_end_time ");
}

CAF_TEST(trimming takes the space around texts) {
  auto d = good_draft();
  d.name = "  Spring \n";
  d.timezone = " UTC ";
  CAF_CHECK_EQUAL(mistakes_of(d), "none");
  auto stored = campaign::trim(d);
  CAF_CHECK_EQUAL(stored.name, "Spring");
  CAF_CHECK_EQUAL(stored.timezone, "UTC");
}

CAF_TEST(a patch changes what it names and takes limits away) {
  auto d = good_draft();
  d.limits = {10, 100};
  campaign::patch p;
  p.name = "Autumn";
  p.rate_limit_per_minute = std::optional<std::uint32_t>{};
  p.rate_limit_per_hour = std::optional<std::uint32_t>{50};
  p.max_attempts = 3;
  auto changed = campaign::apply(d, p);
  CAF_CHECK_EQUAL(changed.name, "Autumn");
  CAF_CHECK(!changed.limits.per_minute);
  CAF_CHECK(changed.limits.per_hour == 50u);
  CAF_CHECK_EQUAL(changed.max_attempts, 3);
  CAF_CHECK_EQUAL(changed.timezone, d.timezone);
  CAF_CHECK_EQUAL(changed.max_concurrent_calls, d.max_concurrent_calls);
  auto same = campaign::apply(d, {});
  CAF_CHECK_EQUAL(same.name, d.name);
  CAF_CHECK(same.limits == d.limits);
}
