#define CAF_SUITE retry
#include <caf/test/unit_test.hpp>

#include <rapidcheck.h>

#include "domain/retry.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using call::outcome;
using ringmaster::testing::at;
using ringmaster::testing::shown;
using namespace std::chrono_literals;

namespace {

const auto now = at("2026-12-01T15:00:00Z");
const retry_delays delays;

std::string verdict(outcome what, int count, int max, const retry_delays& d = delays) {
  auto v = after_call(what, count, max, d, now);
  return std::string{target::to_string(v.step)} + ' ' + shown(v.due_at);
}

} // namespace

CAF_TEST(an answered call reaches the target whatever the count) {
  CAF_CHECK_EQUAL(verdict(outcome::answered, 1, 3), "reach never");
  CAF_CHECK_EQUAL(verdict(outcome::answered, 3, 3), "reach never");
}

CAF_TEST(each outcome waits its own time and never less than the gap) {
  CAF_CHECK_EQUAL(verdict(outcome::busy, 1, 3), "retry 2026-12-01T15:15:00Z"); // 5 min, gap 15
  CAF_CHECK_EQUAL(verdict(outcome::no_answer, 1, 3), "retry 2026-12-01T15:30:00Z");
  CAF_CHECK_EQUAL(verdict(outcome::voicemail, 1, 3), "retry 2026-12-01T19:00:00Z");
  CAF_CHECK_EQUAL(verdict(outcome::failed, 1, 3), "retry 2026-12-01T15:15:00Z");
  auto short_gap = delays;
  short_gap.min_gap = 1s;
  CAF_CHECK_EQUAL(verdict(outcome::busy, 1, 3, short_gap), "retry 2026-12-01T15:05:00Z");
}

CAF_TEST(one cap holds for all outcomes) {
  for (auto what : {outcome::busy, outcome::no_answer, outcome::voicemail, outcome::failed}) {
    CAF_CHECK(after_call(what, 2, 3, delays, now).step == target::event::retry);
    CAF_CHECK_EQUAL(verdict(what, 3, 3), "give_up never");
    CAF_CHECK_EQUAL(verdict(what, 4, 3), "give_up never");
  }
}

CAF_TEST(a call that we canceled is requeued even when it was the last) {
  CAF_CHECK_EQUAL(verdict(outcome::canceled, 1, 3), "requeue never");
  CAF_CHECK_EQUAL(verdict(outcome::canceled, 3, 3), "requeue never");
}

CAF_TEST(an end that nobody knows is never rung again by itself) {
  for (auto what : {outcome::none, outcome::unknown, outcome::rejected})
    CAF_CHECK_EQUAL(verdict(what, 1, 20), "give_up never");
}

// -- rules of a campaign -------------------------------------------------------------------------

namespace {

const zone& new_york() { return **zone::find("America/New_York"); }

/// An attempt of New York's ten o'clock in the morning.
retry_facts first(outcome what) {
  retry_facts f;
  f.what = what;
  f.tried = {1, 0, 0};
  f.clock = &new_york();
  return f;
}

retry_rules three_times() {
  retry_rules rules;
  rules.attempts_max = 3;
  return rules;
}

std::string verdict(const retry_rules& rules, const retry_facts& facts) {
  auto v = after_call(rules, facts, now);
  return std::string{target::to_string(v.step)} + ' ' + shown(v.due_at);
}

} // namespace

CAF_TEST(the rules of a campaign say what the delays did) {
  CAF_CHECK(rc::check("every outcome and count", [] {
    auto what = static_cast<outcome>(*rc::gen::inRange(0, 9));
    auto count = *rc::gen::inRange(1, 6);
    auto most = *rc::gen::inRange(1, 6);
    retry_delays d;
    d.busy = std::chrono::minutes{*rc::gen::inRange(0, 100)};
    d.min_gap = std::chrono::minutes{*rc::gen::inRange(0, 60)};
    retry_facts f;
    f.what = what;
    f.attempt_count = f.same_outcome = count;
    auto a = after_call(what, count, most, d, now);
    auto b = after_call(rules_of(d, most), f, now);
    RC_ASSERT((a.step == b.step && a.due_at == b.due_at));
  }));
}

