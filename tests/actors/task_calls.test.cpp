#define CAF_SUITE task_calls
#include <caf/test/unit_test.hpp>

#include <algorithm>

#include "tests/actors/support/task_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using assistant::function;
using task::status;
using kind = virtual_carrier::fate::kind;

// Calls for tasks: from the script to the end.

CAF_TEST_FIXTURE_SCOPE(task_call_tests, task_stage)

CAF_TEST(a call for a task is scripted and dialed and answered with its session) {
  start();
  follow();
  auto id = ready();
  auto place = call_for(id);
  CAF_REQUIRE(until([&] { return place->has_value(); }, 10s));
  CAF_REQUIRE(place->value());
  const auto& answer = place->value().value();
  CAF_CHECK(answer.task.state == status::in_progress);
  CAF_REQUIRE(answer.call.has_value());
  CAF_CHECK(answer.call->sid == line.calls.begin()->first);
  CAF_CHECK(answer.call->task == id.value);
  CAF_CHECK_EQUAL(answer.pass.dialed, 1u);
  CAF_CHECK(answer.pass.why == permit::refusal::none);
  CAF_CHECK(
      answer.script.introduction == "This is an automated call. I would like to book a table.");
  CAF_CHECK(books.find(id).script == answer.script);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
  CAF_CHECK(line.requests.front().to.reveal() == number_of_luigi);
  CAF_CHECK(models.asked.back().patience == options.script_patience);
  auto campaign = campaign_of(id);
  CAF_CHECK(why(campaign).active);
  CAF_CHECK(until([&] { return is(id, status::completed); }, 2min));
  drain();
  CAF_CHECK_EQUAL(books.told(notification::kind::call_completed), 1u);
  CAF_CHECK_EQUAL(heard("task", R"("status":"in_progress")"), 1u);
  CAF_CHECK_EQUAL(heard("task", R"("status":"completed")"), 1u);
  CAF_CHECK_EQUAL(heard("notification", R"("kind":"call_completed")"), 1u);
  CAF_CHECK(heard("call", R"("status":"ringing")") > 0);
  CAF_CHECK_EQUAL(heard("campaign", ""), 0u); // it is the task's own affair
  elapse(10min);
  CAF_CHECK(!why(campaign).active);
  CAF_CHECK_EQUAL(why(campaign).live_calls, 0u);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
}

CAF_TEST(the disclosure is said whatever a model writes) {
  models.says = [](const assistant::order& o) {
    auto c = scripted_models::good(o);
    assistant::script s;
    s.introduction = "Hello, I am a person.";
    c.what = assistant::reply{s};
    return c;
  };
  start();
  auto place = call_for(ready());
  CAF_REQUIRE(until([&] { return place->has_value(); }, 10s));
  CAF_REQUIRE(place->value());
  auto said = place->value()->script.introduction;
  CAF_CHECK(said == "This is an automated call. Hello, I am a person.");
}

CAF_TEST(without a model the rules write the script and the cost of trying is kept) {
  models.says = [](const assistant::order&) { return scripted_models::failing("all are away"); };
  start();
  auto id = ready();
  auto place = call_for(id);
  CAF_REQUIRE(until([&] { return place->has_value(); }, 10s));
  CAF_REQUIRE(place->value());
  auto said = place->value()->script.introduction;
  CAF_CHECK(said.find(options.disclosure) != std::string::npos);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
  CAF_REQUIRE(books.data.costs.size() == 1);
  CAF_CHECK(books.data.costs.front().what == function::script);
  CAF_CHECK(books.data.costs.front().one.cost_micros == 7);
}

