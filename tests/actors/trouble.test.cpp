#define CAF_SUITE trouble
#include <caf/test/unit_test.hpp>

#include <algorithm>

#include "tests/actors/support/stage.hpp"

// What the SCHEDULER does when clocks, store, actors or the carrier fail.

using namespace ringmaster;
using namespace ringmaster::testing;
using kind = virtual_carrier::fate::kind;

namespace {

struct fixture : stage {
  virtual_carrier::fate how;
  fixture() {
    line.choose = [this](const create_order&) { return how; };
  }
  campaign::status status(const campaign_id& id) { return database.campaigns.at(id).brief.state; }
  void quick_calls() {
    how.life = {{1s, call::status::ringing}, {1s, call::status::in_progress}, {2s, call::status::completed}};
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(trouble_tests, fixture)

// -- clocks -------------------------------------------------------------------------------------------

CAF_TEST(a step of the wall clock pauses dialing for one tick and judges windows anew) {
  auto b = brief();
  b.start = "09:00:00";
  b.end = "18:00:00";
  b.limits.per_minute = 60;
  running(b, 5000);
  start();
  elapse(1min);
  CAF_CHECK(!line.requests.empty());
  time.wall_offset = 10h;
  elapse(2s);
  auto before = line.requests.size();
  CAF_CHECK(!look().clock_trusted);
  elapse(1h);
  CAF_CHECK_EQUAL(line.requests.size(), before);
  time.wall_offset = 0s;
  elapse(10s);
  CAF_CHECK(line.requests.size() <= before + 1);
  elapse(1min);
  CAF_CHECK(line.requests.size() >= before + 30);
}

CAF_TEST(a wall clock set back an hour does not stop the pace) {
  quick_calls();
  running(5000, {.per_minute = 60, .per_hour = {}});
  start();
  elapse(2min);
  time.wall_offset = -3s;
  auto before = line.requests.size();
  elapse(3min);
  CAF_CHECK(line.requests.size() >= before + 150);
}

CAF_TEST(a database clock that is off by six seconds stops dialing) {
  quick_calls();
  running(5000, {.per_minute = 60, .per_hour = {}});
  database.skew = 6s;
  start();
  elapse(1s);
  auto before = line.requests.size();
  elapse(1min);
  CAF_CHECK_EQUAL(line.requests.size(), before);
  CAF_CHECK(!look().clock_trusted);
  database.skew = 2s;
  elapse(1min);
  CAF_CHECK(line.requests.size() >= before + 40);
}

// -- the store ------------------------------------------------------------------------------------------

CAF_TEST(a store that goes away stops dialing and heals by itself) {
  quick_calls();
  auto id = running(5000, {.per_minute = 60, .per_hour = {}});
  start();
  elapse(1min);
  database.away = true;
  elapse(2s);
  auto before = line.requests.size();
  elapse(5min);
  CAF_CHECK_EQUAL(line.requests.size(), before);
  CAF_CHECK(!look().database);
  CAF_CHECK(why(id).why == permit::refusal::store_unavailable);
  database.away = false;
  elapse(10s);
  CAF_CHECK(line.requests.size() > before);
  CAF_CHECK(no_attempt_twice());
}

CAF_TEST(a store that cannot write gives no permits however often it is read) {
  running(50, {.per_minute = 60, .per_hour = {}});
  database.unwritable = true;
  start();
  elapse(1min);
  CAF_CHECK(line.requests.empty());
  CAF_CHECK(database.batches < 60u);
  database.unwritable = false;
  elapse(10s);
  CAF_CHECK(!line.requests.empty());
}

CAF_TEST(a result that cannot be stored is kept and noted and stored later) {
  how.answer_after = 200ms;
  how.life = {{5s, call::status::ringing}, {5s, call::status::in_progress}, {9s, call::status::completed}};
  auto id = running(1);
  start();
  elapse(100ms);
  database.away = true;
  elapse(1s);
  CAF_CHECK(only_attempt(id).state == attempt::status::intent);
  CAF_CHECK_EQUAL(marks.results.size(), 1u);
  database.away = false;
  elapse(2min);
  CAF_CHECK(only_attempt(id).state == attempt::status::ended);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
}

CAF_TEST(a commit in doubt is never dialed and its targets come free) {
  auto id = running(5);
  database.doubt = 1;
  start();
  elapse(200ms);
  CAF_CHECK(line.requests.empty());
  CAF_CHECK_EQUAL(database.count(id).calling, 5);
  elapse(3min);
  CAF_CHECK_EQUAL(database.count(id).completed, 5);
  CAF_CHECK_EQUAL(line.requests.size(), 5u);
}

CAF_TEST(a lane that throws is a failure and not an end) {
  auto id = running(3);
  database.throws = 3;
  start();
  elapse(2min);
  CAF_CHECK_EQUAL(database.count(id).completed, 3);
  CAF_CHECK(counters->store_failures.load() > 0u);
}

// -- supervision ------------------------------------------------------------------------------------------

CAF_TEST(a call that ends badly is made again from the store and dialed no second time) {
  auto id = running(1);
  start();
  elapse(2s);
  auto before = counters->actor_restarts.load();
  // The row says otherwise than the call believes: it gives up and is loaded anew.
  auto& row = database.attempts.begin()->second;
  row.state = attempt::status::ambiguous;
  row.call_state = call::status::completed;
  row.steps.clear();
  elapse(2min);
  CAF_CHECK(counters->actor_restarts.load() > before);
  CAF_CHECK(only_attempt(id).state == attempt::status::ended);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
}

CAF_TEST(actors that end badly again and again pause their campaign) {
  auto id = running(20);
  how.life = {{1s, call::status::ringing}, {1s, call::status::busy}};
  start();
  until([&] { return line.requests.size() == 20; }, 5s);
  elapse(500ms);
  for (auto& [key, a] : database.attempts)
    a.state = attempt::status::voided; // behind the engine's back
  database.add_target(id, number());
  elapse(20s);
  CAF_CHECK(status(id) == campaign::status::paused || status(id) == campaign::status::completed);
  CAF_CHECK(counters->campaigns_tripped.load() >= 1u);
}

CAF_TEST(an open circuit asks for no permits and a probe closes it) {
  how.what = kind::unreachable;
  auto id = running(3000);
  start();
  elapse(1min);
  CAF_CHECK(!look().carrier_open);
  auto asks = database.asks;
  CAF_CHECK(asks < 200u);
  CAF_CHECK(why(id).why == permit::refusal::carrier_paused);
  how = {};
  quick_calls();
  elapse(1min);
  CAF_CHECK(look().carrier_open);
  CAF_CHECK(line.requests.size() > 500u);
}

CAF_TEST_FIXTURE_SCOPE_END()
