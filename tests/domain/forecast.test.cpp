#define CAF_SUITE forecast
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <queue>
#include <string>
#include <vector>

#include "domain/forecast.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using call::outcome;
using ringmaster::testing::at;
using ringmaster::testing::seeded_random;
using ringmaster::testing::shown;
using namespace std::chrono_literals;
using std::chrono::seconds;

namespace {

const auto monday_noon = at("2026-11-23T17:00:00Z"); // noon in New York
const std::vector<std::string> week{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

rule_pack pack_of(std::string_view hours) {
  rule_pack pack;
  rule_entry entry;
  entry.id = "hours";
  entry.days.fill(*parse_day_hours(hours));
  pack.entries.push_back(std::move(entry));
  return pack;
}

legal_hours hours_of(const rule_pack& pack, const char* number) {
  return {pack, locate_callee(phone_number::from_canonical(number), "US")};
}

struct stage {
  rule_pack always = pack_of("00:00-24:00");
  rule_pack day = pack_of("08:00-21:00");
  legal_hours open = hours_of(always, "+12125550123");
  legal_hours new_york = hours_of(day, "+12125550123");
  legal_hours los_angeles = hours_of(day, "+14155550123");
  calling_window window = *calling_window::parse("UTC", "00:00", "24:00", week);
  std::vector<forecast_group> groups;
  forecast_facts facts;

  stage() {
    facts.now = monday_noon;
    facts.window = &window;
    facts.assumed.limits = {60, std::nullopt};
    facts.assumed.live_calls_max = 500;
  }
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

  forecast ask() {
    facts.groups = groups;
    return foresee(facts);
  }
};

void all_answer(forecast_assumptions& a) { a.mix = {1, 0, 0, 0, 0, 0}; }

double seconds_from(instant from, instant to) {
  return std::chrono::duration<double>(to - from).count();
}

/// Plays a campaign call by call with chance from a seed: the same rules, none of the code above.
instant play(const forecast_facts& f, std::uint64_t seed) {
  seeded_random random(seed);
  struct waiting {
    instant due;
    std::size_t group;
    int attempt;
    bool operator<(const waiting& other) const { return due > other.due; }
  };
  std::vector<std::priority_queue<waiting>> queues(f.groups.size());
  for (std::size_t g = 0; g < f.groups.size(); ++g)
    for (std::int64_t i = 0; i < f.groups[g].targets; ++i)
      queues[g].push({f.groups[g].due_at.value_or(f.now), g, f.groups[g].attempts_made + 1});
  const auto& a = f.assumed;
  auto pace = pace_of(a.limits);
  std::priority_queue<instant, std::vector<instant>, std::greater<>> live;
  auto t = f.now;
  auto last = t;
  for (;;) {
    while (!live.empty() && live.top() <= t)
      live.pop();
    auto next = instant::max();
    std::size_t chosen = queues.size();
    for (std::size_t g = 0; g < queues.size(); ++g) {
      if (queues[g].empty())
        continue;
      auto open = calling_hours{f.window, f.groups[g].legal, f.quiet}.next_open(
          std::max(t, queues[g].top().due));
      if (open && (*open < next || (*open == next && queues[g].top().due < queues[chosen].top().due))) {
        next = *open;
        chosen = g;
      }
    }
    if (chosen == queues.size())
      return last;
    if (next > t) {
      t = next;
      continue;
    }
    if (static_cast<std::int64_t>(live.size()) >= a.live_calls_max) {
      t = live.top();
      continue;
    }
    auto call = queues[chosen].top();
    queues[chosen].pop();
    auto chance = static_cast<double>(random.next() >> 11) * 0x1.0p-53;
    const std::pair<outcome, double> ends[] = {
        {outcome::answered, a.mix.answered},
        {outcome::voicemail, a.mix.voicemail},
        {outcome::busy, a.mix.busy},
        {outcome::no_answer, a.mix.no_answer},
        {outcome::failed, 1.0}};
    auto what = outcome::failed;
    for (const auto& [o, share] : ends) {
      what = o;
      if ((chance -= share) < 0)
        break;
    }
    const std::map<outcome, std::chrono::milliseconds> lengths{
        {outcome::answered, a.lengths.answered},
        {outcome::voicemail, a.lengths.voicemail},
        {outcome::busy, a.lengths.busy},
        {outcome::no_answer, a.lengths.no_answer},
        {outcome::failed, a.lengths.failed}};
    auto end = t + lengths.at(what);
    live.push(end);
    last = std::max(last, end);
    retry_facts r;
    r.what = what;
    r.attempt_count = call.attempt;
    auto v = after_call(a.retry, r, end);
    if (v.step == target::event::retry)
      queues[chosen].push({*v.due_at, chosen, call.attempt + 1});
    t += pace;
  }
}

/// How far the forecast is from the mean of ten plays, as a share of the time that passes.
double error_of(stage& s) {
  auto told = s.ask();
  if (!told.completed_at) {
    CAF_ERROR(told.why_never);
    return 1;
  }
  double mean = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed)
    mean += seconds_from(s.facts.now, play(s.facts, seed)) / 10;
  auto error = std::abs(seconds_from(s.facts.now, *told.completed_at) - mean) / mean;
  CAF_MESSAGE(
      "told " << seconds_from(s.facts.now, *told.completed_at) << " s, played " << mean << " s");
  return error;
}

} // namespace

