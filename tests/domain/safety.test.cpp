#define CAF_SUITE safety
#include <caf/test/unit_test.hpp>

#include <string>
#include <vector>

#include <rapidcheck.h>

#include "domain/safety.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using call::outcome;
using ringmaster::testing::at;
using namespace std::chrono_literals;

namespace {

const auto now = at("2026-12-01T15:00:00Z");

void add(failure_watch& w, outcome what, int times, instant when) {
  for (int i = 0; i < times; ++i)
    w.add(what, when);
}

} // namespace

CAF_TEST(more than half of enough calls trip it) {
  failure_watch w;
  add(w, outcome::answered, 10, now - 1min);
  add(w, outcome::failed, 10, now);
  CAF_CHECK(!w.read(now).tripped); // just half
  w.add(outcome::failed, now);
  auto r = w.read(now);
  CAF_CHECK(r.tripped);
  CAF_CHECK_EQUAL(
      r.reason, "11 of 21 calls failed within 10 minutes; more than 50 % pause the campaign");
}

CAF_TEST(a few calls prove nothing) {
  failure_watch w;
  add(w, outcome::failed, 19, now);
  CAF_CHECK(!w.read(now).tripped);
  w.add(outcome::failed, now);
  CAF_CHECK(w.read(now).tripped);
}

CAF_TEST(what has left the span counts no more) {
  failure_watch w({60s, 5, 10});
  add(w, outcome::failed, 5, now);
  CAF_CHECK(w.read(now).tripped);
  CAF_CHECK_EQUAL(w.read(now + 59s).failures, 5);
  CAF_CHECK_EQUAL(w.read(now + 60s).failures, 5);
  CAF_CHECK_EQUAL(w.read(now + 61s).failures, 0);
  // News of the far past change nothing, also where their bucket is in use.
  add(w, outcome::answered, 3, now + 10min);
  w.add(outcome::failed, now);
  CAF_CHECK_EQUAL(w.read(now + 10min).calls, 3);
}

CAF_TEST(outcomes count as calls or failures or not at all) {
  failure_watch w({60s, 1, 0});
  for (auto what : {outcome::canceled, outcome::none})
    w.add(what, now);
  CAF_CHECK_EQUAL(w.read(now).calls, 0);
  for (auto what : {outcome::answered, outcome::voicemail, outcome::busy, outcome::no_answer})
    w.add(what, now);
  CAF_CHECK((w.read(now).calls == 4 && w.read(now).failures == 0 && !w.read(now).tripped));
  for (auto what : {outcome::failed, outcome::rejected, outcome::unknown})
    w.add(what, now);
  CAF_CHECK((w.read(now).failures == 3 && w.read(now).tripped));
}

CAF_TEST(after a resume the past is forgotten and a hundred percent never trips) {
  failure_watch w;
  add(w, outcome::failed, 50, now);
  w.forget();
  CAF_CHECK_EQUAL(w.read(now).calls, 0);
  failure_watch never({60s, 1, 100});
  add(never, outcome::failed, 50, now);
  CAF_CHECK(!never.read(now).tripped);
}

CAF_TEST(it counts what a list of all calls would count) {
  CAF_CHECK(rc::check("but for a bucket at the edge", [] {
    failure_rules rules{std::chrono::seconds{*rc::gen::inRange(1, 4'000)}, 1, 50};
    failure_watch w(rules);
    std::vector<instant> calls;
    auto t = now;
    for (int i = *rc::gen::inRange(0, 200); i > 0; --i) {
      t += std::chrono::milliseconds{*rc::gen::inRange(0, 20'000)};
      w.add(outcome::failed, t);
      calls.push_back(t);
    }
    t += std::chrono::seconds{*rc::gen::inRange(0, 100)};
    auto within = [&](auto span) {
      return std::count_if(calls.begin(), calls.end(), [&](instant c) { return c > t - span; });
    };
    auto counted = w.read(t).failures;
    auto width = std::chrono::duration_cast<std::chrono::microseconds>(rules.span) / 120 + 1us;
    RC_ASSERT((counted >= within(rules.span) && counted <= within(rules.span + width)));
  }));
}