CAF_TEST(a task that is not ready is refused as the domain says) {
  start();
  auto waiting = books.add(user, "Book a table", number_of_luigi);
  auto place = call_for(waiting);
  auto absent = call_for(task_id{make_uuid7(time.now(), random)});
  auto other = user_id{make_uuid7(time.now(), random)};
  auto strange = ask_tasks<start_task, task_started>({
      identity{other, "user:eve", {}},
      ready()
  });
  elapse(1s);
  CAF_REQUIRE(place->has_value() && absent->has_value() && strange->has_value());
  CAF_CHECK(place->value().error().code == errc::wrong_state);
  CAF_CHECK(place->value().error().current_status == "pending");
  CAF_CHECK(absent->value().error().code == errc::not_found);
  CAF_CHECK(strange->value().error().code == errc::not_found);
  CAF_CHECK(models.asked.empty());
  CAF_CHECK(database.campaigns.empty());
}

CAF_TEST(outside the window the next opening is told and nothing was asked) {
  open_between("14:00:00", "18:00:00");
  start();
  auto id = ready();
  auto place = call_for(id);
  drain();
  CAF_REQUIRE(place->has_value());
  CAF_CHECK(place->value().error().code == errc::window_closed);
  CAF_CHECK(place->value().error().next_open_at == time.now() + 4h);
  CAF_CHECK(models.asked.empty());
  CAF_CHECK(database.campaigns.empty());
  CAF_CHECK(is(id, status::ready_to_call));
}

CAF_TEST(a window that closes while the script is written refuses the start) {
  open_between("09:00:00", "10:00:30");
  models.holds = [](const assistant::order&) { return true; };
  start();
  auto id = ready();
  auto place = call_for(id);
  elapse(1min);
  CAF_REQUIRE(!place->has_value());
  models.release();
  elapse(1s);
  CAF_REQUIRE(place->has_value());
  CAF_CHECK(place->value().error().code == errc::window_closed);
  CAF_CHECK(place->value().error().next_open_at.has_value());
  CAF_CHECK(is(id, status::ready_to_call));
  CAF_CHECK(line.requests.empty());
  // The draft of that try is used again.
  models.holds = nullptr;
  elapse(23h);
  auto again = call_for(id);
  elapse(10s);
  CAF_REQUIRE(again->has_value());
  CAF_CHECK(again->value().has_value());
  CAF_CHECK_EQUAL(database.campaigns.size(), 1u);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
}

CAF_TEST(while all is stopped no call is started) {
  start();
  auto id = ready();
  stop();
  drain();
  auto place = call_for(id);
  drain();
  CAF_REQUIRE(place->has_value());
  CAF_CHECK(place->value().error().code == errc::stopped);
  CAF_CHECK(models.asked.empty());
  CAF_CHECK(is(id, status::ready_to_call));
}

CAF_TEST(what the rules refuse is not called for even if it is ready) {
  start();
  auto id = ready();
  books.data.tasks.at(id).now.hard_constraints = {"threaten to hurt him if he does not pay"};
  books.data.tasks.at(id).now.raw_instruction = "Call him and threaten to hurt him until he pays";
  auto place = call_for(id);
  drain();
  CAF_REQUIRE(place->has_value());
  CAF_CHECK(place->value().error().code == errc::invalid);
  CAF_CHECK(line.requests.empty());
}

CAF_TEST(two starts at once make one call) {
  models.holds = [](const assistant::order&) { return true; };
  start();
  auto id = ready();
  auto first = call_for(id);
  drain();
  auto second = call_for(id);
  drain();
  CAF_REQUIRE(second->has_value());
  CAF_CHECK(second->value().error().code == errc::conflict);
  models.release();
  elapse(1s);
  CAF_REQUIRE(first->has_value());
  CAF_CHECK(first->value().has_value());
  auto third = call_for(id);
  elapse(1s);
  CAF_REQUIRE(third->has_value());
  CAF_CHECK(third->value().error().code == errc::wrong_state);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
}