CAF_TEST(one attempt each at an even pace) {
  stage s;
  all_answer(s.facts.assumed);
  s.groups = {{600, 0, {}, &s.open, nullptr}};
  auto f = s.ask();
  // 599 intervals of a minute and the age of a permit over sixty, then the last call's 90 seconds.
  CAF_REQUIRE(f.completed_at);
  CAF_CHECK(std::abs(seconds_from(monday_noon, *f.completed_at) - (599 * 60.5 / 60 + 90)) < 1);
  CAF_CHECK(f.pace_limit == forecast_limit::rate);
  CAF_CHECK(std::abs(f.calls - 600) < 1e-6);
  CAF_CHECK(std::abs(f.talk_minutes - 900) < 1e-6);
  CAF_CHECK_EQUAL(shown(f.first_dial_at), shown(monday_noon));
}

CAF_TEST(the narrowest of rate and account and live calls sets the pace) {
  stage s;
  all_answer(s.facts.assumed);
  s.groups = {{1'000, 0, {}, &s.open, nullptr}};
  s.facts.assumed.live_calls_max = 1'000;
  CAF_CHECK(s.ask().pace_limit == forecast_limit::rate);
  s.facts.assumed.account_calls_per_second = 0.5;
  auto f = s.ask();
  CAF_CHECK(f.pace_limit == forecast_limit::account);
  CAF_CHECK(std::abs(f.calls_per_minute - 30) < 1e-9);
  s.facts.assumed.live_calls_max = 9;
  f = s.ask();
  CAF_CHECK(f.pace_limit == forecast_limit::concurrency);
  CAF_CHECK(std::abs(f.calls_per_minute - 6) < 1e-9);
}

CAF_TEST(nights and zones are waited for) {
  stage s;
  all_answer(s.facts.assumed);
  s.facts.assumed.limits = {1, std::nullopt};
  // 540 minutes are left of New York's day, less the guard; the rest is called from eight the next
  // day.
  s.groups = {{600, 0, {}, &s.new_york, nullptr}};
  auto f = s.ask();
  CAF_REQUIRE(f.completed_at);
  CAF_CHECK(f.waited_most == forecast_limit::hours);
  CAF_CHECK(
      (*f.completed_at > at("2026-11-24T13:55:00Z") &&
       *f.completed_at < at("2026-11-24T14:15:00Z")));
  // Los Angeles is open three hours longer: the same number there is done the same evening.
  s.groups = {{600, 0, {}, &s.los_angeles, nullptr}};
  f = s.ask();
  CAF_REQUIRE(f.completed_at);
  CAF_CHECK(
      (*f.completed_at > at("2026-11-24T03:00:00Z") &&
       *f.completed_at < at("2026-11-24T03:15:00Z")));
  // Both together take turns with the day.
  s.groups = {{300, 0, {}, &s.new_york, nullptr}, {300, 0, {}, &s.los_angeles, nullptr}};
  f = s.ask();
  CAF_REQUIRE(f.completed_at);
  CAF_CHECK(*f.completed_at < at("2026-11-24T03:15:00Z"));
}

CAF_TEST(it is within a tenth of what then happens) {
  {
    stage s; // one attempt, the pace decides
    s.groups = {{500, 0, {}, &s.open, nullptr}};
    CAF_CHECK(error_of(s) < 0.1);
  }
  {
    stage s; // three attempts
    s.facts.assumed.retry.attempts_max = 3;
    s.groups = {{2'000, 0, {}, &s.open, nullptr}};
    CAF_CHECK(error_of(s) < 0.1);
  }
  {
    stage s; // live calls decide
    s.facts.assumed.live_calls_max = 5;
    s.facts.assumed.limits = {};
    s.facts.assumed.retry.attempts_max = 2;
    s.groups = {{1'000, 0, {}, &s.open, nullptr}};
    CAF_CHECK(error_of(s) < 0.1);
  }
  {
    stage s; // days and zones
    s.facts.assumed.limits = {4, std::nullopt};
    s.facts.assumed.retry.attempts_max = 3;
    s.window = *calling_window::parse(
        "America/Chicago", "09:00", "18:00", {"mon", "tue", "wed", "thu", "fri"});
    s.groups = {{3'000, 0, {}, &s.new_york, nullptr}, {2'000, 0, {}, &s.los_angeles, nullptr}};
    CAF_CHECK(error_of(s) < 0.1);
  }
  {
    stage s; // few targets, some tried before, some due later
    s.facts.assumed.retry.attempts_max = 4;
    s.groups = {{80, 0, {}, &s.open, nullptr}, {40, 2, monday_noon + 1h, &s.open, nullptr}};
    CAF_CHECK(error_of(s) < 0.1);
  }
}

CAF_TEST(who can never be called is told and holds up nobody) {
  stage s;
  all_answer(s.facts.assumed);
  legal_hours nowhere;
  s.groups = {
      {10, 0, {}, &s.open, nullptr},
      {5, 0, {}, &nowhere, nullptr},
      {3, 0, {}, nullptr, nullptr},
      {2, 1, {}, &s.open, nullptr}};
  auto f = s.ask();
  CAF_CHECK_EQUAL(f.never_called, 10);
  CAF_CHECK(f.completed_at);
  CAF_CHECK(std::abs(f.calls - 10) < 1e-6);
}

CAF_TEST(what never ends says why) {
  stage s;
  all_answer(s.facts.assumed);
  s.groups = {{10, 0, {}, &s.new_york, nullptr}};
  s.window = *calling_window::parse("America/New_York", "02:00", "03:00", week);
  auto f = s.ask();
  CAF_CHECK(!f.completed_at);
  CAF_CHECK_EQUAL(
      f.why_never,
      "the window, the legal hours and the quiet times leave no time for some targets");
  s.facts.window = nullptr;
  CAF_CHECK_EQUAL(s.ask().why_never, "the stored calling window cannot be read");
  stage slow;
  all_answer(slow.facts.assumed);
  slow.facts.assumed.limits = {std::nullopt, 1};
  slow.groups = {{1'000'000, 0, {}, &slow.open, nullptr}};
  CAF_CHECK(!slow.ask().completed_at);
}

CAF_TEST(a campaign without targets is done when its calls are) {
  stage s;
  CAF_CHECK_EQUAL(shown(s.ask().completed_at), shown(monday_noon));
  s.facts.live_calls = 2;
  CAF_CHECK(*s.ask().completed_at > monday_noon);
}

CAF_TEST(it takes a moment for millions of targets and years of windows) {
  stage s;
  s.facts.assumed.limits = {600, std::nullopt};
  s.facts.assumed.live_calls_max = 1'000;
  s.facts.assumed.retry.attempts_max = 5;
  s.facts.assumed.retry.vary_day_part = true;
  s.window = *calling_window::parse(
      "America/Chicago", "09:00", "18:00", {"mon", "tue", "wed", "thu", "fri"});
  for (int i = 0; i < 40; ++i)
    s.groups.push_back(
        {25'000,
         0,
         {},
         i % 2 ? &s.new_york : &s.los_angeles,
         zone::find("America/Chicago")->get()});
  auto f = s.ask();
  CAF_REQUIRE(f.completed_at);
  CAF_CHECK(f.calls > 1'500'000);
}

CAF_TEST(what was measured is weighed against the assumption) {
  auto none = measure({});
  CAF_CHECK((none.calls == 0 && std::abs(none.answered - 0.4) < 1e-9));
  auto many = measure({9'000, 0, 0, 1'000, 0});
  CAF_CHECK((many.calls == 10'000 && std::abs(many.answered - 0.9) < 0.01 && many.busy < 0.001));
  auto few = measure({2, 0, 0, 0, 0});
  CAF_CHECK((few.answered > 0.4 && few.answered < 0.5));
  CAF_CHECK(
      std::abs(few.answered + few.voicemail + few.busy + few.no_answer + few.failed - 1) < 1e-9);
}
