#define CAF_SUITE scheduler
#include <caf/test/unit_test.hpp>

#include <algorithm>

#include "tests/actors/support/stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;

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

CAF_TEST_FIXTURE_SCOPE(scheduler_tests, fixture)

// -- windows ------------------------------------------------------------------------------------------

CAF_TEST(a closed window asks for nothing and says when it opens) {
  auto b = brief();
  b.start = "12:00:00";
  b.end = "13:00:00";
  auto id = running(b, 5);
  start();
  elapse(1h);
  CAF_CHECK_EQUAL(database.asks, 0u);
  auto w = why(id);
  CAF_CHECK(w.why == permit::refusal::window_closed);
  CAF_REQUIRE(w.next_at.has_value());
  CAF_CHECK(*w.next_at == time.now() + 1h);
  elapse(1h + 1s);
  CAF_CHECK_EQUAL(line.requests.size(), 5u);
}

CAF_TEST(a window that cannot be read never dials) {
  auto b = brief();
  b.timezone = "Nowhere/Else";
  auto id = running(b, 5);
  start();
  elapse(24h);
  CAF_CHECK(line.requests.empty());
  CAF_CHECK(why(id).why == permit::refusal::settings_broken);
}

CAF_TEST(what waits at the carrier when the window closes is canceled) {
  auto b = brief();
  b.start = "09:00:00";
  b.end = "10:10:00";
  how.life.clear();
  auto id = running(b, 3);
  start();
  elapse(9min);
  CAF_CHECK_EQUAL(line.calls.size(), 3u);
  CAF_CHECK(line.canceled.empty());
  elapse(61s);
  CAF_CHECK_EQUAL(line.canceled.size(), 3u);
  for (const auto& a : database.attempts_of(id))
    CAF_CHECK(a.state == attempt::status::ended);
  CAF_CHECK_EQUAL(database.count(id).pending, 3);
}

CAF_TEST(a scheduled campaign begins at its instant and waits for its window) {
  auto b = brief();
  b.state = campaign::status::scheduled;
  b.start = "11:00:00";
  b.end = "12:00:00";
  b.start_at = time.now() + 30min;
  auto id = running(b, 4);
  start();
  elapse(30min - 1s);
  CAF_CHECK(status(id) == campaign::status::scheduled);
  elapse(2s);
  CAF_CHECK(status(id) == campaign::status::running);
  CAF_CHECK(line.requests.empty());
  elapse(30min);
  CAF_CHECK_EQUAL(line.requests.size(), 4u);
}

// -- stops --------------------------------------------------------------------------------------------

CAF_TEST(a pause between permit and wire sends nothing) {
  how.connect = 100ms;
  auto id = running(20);
  start();
  elapse(50ms);
  CAF_CHECK_EQUAL(database.attempts_of(id).size(), 20u);
  auto answer = steer(id, campaign::action::pause);
  elapse(5s);
  CAF_REQUIRE(answer->has_value());
  CAF_CHECK((*answer)->has_value());
  CAF_CHECK(line.requests.empty());
  CAF_CHECK_EQUAL(database.count(id).pending, 20);
  CAF_CHECK_EQUAL(counters->creates_gated.load(), 20u);
}

CAF_TEST(a pause cancels what is queued and lets ringing calls finish) {
  auto id = running(4);
  int n = 0;
  line.choose = [&](const create_order&) {
    virtual_carrier::fate f;
    if (n++ % 2)
      f.life.clear();
    return f;
  };
  start();
  elapse(2s);
  auto answer = steer(id, campaign::action::pause);
  elapse(2s);
  CAF_CHECK_EQUAL(line.canceled.size(), 2u);
  elapse(1min);
  CAF_CHECK_EQUAL(database.count(id).pending, 2);
  CAF_CHECK_EQUAL(database.count(id).completed, 2);
  CAF_CHECK(status(id) == campaign::status::paused);
  auto again = steer(id, campaign::action::resume);
  elapse(1s);
  CAF_REQUIRE(again->has_value() && (*again)->has_value());
  CAF_CHECK_EQUAL(line.requests.size(), 6u);
}

