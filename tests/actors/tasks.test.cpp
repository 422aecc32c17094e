#define CAF_SUITE tasks
#include <caf/test/unit_test.hpp>

#include <algorithm>

#include "actors/planner.hpp"
#include "tests/actors/support/stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using assistant::function;
using task::status;

// The planning of tasks.

namespace {

constexpr const char* wish = "Book a table for two at Luigi's for tomorrow evening";
constexpr const char* number_of_luigi = "+12125550142";

struct fixture : stage {
  std::vector<feed_entry> seen;

  void follow() {
    follow_feed f;
    f.user = user;
    f.deliver = std::make_shared<std::function<bool(const feed_entry&)>>([this](const auto& e) {
      seen.push_back(e);
      return true;
    });
    caf::anon_send(life->all->feed, f);
  }
  std::size_t heard(const std::string& kind, const std::string& piece) const {
    return static_cast<std::size_t>(std::count_if(seen.begin(), seen.end(), [&](const auto& e) {
      return e.what.kind == kind && e.what.data.find(piece) != std::string::npos;
    }));
  }
  bool is(const task_id& id, status s) const { return books.find(id).state == s; }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(task_tests, fixture)

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

CAF_TEST(nothing is looked at again and again when all is done) {
  start();
  plan(books.add(user, wish, number_of_luigi));
  elapse(10min); // the deadline of the planning passes
  auto looks = books.dues;
  elapse(2h);
  CAF_CHECK_EQUAL(books.dues, looks);
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