CAF_TEST(an outcome may end the target or have a cap of its own) {
  auto rules = three_times();
  rules.failed.again = false;
  rules.voicemail.attempts_max = 1;
  CAF_CHECK_EQUAL(verdict(rules, first(outcome::failed)), "give_up never");
  CAF_CHECK_EQUAL(verdict(rules, first(outcome::voicemail)), "give_up never");
  CAF_CHECK_EQUAL(verdict(rules, first(outcome::busy)), "retry 2026-12-01T15:15:00Z");
  rules.voicemail.attempts_max = 2;
  CAF_CHECK_EQUAL(verdict(rules, first(outcome::voicemail)), "retry 2026-12-01T19:00:00Z");
}

CAF_TEST(the next try lies in a part of the day not tried yet) {
  auto rules = three_times();
  rules.vary_day_part = true;
  auto f = first(outcome::no_answer);                               // 10:00 in New York
  CAF_CHECK_EQUAL(verdict(rules, f), "retry 2026-12-01T17:00:00Z"); // noon
  f.tried = {1, 1, 0};
  CAF_CHECK_EQUAL(verdict(rules, f), "retry 2026-12-01T22:00:00Z"); // five in the afternoon
  f.tried = {1, 1, 1};
  CAF_CHECK_EQUAL(verdict(rules, f), "retry 2026-12-01T15:30:00Z"); // all alike: the delay alone
  f.tried = {0, 1, 1};
  CAF_CHECK_EQUAL(verdict(rules, f), "retry 2026-12-01T15:30:00Z"); // in the fresh part already
  rules.no_answer.delay = 4h;
  CAF_CHECK_EQUAL(verdict(rules, f), "retry 2026-12-02T05:00:00Z"); // the next morning's part
  f.clock = nullptr;
  CAF_CHECK_EQUAL(verdict(rules, f), "retry 2026-12-01T19:00:00Z");
}

CAF_TEST(a promised time comes first and keeps the gap and the cap) {
  auto rules = three_times();
  auto f = first(outcome::answered);
  CAF_CHECK_EQUAL(verdict(rules, f), "reach never");
  f.promised_at = at("2026-12-01T22:00:00Z");
  CAF_CHECK_EQUAL(verdict(rules, f), "retry 2026-12-01T22:00:00Z");
  f.promised_at = now + 1min;
  CAF_CHECK_EQUAL(verdict(rules, f), "retry 2026-12-01T15:15:00Z");
  f.attempt_count = 3;
  CAF_CHECK_EQUAL(verdict(rules, f), "reach never");
  f.what = outcome::no_answer;
  CAF_CHECK_EQUAL(verdict(rules, f), "give_up never");
}

CAF_TEST(no retry is earlier than its delay and the gap) {
  CAF_CHECK(rc::check("nor later than a day after it", [] {
    auto rules = three_times();
    rules.vary_day_part = true;
    rules.no_answer.delay = std::chrono::minutes{*rc::gen::inRange(0, 2'000)};
    auto f = first(outcome::no_answer);
    for (auto& n : f.tried)
      n = *rc::gen::inRange(0, 3);
    auto then = now + std::chrono::hours{*rc::gen::inRange(0, 24 * 365)};
    auto v = after_call(rules, f, then);
    auto due = then + std::max<std::chrono::seconds>(rules.no_answer.delay, 15min);
    RC_ASSERT(v.due_at);
    RC_ASSERT((*v.due_at >= due && *v.due_at <= due + 25h));
    auto tries = [&](instant t) {
      return f.tried[static_cast<std::size_t>(day_part_of(t, new_york()))];
    };
    RC_ASSERT(tries(*v.due_at) == *std::min_element(f.tried.begin(), f.tried.end()));
  }));
}

CAF_TEST(rules out of bounds are told field by field) {
  CAF_CHECK(check(retry_rules{}).has_value());
  retry_rules rules;
  rules.attempts_max = 21;
  rules.busy.delay = 31 * 24h;
  rules.failed.attempts_max = 0;
  rules.min_gap = -1s;
  auto checked = check(rules);
  CAF_REQUIRE(!checked);
  std::string pointers;
  for (const auto& field : checked.error().fields)
    pointers += field.pointer + ' ';
  CAF_CHECK_EQUAL(pointers, "/attempts_max /min_gap /busy/delay /failed/attempts_max ");
}