CAF_TEST(a refused pause lets the campaign go on) {
  auto id = running(3000, {.per_minute = 60, .per_hour = {}});
  start();
  elapse(5s);
  database.refuse = [](const store_change& c) {
    return std::holds_alternative<change::steer_campaign>(c);
  };
  auto answer = steer(id, campaign::action::pause);
  elapse(1s);
  CAF_REQUIRE(answer->has_value());
  CAF_CHECK(!(*answer)->has_value());
  auto before = line.requests.size();
  database.refuse = nullptr;
  elapse(1min);
  CAF_CHECK(line.requests.size() >= before + 55);
}

CAF_TEST(another user steers nothing and stops nothing on its way) {
  how.connect = 50ms;
  auto id = running(3);
  start();
  elapse(10ms);
  auto mine = user;
  user = user_id{make_uuid7(time.now(), random)};
  auto answer = steer(id, campaign::action::cancel);
  elapse(1s);
  CAF_REQUIRE(answer->has_value());
  CAF_CHECK((*answer)->error().code == errc::not_found);
  CAF_CHECK_EQUAL(line.requests.size(), 3u);
  user = mine;
}

CAF_TEST(the stop works with the database away and outlives a restart) {
  auto id = running(5000, {.per_minute = 600, .per_hour = {}});
  start();
  elapse(5s);
  CAF_CHECK(!line.requests.empty());
  database.away = true;
  auto answer = stop();
  drain();
  CAF_REQUIRE(answer->has_value());
  CAF_CHECK((*answer)->value().stopped);
  CAF_CHECK((*answer)->value().durable);
  auto before = line.requests.size();
  elapse(1s);
  CAF_CHECK_EQUAL(line.requests.size(), before);
  database.away = false;
  restart();
  elapse(5min);
  CAF_CHECK_EQUAL(line.requests.size(), before);
  CAF_CHECK(look().stopped);
  CAF_CHECK(why(id).why == permit::refusal::stopped);
  auto released = stop(false);
  elapse(5s);
  CAF_CHECK(line.requests.size() > before);
}

CAF_TEST(a stop that cannot be written to its file holds all the same and says so) {
  flag.broken = true;
  running(50, {.per_minute = 60, .per_hour = {}});
  start();
  auto answer = stop();
  drain();
  CAF_CHECK(!(*answer)->value().durable);
  auto before = line.requests.size();
  elapse(1min);
  CAF_CHECK_EQUAL(line.requests.size(), before);
}

// -- rates --------------------------------------------------------------------------------------------

CAF_TEST(ten a minute are exact over hours and restarts) {
  quick_calls();
  running(3000, {.per_minute = 10, .per_hour = {}});
  start();
  for (int i = 0; i < 6; ++i) {
    elapse(20min);
    restart();
  }
  CAF_CHECK(most_within(60s) <= 10u);
  CAF_CHECK(line.requests.size() >= 1200u * 95 / 100);
}

CAF_TEST(sixty a minute are exact over hours and restarts) {
  quick_calls();
  running(9000, {.per_minute = 60, .per_hour = {}});
  start();
  for (int i = 0; i < 4; ++i) {
    elapse(15min);
    restart();
  }
  CAF_CHECK(most_within(60s) <= 60u);
  CAF_CHECK(line.requests.size() >= 3600u * 95 / 100);
}

CAF_TEST(six hundred a minute are exact) {
  quick_calls();
  running(9000, {.per_minute = 600, .per_hour = {}});
  start();
  elapse(10min);
  CAF_CHECK(most_within(60s) <= 600u);
  CAF_CHECK(line.requests.size() >= 6000u * 95 / 100);
}

CAF_TEST(an hourly limit spreads its dials evenly) {
  quick_calls();
  running(900, {.per_minute = {}, .per_hour = 120});
  start();
  elapse(4h);
  CAF_CHECK(most_within(3600s) <= 120u);
  CAF_CHECK(most_within(60s) <= 3u);
  CAF_CHECK(line.requests.size() >= 480u * 95 / 100);
}