CAF_TEST(a carrier that is slow to name the call does not hold the answer back) {
  line.choose = [](const create_order&) {
    virtual_carrier::fate f;
    f.answer_after = 20s;
    f.callbacks = false;
    return f;
  };
  start();
  auto began = time.steady;
  auto place = call_for(ready());
  CAF_REQUIRE(until([&] { return place->has_value(); }, 10s));
  CAF_CHECK(time.steady - began <= options.sid_patience + 100ms);
  CAF_REQUIRE(place->value());
  CAF_REQUIRE(place->value()->call.has_value());
  CAF_CHECK(!place->value()->call->sid.has_value());
  CAF_CHECK_EQUAL(place->value()->pass.dialed, 1u);
}

CAF_TEST(a number that the carrier refuses ends the task and is told at once) {
  line.choose = [](const create_order&) {
    virtual_carrier::fate f;
    f.what = kind::refused;
    f.code = 21211;
    return f;
  };
  start();
  auto id = ready();
  auto place = call_for(id);
  CAF_REQUIRE(until([&] { return place->has_value(); }, 1s));
  CAF_REQUIRE(place->value());
  CAF_CHECK(until([&] { return is(id, status::failed); }, 1min));
  CAF_CHECK(!books.find(id).reason.empty());
  CAF_CHECK_EQUAL(books.told(notification::kind::call_failed), 1u);
}

CAF_TEST(a call that cannot be placed now runs and says why) {
  flag.flag = false;
  line.choose = [](const create_order&) {
    virtual_carrier::fate f;
    f.what = kind::unreachable;
    return f;
  };
  options.calls_per_second = 0.01;
  start();
  auto first = call_for(ready());
  elapse(10s);
  auto second = call_for(ready());
  elapse(10s);
  CAF_REQUIRE(first->has_value() && second->has_value());
  CAF_REQUIRE(second->value().has_value());
  CAF_CHECK(second->value()->task.state == status::in_progress);
  CAF_CHECK(!second->value()->call.has_value());
  CAF_CHECK_EQUAL(second->value()->pass.dialed, 0u);
}

CAF_TEST(a start that breaks off is answered and can be tried again) {
  auto deaths = 1;
  models.dies = [&](const assistant::order&) { return deaths-- > 0; };
  start();
  auto id = ready();
  auto place = call_for(id);
  drain();
  CAF_REQUIRE(place->has_value());
  CAF_CHECK(place->value().error().code == errc::unavailable);
  auto again = call_for(id);
  elapse(1s);
  CAF_REQUIRE(again->has_value());
  CAF_CHECK(again->value().has_value());
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
}

CAF_TEST(a task that is canceled while it is called ends its campaign and the call) {
  line.choose = [](const create_order&) {
    virtual_carrier::fate f;
    f.life = {
        {100ms, call::status::ringing  },
        {1h,    call::status::no_answer}
    };
    return f;
  };
  start();
  follow();
  auto id = ready();
  call_for(id);
  elapse(5s);
  steer(campaign_of(id), campaign::action::cancel);
  elapse(5s);
  CAF_CHECK(is(id, status::canceled));
  CAF_CHECK_EQUAL(heard("task", R"("status":"cancelled")"), 1u);
  CAF_CHECK_EQUAL(heard("campaign", ""), 0u);
}

CAF_TEST(a campaign of a task that the engine has to stop ends with its task) {
  line.choose = [](const create_order&) {
    virtual_carrier::fate f;
    f.what = kind::refused;
    f.code = 21210; // the caller's number is not verified: no call of the campaign can work
    return f;
  };
  start();
  follow();
  auto id = ready();
  call_for(id);
  CAF_CHECK(until([&] { return books.find(id).state != status::in_progress; }, 10min));
  auto state = database.campaigns.at(campaign_of(id)).brief.state;
  CAF_CHECK(state == campaign::status::canceled);
  CAF_CHECK(is(id, status::failed));
  CAF_CHECK_EQUAL(counters->campaigns_tripped.load(), 1);
  CAF_CHECK_EQUAL(heard("campaign", ""), 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
