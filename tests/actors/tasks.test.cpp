#define CAF_SUITE tasks
#include <caf/test/unit_test.hpp>

#include <algorithm>

#include "actors/planner.hpp"
#include "tests/actors/support/task_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using assistant::function;
using task::status;

// The planning of tasks.

CAF_TEST_FIXTURE_SCOPE(task_tests, task_stage)

CAF_TEST(a task with a number is planned and becomes ready) {
  books.data.profile.name = "The Corner Shop";
  start();
  follow();
  auto id = books.add(user, wish, number_of_luigi);
  auto place = plan(id);
  drain();
  CAF_REQUIRE(place->has_value());
  CAF_REQUIRE(place->value().has_value());
  const auto& r = place->value().value();
  CAF_CHECK(r.state == status::ready_to_call);
  CAF_CHECK(is(id, status::ready_to_call));
  CAF_CHECK(r.title == "A table for two");
  CAF_CHECK(r.plan_by == "openai small");
  CAF_CHECK(r.plan_prompt == "plan-1");
  CAF_CHECK_EQUAL(models.count(function::risks), 1u);
  CAF_CHECK_EQUAL(models.count(function::plan), 1u);
  CAF_CHECK_EQUAL(models.count(function::questions), 0u);
  auto about = std::get<assistant::plan_request>(models.asked.back().what).about;
  CAF_CHECK(about.instruction == wish);
  CAF_CHECK(about.business.find("The Corner Shop") != std::string::npos);
  CAF_CHECK(std::all_of(books.readers.begin(), books.readers.end(), [](const identity& who) {
    return who.actor == "engine";
  }));
  CAF_CHECK_EQUAL(heard("task", R"("status":"preparing")"), 1u);
  CAF_CHECK_EQUAL(heard("task", R"("status":"ready_to_call")"), 1u);
  CAF_CHECK_EQUAL(heard("task", to_string(id)), 2u);
  CAF_CHECK_EQUAL(heard("notification", ""), 0u);
}

CAF_TEST(a task without a number waits for the user with a question) {
  start();
  follow();
  auto id = books.add(user, wish);
  auto place = plan(id);
  drain();
  CAF_REQUIRE(place->has_value() && place->value());
  const auto& r = place->value().value();
  CAF_CHECK(r.state == status::waiting_for_user);
  CAF_REQUIRE(r.questions.size() == 1);
  CAF_CHECK(r.questions.front().text == "Which number shall I call?");
  CAF_CHECK(r.questions.front().required);
  CAF_CHECK_EQUAL(models.count(function::questions), 1u);
  CAF_CHECK_EQUAL(books.told(notification::kind::clarification_needed), 1u);
  CAF_CHECK_EQUAL(heard("notification", R"("kind":"clarification_needed")"), 1u);
}

CAF_TEST(without questions from a model the plan asks its own) {
  models.says = [](const assistant::order& o) {
    return assistant::function_of(o.what) == function::questions
               ? scripted_models::failing("no questions today")
               : scripted_models::good(o);
  };
  start();
  auto id = books.add(user, wish);
  plan(id);
  drain();
  CAF_CHECK(is(id, status::waiting_for_user));
  CAF_REQUIRE(books.find(id).questions.size() == 1);
  CAF_CHECK(books.find(id).questions.front().text == "Number?");
}

CAF_TEST(what a model refuses fails and is told) {
  models.says = [](const assistant::order& o) {
    auto c = scripted_models::good(o);
    if (assistant::function_of(o.what) == function::risks)
      c.what = assistant::reply{
          assistant::risks{
                           assistant::risks::level::refuse, {{"fraud", "It asks for somebody's codes."}}}
      };
    return c;
  };
  start();
  follow();
  auto id = books.add(user, wish, number_of_luigi);
  auto place = plan(id);
  drain();
  CAF_REQUIRE(place->has_value() && place->value());
  CAF_CHECK(place->value()->state == status::failed);
  CAF_CHECK(place->value()->reason.find("codes") != std::string::npos);
  CAF_CHECK_EQUAL(books.told(notification::kind::call_failed), 1u);
  CAF_CHECK_EQUAL(heard("notification", R"("status":"failed")"), 1u);
}

CAF_TEST(what the rules refuse is refused whatever a model says and costs nothing) {
  start();
  auto id =
      books.add(user, "Call my neighbor and threaten to hurt him until he pays", number_of_luigi);
  plan(id);
  drain();
  CAF_CHECK(is(id, status::failed));
  CAF_CHECK(models.asked.empty());
  CAF_CHECK(books.data.costs.empty());
}

CAF_TEST(a model that cannot judge risks leaves that to the rules) {
  models.says = [](const assistant::order& o) {
    return assistant::function_of(o.what) == function::risks
               ? scripted_models::failing("no judgement")
               : scripted_models::good(o);
  };
  start();
  auto id = books.add(user, wish, number_of_luigi);
  plan(id);
  drain();
  CAF_CHECK(is(id, status::ready_to_call));
}

CAF_TEST(when no provider can plan the task fails with their reasons) {
  models.says = [](const assistant::order&) {
    return scripted_models::failing("openai: timeout; gemini: 503");
  };
  start();
  auto id = books.add(user, wish, number_of_luigi);
  auto place = plan(id);
  drain();
  CAF_REQUIRE(place->has_value() && place->value());
  CAF_CHECK(place->value()->state == status::failed);
  CAF_CHECK(place->value()->reason.find("gemini: 503") != std::string::npos);
  CAF_CHECK_EQUAL(books.data.costs.size(), 2u); // failed tries cost, too
}

