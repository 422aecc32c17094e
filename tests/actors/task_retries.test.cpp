#define CAF_SUITE task_retries
#include <caf/test/unit_test.hpp>

#include <algorithm>

#include "tests/actors/support/task_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using assistant::function;
using task::status;

// Calls that the engine makes again, by the standing permission of the settings.

CAF_TEST_FIXTURE_SCOPE(task_retry_tests, task_stage)

CAF_TEST(a busy line is called again by the standing permission until it answers) {
  let_retry(3);
  busy(2);
  start();
  follow();
  auto id = ready();
  call_for(id);
  CAF_CHECK(until([&] { return is(id, status::completed); }, 3h));
  drain();
  CAF_CHECK_EQUAL(line.requests.size(), 3u);
  CAF_CHECK_EQUAL(books.trails(id, "task.retry"), 2u);
  CAF_CHECK_EQUAL(books.trails(id, "task.call"), 3u);
  CAF_CHECK_EQUAL(books.find(id).calls_made, 3);
  CAF_CHECK_EQUAL(heard("notification", R"("kind":"call_failed")"), 2u);
  CAF_CHECK(line.requests[1].at - line.requests[0].at >= 5min);
  CAF_CHECK(line.requests[2].at - line.requests[1].at >= 5min);
}

CAF_TEST(the limit of calls is kept) {
  let_retry(2);
  busy(100);
  start();
  auto id = ready();
  call_for(id);
  CAF_CHECK(until([&] { return is(id, status::failed); }, 10h));
  elapse(48h);
  CAF_CHECK(is(id, status::failed));
  CAF_CHECK_EQUAL(line.requests.size(), 3u);
  CAF_CHECK_EQUAL(books.told(notification::kind::call_failed), 3u);
}

CAF_TEST(without the permission nobody is called again) {
  busy(100);
  start();
  auto id = ready();
  call_for(id);
  elapse(48h);
  CAF_CHECK(is(id, status::failed));
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
}

CAF_TEST(a retry outside the window waits for it and asks nobody meanwhile) {
  let_retry(2);
  busy(1);
  open_between("09:00:00", "10:04:00");
  start();
  auto id = ready();
  call_for(id);
  CAF_CHECK(until([&] { return books.find(id).retry_at.has_value(); }, 1min));
  auto asked = models.asked.size();
  auto readers = books.readers.size();
  elapse(22h);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
  CAF_CHECK_EQUAL(models.asked.size(), asked);
  CAF_CHECK(books.readers.size() - readers <= 25); // once an hour, for rules of time zones change
  CAF_CHECK(until([&] { return is(id, status::completed); }, 2h));
  CAF_CHECK_EQUAL(line.requests.size(), 2u);
}

CAF_TEST(a retry is made by the engine that runs when it is due) {
  let_retry(2);
  busy(1);
  start();
  auto id = ready();
  call_for(id);
  CAF_CHECK(until([&] { return books.find(id).retry_at.has_value(); }, 1min));
  crash();
  elapse(1min);
  start();
  elapse(1s);
  CAF_CHECK_EQUAL(line.requests.size(), 1u); // not due yet
  CAF_CHECK(until([&] { return is(id, status::completed); }, 1h));
  CAF_CHECK_EQUAL(line.requests.size(), 2u);
}

CAF_TEST(a retry that fell due while no engine ran is made at the next start) {
  let_retry(2);
  busy(1);
  start();
  auto id = ready();
  call_for(id);
  CAF_CHECK(until([&] { return books.find(id).retry_at.has_value(); }, 1min));
  crash();
  elapse(5h);
  start();
  CAF_CHECK(until([&] { return is(id, status::completed); }, 2min));
}

CAF_TEST(a retry that the user took away is not made) {
  let_retry(2);
  busy(100);
  start();
  auto id = ready();
  call_for(id);
  CAF_CHECK(until([&] { return books.find(id).retry_at.has_value(); }, 1min));
  CAF_REQUIRE(books.act(id, task::discarded{}, "user:ann").has_value());
  tell_changed(id);
  elapse(5h);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
  // Nor without being told: what stands in the store counts.
  auto untold = ready();
  call_for(untold);
  CAF_CHECK(until([&] { return books.find(untold).retry_at.has_value(); }, 1min));
  CAF_REQUIRE(books.act(untold, task::discarded{}, "user:ann").has_value());
  elapse(5h);
  CAF_CHECK_EQUAL(line.requests.size(), 2u);
}

CAF_TEST(a retry waits for the release of the global stop) {
  let_retry(2);
  busy(1);
  start();
  auto id = ready();
  call_for(id);
  CAF_CHECK(until([&] { return books.find(id).retry_at.has_value(); }, 1min));
  stop();
  elapse(1h);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
  CAF_CHECK_EQUAL(models.count(function::script), 1u);
  stop(false);
  CAF_CHECK(until([&] { return is(id, status::completed); }, 10min));
}

CAF_TEST(a retry that the store does not take is made later and not in a hurry) {
  let_retry(2);
  busy(1);
  start();
  auto id = ready();
  call_for(id);
  CAF_CHECK(until([&] { return books.find(id).retry_at.has_value(); }, 1min));
  auto starts = 0;
  database.refuse = [&](const store_change& c) {
    auto* s = std::get_if<change::steer_campaign>(&c);
    auto refused = s && s->on == campaign::action::start;
    starts += refused;
    return refused;
  };
  elapse(2h);
  CAF_CHECK(starts >= 3);
  CAF_CHECK(starts <= 9);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
  database.refuse = nullptr;
  CAF_CHECK(until([&] { return is(id, status::completed); }, 3h));
  CAF_CHECK_EQUAL(line.requests.size(), 2u);
}

CAF_TEST(a start of the engines own that breaks off is made up for) {
  let_retry(2);
  busy(1);
  start();
  auto id = ready();
  call_for(id);
  CAF_CHECK(until([&] { return books.find(id).retry_at.has_value(); }, 1min));
  auto deaths = 1;
  models.dies = [&](const assistant::order&) { return deaths-- > 0; };
  CAF_CHECK(until([&] { return is(id, status::completed); }, 2h));
  CAF_CHECK_EQUAL(line.requests.size(), 2u);
}

CAF_TEST(many retries at once are made a few at a time) {
  let_retry(2);
  options.plannings_most = 4;
  start();
  std::vector<task_id> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(ready());
    auto& r = books.data.tasks.at(all.back()).now;
    r.number = phone_number::from_canonical(number());
    r.retry_at = time.now() - 1min;
    tell_changed(all.back());
  }
  models.holds = [](const assistant::order&) { return true; };
  drain();
  CAF_CHECK_EQUAL(models.held.size(), 4u);
  while (!models.held.empty()) {
    CAF_CHECK(models.held.size() <= 4);
    models.release();
    drain();
  }
  elapse(2min);
  for (const auto& id : all)
    CAF_CHECK(is(id, status::completed));
  CAF_CHECK_EQUAL(line.requests.size(), 20u);
}

CAF_TEST_FIXTURE_SCOPE_END()
