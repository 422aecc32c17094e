#define CAF_SUITE permit
#include <caf/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "domain/permit.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using permit::refusal;
using ringmaster::testing::at;
using ringmaster::testing::shown;
using namespace std::chrono_literals;

namespace {

const auto monday_noon = at("2026-11-23T12:00:00Z");

calling_window office_hours() {
  return *calling_window::parse("UTC", "09:00", "18:00", {"mon", "tue", "wed", "thu", "fri"});
}

/// Facts under which nothing speaks against a dial.
struct fair {
  calling_window window = office_hours();
  std::vector<std::optional<instant>> none = std::vector<std::optional<instant>>(100);
  permit::facts facts;

  fair() {
    facts.status = campaign::status::running;
    facts.window = &window;
    facts.live_calls_max = 50;
    facts.minute_back = none;
    facts.hour_back = none;
  }
  std::string ask(std::uint32_t wanted = 1, instant now = monday_noon) const {
    auto v = permit::decide(facts, wanted, now);
    return std::to_string(v.granted) + ' ' + std::string{permit::to_string(v.why)} + ' ' + shown(v.next_at);
  }
};

const std::vector<std::string> home{"US", "DE"};

struct fair_target {
  permit::target_facts facts;
  permit::callee_rules rules;

  fair_target() {
    facts.kind = number_class::geographic;
    facts.country = "US";
    rules.countries = home;
  }
  std::string ask(instant now = monday_noon) const {
    constexpr const char* words[] = {"dial", "wait", "skip", "refuse"};
    auto v = permit::decide_target(facts, rules, now);
    return std::string{words[static_cast<int>(v.what)]} + ' ' + (v.reason.empty() ? "-" : v.reason) + ' '
           + shown(v.due_at);
  }
};

} // namespace

// -- the campaign -----------------------------------------------------------------------------------

CAF_TEST(fair facts grant what is wanted) {
  CAF_CHECK_EQUAL(fair{}.ask(1), "1 none never");
  CAF_CHECK_EQUAL(fair{}.ask(50), "50 none never");
  CAF_CHECK_EQUAL(fair{}.ask(0), "0 none never");
}

CAF_TEST(any single doubt refuses) {
  fair f;
  f.facts.instance_current = false;
  CAF_CHECK_EQUAL(f.ask(), "0 stale_instance never");
  f = fair{};
  f.facts.stopped = true;
  CAF_CHECK_EQUAL(f.ask(), "0 stopped never");
  f = fair{};
  f.facts.clock_trusted = false;
  CAF_CHECK_EQUAL(f.ask(), "0 clock_untrusted never");
  f = fair{};
  f.facts.window = nullptr;
  CAF_CHECK_EQUAL(f.ask(), "0 settings_broken never");
}

CAF_TEST(only a running campaign is granted anything) {
  for (int s = 0; s < 6; ++s) {
    fair f;
    f.facts.status = static_cast<campaign::status>(s);
    auto running = f.facts.status == campaign::status::running;
    CAF_CHECK_EQUAL(f.ask(), running ? "1 none never" : "0 not_running never");
  }
}

CAF_TEST(a closed window tells when it opens) {
  CAF_CHECK_EQUAL(fair{}.ask(1, at("2026-11-23T08:59:59Z")), "0 window_closed 2026-11-23T09:00:00Z");
  CAF_CHECK_EQUAL(fair{}.ask(1, at("2026-11-23T09:00:00Z")), "1 none never");
  CAF_CHECK_EQUAL(fair{}.ask(1, at("2026-11-27T18:00:00Z")), "0 window_closed 2026-11-30T09:00:00Z");
}