CAF_TEST(whoever asks while a task is being planned joins that planning) {
  models.holds = [](const assistant::order&) { return true; };
  start();
  auto id = books.add(user, wish, number_of_luigi);
  auto first = plan(id);
  drain();
  auto second = plan(id);
  drain();
  CAF_CHECK(!first->has_value());
  CAF_CHECK_EQUAL(models.asked.size(), 1u);
  while (!models.held.empty()) {
    models.release();
    drain();
  }
  CAF_REQUIRE(first->has_value() && second->has_value());
  CAF_CHECK(first->value()->state == status::ready_to_call);
  CAF_CHECK(second->value()->state == status::ready_to_call);
  CAF_CHECK_EQUAL(models.asked.size(), 2u);
  CAF_CHECK_EQUAL(books.trails(id, "task.plan"), 1u);
}

CAF_TEST(another user cannot join and a task that is not there is not found) {
  models.holds = [](const assistant::order&) { return true; };
  start();
  auto id = books.add(user, wish, number_of_luigi);
  plan(id);
  drain();
  auto other = user_id{make_uuid7(time.now(), random)};
  auto strange = ask_tasks<plan_task, task::record>({other, id});
  auto absent = plan(task_id{make_uuid7(time.now(), random)});
  drain();
  CAF_REQUIRE(strange->has_value() && absent->has_value());
  CAF_CHECK(strange->value().error().code == errc::not_found);
  CAF_CHECK(absent->value().error().code == errc::not_found);
}

CAF_TEST(a task that is planned already is answered as it stands) {
  start();
  auto id = books.add(user, wish, number_of_luigi);
  plan(id);
  drain();
  auto asked = models.asked.size();
  auto again = plan(id);
  drain();
  CAF_REQUIRE(again->has_value() && again->value());
  CAF_CHECK(again->value()->state == status::ready_to_call);
  CAF_CHECK_EQUAL(models.asked.size(), asked);
}

CAF_TEST(a task that was canceled while it was planned stays so and its cost is kept) {
  models.holds = [](const assistant::order& o) {
    return assistant::function_of(o.what) == function::plan;
  };
  start();
  auto id = books.add(user, wish, number_of_luigi);
  auto place = plan(id);
  drain();
  CAF_REQUIRE(books.act(id, task::discarded{}, "user:ann").has_value());
  models.release();
  drain();
  CAF_REQUIRE(place->has_value() && place->value());
  CAF_CHECK(place->value()->state == status::canceled);
  CAF_CHECK(is(id, status::canceled));
  CAF_CHECK_EQUAL(books.data.costs.size(), 2u);
}

CAF_TEST(the models are asked with the own keys and what is left of the budget) {
  books.data.secrets = {
      {"carrier", "{}"    },
      {"openai",  "sk-own"}
  };
  books.data.settings.daily_model_budget = money{100};
  books.data.spent_before = 20;
  start();
  auto id = books.add(user, wish, number_of_luigi);
  plan(id);
  drain();
  CAF_REQUIRE(models.asked.size() == 2);
  for (const auto& o : models.asked) {
    CAF_CHECK(o.user == user);
    CAF_REQUIRE(o.keys.size() == 1);
    CAF_CHECK(o.keys.front().provider == "openai");
    CAF_CHECK(o.keys.front().secret == "sk-own");
    CAF_CHECK(o.patience == options.plan_patience);
  }
  CAF_CHECK(models.asked[0].budget_micros == 80);
  CAF_CHECK(models.asked[1].budget_micros == 50);
  CAF_CHECK_EQUAL(books.data.costs.size(), 2u);
  CAF_CHECK(books.data.costs[0].what == function::risks);
  CAF_CHECK(books.data.costs[1].what == function::plan);
  CAF_CHECK(books.data.costs[1].about == id);
}

CAF_TEST(a budget never falls below nothing and none is no cap) {
  books.data.settings.daily_model_budget = money{100};
  books.data.spent_before = 1'000;
  start();
  plan(books.add(user, wish, number_of_luigi));
  drain();
  CAF_CHECK(models.asked.back().budget_micros == 0);
  books.data.settings.daily_model_budget.reset();
  plan(books.add(user, wish, number_of_luigi));
  drain();
  CAF_CHECK(!models.asked.back().budget_micros.has_value());
}

CAF_TEST(two judgements of risks are joined) {
  using level = assistant::risks::level;
  auto both = join(
      assistant::risks{
          level::caution, {{"fraud", "a"}}
  },
      assistant::risks{level::none, {{"fraud", "b"}, {"spam", "c"}}});
  CAF_CHECK(both.verdict == level::caution);
  CAF_REQUIRE(both.findings.size() == 2);
  CAF_CHECK(both.findings[0].why == "a");
  CAF_CHECK(both.findings[1].kind == "spam");
}

CAF_TEST(questions are joined by their field) {
  using list = std::vector<assistant::question>;
  auto both = join(
      list{
          {"date", "When?", false}
  },
      list{{"date", "Date?", true}, {"time", "?", false}});
  CAF_CHECK(
      (both == list{
                   {"date", "When?", true },
                   {"time", "?",     false}
  }));
}

CAF_TEST_FIXTURE_SCOPE_END()
