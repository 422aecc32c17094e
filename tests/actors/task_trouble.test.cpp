#define CAF_SUITE task_trouble
#include <caf/test/unit_test.hpp>

#include <algorithm>

#include "tests/actors/support/task_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using assistant::function;
using task::status;

// Plannings that meet with trouble: dead planners, a database that is away, too many at once.

CAF_TEST_FIXTURE_SCOPE(task_trouble_tests, task_stage)

CAF_TEST(a planner that dies is made again and its task is planned) {
  auto deaths = 2;
  models.dies = [&](const assistant::order&) { return deaths-- > 0; };
  start();
  auto id = books.add(user, wish, number_of_luigi);
  auto place = plan(id);
  drain();
  CAF_CHECK(!place->has_value());
  CAF_CHECK(is(id, status::preparing));
  CAF_CHECK(until([&] { return place->has_value(); }, 1min));
  CAF_CHECK(is(id, status::ready_to_call));
  CAF_CHECK_EQUAL(counters->actor_restarts.load(), 2);
  CAF_CHECK_EQUAL(books.trails(id, "task.plan_begin"), 1u);
}

CAF_TEST(a task whose planners die again and again fails) {
  models.dies = [](const assistant::order&) { return true; };
  start();
  auto id = books.add(user, wish, number_of_luigi);
  auto place = plan(id);
  CAF_CHECK(until([&] { return place->has_value(); }, 5min));
  CAF_REQUIRE(place->value());
  CAF_CHECK(place->value()->state == status::failed);
  CAF_CHECK_EQUAL(models.asked.size(), options.planner_deaths_most + 1);
  elapse(10min);
  CAF_CHECK_EQUAL(models.asked.size(), options.planner_deaths_most + 1);
}

CAF_TEST(a planner that hangs is killed and its task is planned by another) {
  auto first = true;
  models.holds = [&](const assistant::order&) { return std::exchange(first, false); };
  start();
  auto id = books.add(user, wish, number_of_luigi);
  auto place = plan(id);
  drain();
  CAF_CHECK(!place->has_value());
  CAF_CHECK(until([&] { return place->has_value(); }, 15min));
  CAF_CHECK(is(id, status::ready_to_call));
  models.release(); // far too late: nobody is there to hear it
  drain();
  CAF_CHECK(is(id, status::ready_to_call));
}

CAF_TEST(few are planned at a time and all are planned) {
  options.plannings_most = 3;
  models.holds = [](const assistant::order&) { return true; };
  start();
  std::vector<task_id> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(books.add(user, wish, number_of_luigi));
    plan(all.back());
  }
  drain();
  CAF_CHECK_EQUAL(models.held.size(), 3u);
  while (!models.held.empty()) {
    CAF_CHECK(models.held.size() <= 3);
    models.release();
    drain();
  }
  for (const auto& id : all)
    CAF_CHECK(is(id, status::ready_to_call));
  CAF_CHECK_EQUAL(models.asked.size(), 40u);
}

CAF_TEST(what does not fit into the queue is found again in the store) {
  options.plannings_most = 1;
  options.plannings_queued = 2;
  options.task_page = 4;
  start();
  std::vector<task_id> all;
  std::vector<std::shared_ptr<std::optional<result<task::record>>>> places;
  models.holds = [](const assistant::order&) { return true; };
  for (int i = 0; i < 10; ++i) {
    all.push_back(books.add(user, wish, number_of_luigi));
    places.push_back(plan(all.back()));
  }
  drain();
  CAF_REQUIRE(places.back()->has_value());
  CAF_CHECK(places.back()->value().error().code == errc::unavailable);
  models.holds = nullptr;
  while (!models.held.empty()) {
    models.release();
    drain();
  }
  auto ready = [&](const task_id& id) { return is(id, status::ready_to_call); };
  CAF_CHECK(until([&] { return std::all_of(all.begin(), all.end(), ready); }, 10min));
}