CAF_TEST(the last seconds of a window are closed) {
  CAF_CHECK_EQUAL(fair{}.ask(1, at("2026-11-23T17:59:54.999999Z")), "1 none never");
  CAF_CHECK_EQUAL(fair{}.ask(1, at("2026-11-23T17:59:55Z")), "0 window_closed 2026-11-24T09:00:00Z");
  fair f;
  f.facts.close_guard = 0s;
  CAF_CHECK_EQUAL(f.ask(1, at("2026-11-23T17:59:59.999999Z")), "1 none never");
  CAF_CHECK_EQUAL(f.ask(1, at("2026-11-23T18:00:00Z")), "0 window_closed 2026-11-24T09:00:00Z");
}

CAF_TEST(a window that never closes has no last seconds) {
  fair f;
  f.window = *calling_window::parse(
    "UTC", "00:00", "24:00", {"mon", "tue", "wed", "thu", "fri", "sat", "sun"});
  CAF_CHECK_EQUAL(f.ask(1, at("2026-11-22T23:59:58Z")), "1 none never");
}

CAF_TEST(live calls leave room for the rest) {
  fair f;
  f.facts.live_calls = 48;
  CAF_CHECK_EQUAL(f.ask(2), "2 none never");
  CAF_CHECK_EQUAL(f.ask(5), "2 concurrency never");
  f.facts.live_calls = 50;
  CAF_CHECK_EQUAL(f.ask(1), "0 concurrency never");
  f.facts.live_calls = 60;
  CAF_CHECK_EQUAL(f.ask(1), "0 concurrency never");
}

CAF_TEST(the log of permits holds back and tells until when) {
  fair f;
  f.facts.limits = {2, std::nullopt};
  std::vector<std::optional<instant>> back{monday_noon - 61s, monday_noon - 20s};
  f.facts.minute_back = back;
  CAF_CHECK_EQUAL(f.ask(1), "1 none never");
  CAF_CHECK_EQUAL(f.ask(5), "1 rate_per_minute 2026-11-23T12:00:40.500000Z");
  f.facts.limits = {std::nullopt, 1};
  std::vector<std::optional<instant>> hour{monday_noon - 3600s};
  f.facts.hour_back = hour;
  CAF_CHECK_EQUAL(f.ask(1), "0 rate_per_hour 2026-11-23T12:00:00.500000Z");
}