CAF_TEST(the calls per second of the account hold over all campaigns and turns are fair) {
  quick_calls();
  options.calls_per_second = 5;
  std::vector<campaign_id> all;
  for (int i = 0; i < 4; ++i)
    all.push_back(running(400));
  start();
  elapse(2min);
  CAF_CHECK(most_within(1s) <= 6u);
  CAF_CHECK(line.requests.size() >= 600u * 95 / 100);
  std::size_t least = 1'000'000, most = 0;
  for (const auto& id : all) {
    auto n = database.attempts_of(id).size();
    least = std::min(least, n);
    most = std::max(most, n);
  }
  CAF_CHECK(most - least <= 2);
}

CAF_TEST(one call a second is one call a second) {
  quick_calls();
  options.calls_per_second = 1;
  running(500);
  running(500);
  start();
  elapse(5min);
  CAF_CHECK(most_within(1s) <= 2u);
  CAF_CHECK(line.requests.size() >= 290u);
}

CAF_TEST(without limits the dials go out in batches) {
  quick_calls();
  auto id = running(1000);
  start();
  until([&] { return line.requests.size() >= 1000; }, 30s);
  CAF_CHECK_EQUAL(line.requests.size(), 1000u);
  CAF_CHECK(database.asks < 200u);
  CAF_CHECK(no_attempt_twice());
  CAF_CHECK(database.campaigns.contains(id));
}

CAF_TEST(the limit of live calls holds and is used) {
  auto b = brief();
  b.max_concurrent_calls = 7;
  auto id = running(b, 30);
  start();
  elapse(10s);
  CAF_CHECK_EQUAL(database.count(id).calling, 7);
  CAF_CHECK(why(id).why == permit::refusal::concurrency);
  elapse(5min);
  CAF_CHECK_EQUAL(database.count(id).completed, 30);
}

CAF_TEST(a retry comes after its delay and not before) {
  options.retry.busy = 300s;
  options.retry.min_gap = 60s;
  how.life = {{1s, call::status::busy}};
  auto id = running(1, {}, 3);
  start();
  elapse(4min);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
  elapse(2min);
  CAF_CHECK_EQUAL(line.requests.size(), 2u);
  elapse(20min);
  CAF_CHECK_EQUAL(line.requests.size(), 3u);
  CAF_CHECK_EQUAL(database.count(id).failed, 1);
  CAF_CHECK(status(id) == campaign::status::completed);
}

CAF_TEST(targets added to a waiting campaign are dialed when it hears of them) {
  auto id = running(0);
  start();
  elapse(1min);
  database.add_target(id, number());
  caf::anon_send(life->all->scheduler, targets_added{id});
  elapse(1s);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
}

CAF_TEST(execute asks at once and tells the reason) {
  auto b = brief();
  b.start = "12:00:00";
  b.end = "13:00:00";
  auto closed = running(b, 2);
  auto open = running(2);
  database.campaigns.at(open).brief.state = campaign::status::paused;
  start();
  auto answer = execute(closed);
  drain();
  CAF_REQUIRE(answer->has_value());
  CAF_CHECK_EQUAL((*answer)->value().dialed, 0u);
  CAF_CHECK((*answer)->value().why == permit::refusal::window_closed);
  CAF_CHECK((*answer)->value().next_at == time.now() + 2h);
  auto idle = execute(open);
  drain();
  CAF_CHECK((*idle)->value().why == permit::refusal::not_running);
  auto id = running(0);
  auto started = steer(open, campaign::action::resume);
  drain();
  auto busy = execute(open);
  elapse(1s);
  CAF_REQUIRE(busy->has_value());
  CAF_CHECK_EQUAL(line.requests.size(), 2u);
  CAF_CHECK(database.campaigns.contains(id));
}

CAF_TEST_FIXTURE_SCOPE_END()