CAF_TEST(tasks of a killed engine are planned by the next) {
  models.holds = [](const assistant::order&) { return true; };
  start();
  auto begun = books.add(user, wish, number_of_luigi);
  plan(begun);
  drain();
  CAF_CHECK(is(begun, status::preparing));
  crash();
  auto fresh = books.add(user, wish, number_of_luigi);
  models.holds = nullptr;
  start();
  elapse(1s);
  CAF_CHECK(is(begun, status::ready_to_call));
  CAF_CHECK(is(fresh, status::ready_to_call));
  CAF_CHECK_EQUAL(books.trails(begun, "task.plan_begin"), 1u);
}

CAF_TEST(a task that is told of is planned without anybody waiting) {
  start();
  auto id = books.add(user, wish, number_of_luigi);
  tell_changed(id);
  drain();
  CAF_CHECK(is(id, status::ready_to_call));
}

CAF_TEST(a database that is away delays a planning and loses none) {
  start();
  auto id = books.add(user, wish, number_of_luigi);
  database.away = true;
  auto place = plan(id);
  drain();
  CAF_REQUIRE(place->has_value());
  CAF_CHECK(place->value().error().code == errc::unavailable);
  elapse(2min);
  auto dues = books.readers.size();
  CAF_CHECK_EQUAL(dues, 0u);
  CAF_CHECK(models.asked.empty());
  database.away = false;
  CAF_CHECK(until([&] { return is(id, status::ready_to_call); }, 1min));
}

CAF_TEST(a start without a database is made up for) {
  auto id = books.add(user, wish, number_of_luigi);
  database.away = true;
  start();
  elapse(1min);
  auto tries = books.dues;
  CAF_CHECK(tries > 3);
  CAF_CHECK(tries < 20);
  database.away = false;
  CAF_CHECK(until([&] { return is(id, status::ready_to_call); }, 1min));
}

CAF_TEST(a plan that could not be stored is stored later and not made again) {
  models.holds = [](const assistant::order& o) {
    return assistant::function_of(o.what) == function::plan;
  };
  start();
  auto id = books.add(user, wish, number_of_luigi);
  auto place = plan(id);
  drain();
  database.away = true;
  models.release();
  elapse(5s);
  CAF_CHECK(!place->has_value());
  database.away = false;
  CAF_CHECK(until([&] { return place->has_value(); }, 1min));
  CAF_CHECK(is(id, status::ready_to_call));
  CAF_CHECK_EQUAL(models.count(function::plan), 1u);
}

CAF_TEST(a commit in doubt is found out) {
  models.holds = [](const assistant::order& o) {
    return assistant::function_of(o.what) == function::plan;
  };
  start();
  auto id = books.add(user, wish, number_of_luigi);
  auto place = plan(id);
  drain();
  books.doubt = 2; // the cost, and the plan
  models.release();
  drain();
  CAF_CHECK(until([&] { return place->has_value(); }, 1min));
  CAF_REQUIRE(place->value());
  CAF_CHECK(place->value()->state == status::ready_to_call);
  CAF_CHECK_EQUAL(books.trails(id, "task.plan"), 1u);
}

CAF_TEST(a transaction that breaks off is answered and made up for) {
  start();
  books.throws = 1;
  auto id = books.add(user, wish, number_of_luigi);
  auto place = plan(id);
  drain();
  CAF_REQUIRE(place->has_value());
  CAF_CHECK(place->value().error().code == errc::unavailable);
  CAF_CHECK(until([&] { return is(id, status::ready_to_call); }, 1min));
}

CAF_TEST(nothing is looked at again and again when all is done) {
  start();
  plan(books.add(user, wish, number_of_luigi));
  elapse(10min); // the deadline of the planning passes
  auto looks = books.dues;
  elapse(2h);
  CAF_CHECK_EQUAL(books.dues, looks);
}

CAF_TEST_FIXTURE_SCOPE_END()