CAF_TEST(no doubt is outvoted by the other facts) {
  CAF_CHECK(rc::check("a grant means that everything speaks for it", [] {
    fair f;
    f.facts.status = static_cast<campaign::status>(*rc::gen::inRange(0, 6));
    f.facts.instance_current = *rc::gen::element(true, true, true, false);
    f.facts.stopped = *rc::gen::element(true, false, false, false);
    f.facts.clock_trusted = *rc::gen::element(true, true, true, false);
    if (*rc::gen::inRange(0, 5) == 0)
      f.facts.window = nullptr;
    f.facts.live_calls = *rc::gen::inRange(0, 60);
    auto now = monday_noon + std::chrono::seconds{*rc::gen::inRange(0, 7 * 86'400)};
    auto wanted = static_cast<std::uint32_t>(*rc::gen::inRange(1, 65));
    auto v = permit::decide(f.facts, wanted, now);
    RC_ASSERT(v.granted <= wanted);
    RC_ASSERT((v.granted == wanted) == (v.why == refusal::none));
    if (v.granted == 0)
      return;
    RC_ASSERT(f.facts.status == campaign::status::running);
    RC_ASSERT((f.facts.instance_current && !f.facts.stopped && f.facts.clock_trusted && f.facts.window));
    RC_ASSERT((f.window.open_at(now) && f.window.open_at(now + f.facts.close_guard)));
    RC_ASSERT(f.facts.live_calls + v.granted <= f.facts.live_calls_max);
  }));
}

CAF_TEST(every refusal has a name and a sentence of its own) {
  std::set<std::string> names;
  std::set<std::string> sentences;
  constexpr int last = static_cast<int>(refusal::ambiguity_unloaded);
  for (int i = 0; i <= last; ++i) {
    names.emplace(permit::to_string(static_cast<refusal>(i)));
    sentences.insert(permit::describe(static_cast<refusal>(i)));
  }
  CAF_CHECK_EQUAL(names.size(), static_cast<std::size_t>(last) + 1);
  CAF_CHECK_EQUAL(sentences.size(), static_cast<std::size_t>(last) + 1);
}

// -- one target ---------------------------------------------------------------------------------------

CAF_TEST(a fair target is dialed) { CAF_CHECK_EQUAL(fair_target{}.ask(), "dial - never"); }

CAF_TEST(a suppressed number is skipped before anything else) {
  fair_target t;
  t.facts.suppressed = true;
  t.facts.country = "XX";
  CAF_CHECK_EQUAL(t.ask(), "skip suppressed never");
}

CAF_TEST(classes that are never called are refused wherever they are) {
  for (int k = 0; k <= static_cast<int>(number_class::unknown); ++k) {
    fair_target t;
    t.facts.kind = static_cast<number_class>(k);
    CAF_CHECK_EQUAL(t.ask(), never_called(t.facts.kind) ? "refuse number_class never" : "dial - never");
  }
}

CAF_TEST(only listed countries are called) {
  fair_target t;
  t.facts.country = "DE";
  CAF_CHECK_EQUAL(t.ask(), "dial - never");
  for (auto country : {"FR", "", "us", "JM"}) {
    t.facts.country = country;
    CAF_CHECK_EQUAL(t.ask(), "refuse destination never");
  }
  t.facts.country = "US";
  t.rules.countries = {};
  CAF_CHECK_EQUAL(t.ask(), "refuse destination never");
}

CAF_TEST(no attempt is made beyond the last) {
  fair_target t;
  t.facts.max_attempts = 3;
  t.facts.attempt_count = 2;
  CAF_CHECK_EQUAL(t.ask(), "dial - never");
  t.facts.attempt_count = 3;
  CAF_CHECK_EQUAL(t.ask(), "refuse attempts never");
}

CAF_TEST(a number rests for the gap between two calls) {
  fair_target t;
  t.facts.last_call_to_number = monday_noon - 15min + 1us;
  CAF_CHECK_EQUAL(t.ask(), "wait min_gap 2026-11-23T12:00:00.000001Z");
  t.facts.last_call_to_number = monday_noon - 15min;
  CAF_CHECK_EQUAL(t.ask(), "dial - never");
}

CAF_TEST(a number that another call holds waits) {
  fair_target t;
  t.facts.number_busy = true;
  CAF_CHECK_EQUAL(t.ask(), "wait number_busy 2026-11-23T12:01:00Z");
  t.facts.last_call_to_number = monday_noon - 5min;
  CAF_CHECK_EQUAL(t.ask(), "wait number_busy 2026-11-23T12:10:00Z");
}

CAF_TEST(the callee is called between eight and nine of its own clock) {
  fair_target t;
  t.facts.timezone = "America/New_York";
  CAF_CHECK_EQUAL(t.ask(at("2026-11-23T12:59:59Z")), "wait callee_hours 2026-11-23T13:00:00Z");
  CAF_CHECK_EQUAL(t.ask(at("2026-11-23T13:00:00Z")), "dial - never");
  CAF_CHECK_EQUAL(t.ask(at("2026-11-24T01:59:59Z")), "dial - never");
  CAF_CHECK_EQUAL(t.ask(at("2026-11-24T02:00:00Z")), "wait callee_hours 2026-11-24T13:00:00Z");
}

CAF_TEST(an unknown zone of the callee means no call for now) {
  fair_target t;
  t.facts.timezone = "Mars/Olympus";
  CAF_CHECK_EQUAL(t.ask(), "wait callee_zone_unknown 2026-11-23T12:15:00Z");
  t.facts.timezone = "America/New_York";
  t.rules.legal_end = t.rules.legal_start;
  CAF_CHECK_EQUAL(t.ask(), "wait callee_zone_unknown 2026-11-23T12:15:00Z");
}
