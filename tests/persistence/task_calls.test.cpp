#define CAF_SUITE task_calls

#include <caf/test/unit_test.hpp>

#include <thread>

#include "tests/persistence/task_stage.hpp"

using namespace ringmaster;
using ringmaster::test::task_stage;
using ringmaster::test::test_cluster;
using namespace std::chrono_literals;

CAF_TEST(a call that is answered completes its task with all that follows once) {
  task_stage s;
  s.any_hour(s.ann);
  auto id = s.ready(s.ann).id;
  auto campaign = task_stage::must(s.prepare(s.ann, id));
  auto kept = s.find(s.ann, id);
  CAF_CHECK(kept.state == task::status::ready_to_call);
  CAF_CHECK(kept.script == task_stage::script());

  auto started = task_stage::must(s.steer(s.ann, campaign, campaign::action::start));
  CAF_REQUIRE(started.task.has_value());
  CAF_CHECK(started.task->state == task::status::in_progress);
  CAF_CHECK(started.task->campaign == campaign);
  CAF_CHECK_EQUAL(started.task->calls_made, 1);
  CAF_CHECK(s.find(s.ann, id).state == task::status::in_progress);
  CAF_CHECK(!s.steer(s.ann, campaign, campaign::action::start));

  auto call = s.call_once(s.ann, campaign, call::outcome::answered);
  auto ended = s.finish(s.ann, campaign);
  CAF_REQUIRE(ended.task.has_value());
  CAF_CHECK(ended.task->state == task::status::completed);
  CAF_CHECK_EQUAL(ended.task->summary, "The call was answered and lasted 1 minute and 5 seconds.");
  CAF_CHECK(ended.view.state == campaign::status::completed);
  CAF_CHECK(!s.steer(task_stage::as_engine(s.ann), campaign, campaign::action::finish));
  CAF_CHECK_EQUAL(s.find(s.ann, id).summary, ended.task->summary);
  CAF_CHECK_EQUAL(
      s.trail(id),
      "task.create:>pending task.plan_begin:pending>preparing task.plan:preparing>ready_to_call "
      "task.call:ready_to_call>in_progress task.complete:in_progress>completed");
  CAF_CHECK_EQUAL(s.notices(id), "call_completed");

  auto calls =
      task_stage::must(s.at_desk(s.ann, [&](desk_work& w) { return w.tasks().calls(id); }));
  CAF_REQUIRE_EQUAL(calls.size(), 1u);
  CAF_CHECK(calls[0].id == call && calls[0].duration_seconds == 65);
  for (const auto& view :
       {calls[0],
        task_stage::must(s.at_desk(s.ann, [&](desk_work& w) { return w.find_call(call); })),
        task_stage::must(s.at_desk(s.ann, [&](desk_work& w) {
          return w.list_calls(std::nullopt, {});
        })).items.at(0)}) {
    CAF_CHECK(view.task == id.value);
    CAF_CHECK(!view.campaign && !view.target);
  }
}

CAF_TEST(the campaign of one is nobodys campaign) {
  task_stage s;
  s.any_hour(s.ann);
  auto visible = s.running(s.ann, task_stage::any_time(), 1, 50);
  auto id = s.ready(s.ann).id;
  auto hidden = task_stage::must(s.prepare(s.ann, id));
  auto listed = task_stage::must(
      s.at_desk(s.ann, [](desk_work& w) { return w.list_campaigns({}, std::nullopt, ""); }));
  CAF_REQUIRE_EQUAL(listed.items.size(), 1u);
  CAF_CHECK(listed.items[0].id == visible && listed.total == 1);
  std::vector<errc> codes;
  auto asked = s.desk->transact(s.ann, [&](desk_work& w) -> result<void> {
    target::report report;
    auto rows = task_stage::rows(1, 90);
    codes = {
        w.find_campaign(hidden).error().code, w.delete_campaign(hidden).error().code,
        w.add_targets(hidden, rows, report).error().code,
        w.list_targets(hidden, {}, std::nullopt).error().code,
        w.list_calls(hidden, {}).error().code};
    return {};
  });
  CAF_CHECK(asked.has_value());
  for (auto on :
       {campaign::action::pause, campaign::action::resume, campaign::action::schedule,
        campaign::action::update})
    codes.push_back(s.steer(s.ann, hidden, on).error().code);
  // As a campaign it can be neither started nor canceled.
  for (auto on : {campaign::action::start, campaign::action::cancel})
    codes.push_back(s.stage::steer(s.ann, hidden, on).error().code);
  CAF_CHECK_EQUAL(codes.size(), 11u);
  for (auto code : codes)
    CAF_CHECK(code == errc::not_found);
  CAF_CHECK_EQUAL(
      s.number(
          "select count(*) from ringmaster.targets where campaign_id = '" + to_string(hidden) +
          "'"),
      1);
  // While the call is made it stays so, and a call of the other campaign keeps its campaign.
  task_stage::must(s.steer(s.ann, hidden, campaign::action::start));
  CAF_CHECK(s.steer(s.ann, hidden, campaign::action::pause).error().code == errc::not_found);
  s.call_once(s.ann, hidden, call::outcome::answered);
  s.ask(s.ann, visible, 1);
  auto calls = task_stage::must(
      s.at_desk(s.ann, [](desk_work& w) { return w.list_calls(std::nullopt, {}); }));
  CAF_REQUIRE_EQUAL(calls.items.size(), 2u);
  CAF_CHECK(calls.items[0].campaign == visible && !calls.items[0].task && calls.items[0].target);
  CAF_CHECK(calls.items[1].task == id.value);
}

CAF_TEST(a failed call comes back as often as the settings allow) {
  task_stage s;
  assistant_settings wish;
  wish.auto_retry_failed_calls = true;
  wish.max_retry_attempts = 1;
  s.any_hour(s.ann, wish);
  auto id = s.ready(s.ann).id;
  auto first = s.begin(s.ann, id);
  s.call_once(s.ann, first, call::outcome::busy);
  auto ended = s.finish(s.ann, first);
  CAF_REQUIRE(ended.task.has_value());
  CAF_CHECK(ended.task->state == task::status::ready_to_call);
  CAF_REQUIRE(ended.task->retry_at.has_value());
  // As the gate's settings say, not as some default does.
  auto wait = *ended.task->retry_at - ended.task->updated_at;
  CAF_CHECK(wait == 60s);
  CAF_CHECK(s.find(s.ann, id).retry_at == ended.task->retry_at);

  auto due = task_stage::must(s.desk->tasks_due(*ended.task->retry_at, 10));
  CAF_REQUIRE_EQUAL(due.size(), 1u);
  CAF_CHECK(due[0].task == id);
  auto engine = task_stage::as_engine(s.ann);
  auto second = s.begin(engine, id);
  CAF_CHECK(second != first);
  s.call_once(s.ann, second, call::outcome::busy);
  auto given_up = s.finish(s.ann, second);
  CAF_REQUIRE(given_up.task.has_value());
  CAF_CHECK(given_up.task->state == task::status::failed);
  CAF_CHECK(!given_up.task->retry_at);
  CAF_CHECK_EQUAL(given_up.task->calls_made, 2);
  CAF_CHECK_EQUAL(
      s.trail(id),
      "task.create:>pending task.plan_begin:pending>preparing task.plan:preparing>ready_to_call "
      "task.call:ready_to_call>in_progress task.fail:in_progress>failed "
      "task.retry:failed>ready_to_call "
      "task.call:ready_to_call>in_progress task.fail:in_progress>failed");
  CAF_CHECK_EQUAL(s.notices(id), "call_failed call_failed");
  CAF_CHECK_EQUAL(
      s.number("select count(*) from ringmaster.audit where action = 'task.call' and actor = "
               "'engine' and reason like '%standing permission%'"),
      1);
  auto calls =
      task_stage::must(s.at_desk(s.ann, [&](desk_work& w) { return w.tasks().calls(id); }));
  CAF_REQUIRE_EQUAL(calls.size(), 2u);
  CAF_CHECK(calls[0].id > calls[1].id);
  CAF_CHECK(s.find(s.ann, id).script.has_value());
}

CAF_TEST(canceling the campaign cancels the task once) {
  task_stage s;
  s.any_hour(s.ann);
  auto id = s.ready(s.ann).id;
  auto campaign = s.begin(s.ann, id);
  s.ask(s.ann, campaign, 1);
  auto first = task_stage::must(s.steer(s.ann, campaign, campaign::action::cancel));
  CAF_REQUIRE(first.task.has_value());
  CAF_CHECK(first.task->state == task::status::canceled);
  CAF_CHECK(first.step.then == campaign::effect::stop_dialing);
  auto again = task_stage::must(s.steer(s.ann, campaign, campaign::action::cancel));
  CAF_CHECK(!again.task);
  CAF_CHECK_EQUAL(
      s.number("select count(*) from ringmaster.audit where action = 'task.cancel'"), 1);
  CAF_CHECK_EQUAL(s.text("select status from ringmaster.call_tasks"), "canceled");
  CAF_CHECK(s.prepare(s.ann, id).error().code == errc::wrong_state);
}

CAF_TEST(what would pause a list ends the call of a task) {
  task_stage s;
  s.any_hour(s.ann);
  auto id = s.ready(s.ann).id;
  auto campaign = s.begin(s.ann, id);
  change::steer_campaign trip;
  trip.who = task_stage::as_engine(s.ann);
  trip.campaign = campaign;
  trip.on = campaign::action::trip;
  trip.reason = "the carrier does not accept this caller id";
  auto tripped = s.one<campaign_steered>(trip);
  CAF_REQUIRE(tripped.has_value());
  CAF_CHECK(tripped->view.state == campaign::status::canceled);
  CAF_CHECK(tripped->step.then == campaign::effect::stop_dialing);
  CAF_REQUIRE(tripped->task.has_value());
  CAF_CHECK(tripped->task->state == task::status::failed);
  CAF_CHECK_EQUAL(tripped->task->reason, trip.reason);
  CAF_CHECK_EQUAL(s.notices(id), "call_failed");
  // A person may try again.
  task::patch again;
  again.to = task::status::ready_to_call;
  CAF_CHECK(s.act(s.ann, id, task_stage::edit(again)).has_value());
  CAF_CHECK(s.prepare(s.ann, id).has_value());
}

CAF_TEST(outside of the hours that were set nothing starts and nothing is scheduled) {
  task_stage s;
  auto hour =
      s.number("select ((extract(hour from now() at time zone 'UTC')::int + 3) % 24)::bigint");
  char text[16];
  assistant_settings wish;
  std::snprintf(text, sizeof text, "%02d:00:00", static_cast<int>(hour));
  wish.allowed_call_start_time = text;
  std::snprintf(text, sizeof text, "%02d:30:00", static_cast<int>(hour));
  wish.allowed_call_end_time = text;
  task_stage::must(
      s.at_desk(s.ann, [&](desk_work& w) { return w.settings().write(wish, std::nullopt); }));
  auto before = s.ready(s.ann);
  auto campaign = task_stage::must(s.prepare(s.ann, before.id));
  for (bool later : {false, true}) {
    auto refused = s.steer(s.ann, campaign, campaign::action::start, later);
    CAF_REQUIRE(!refused);
    CAF_CHECK(refused.error().code == errc::window_closed);
    CAF_CHECK(refused.error().next_open_at.has_value());
  }
  auto after = s.find(s.ann, before.id);
  CAF_CHECK(after.state == task::status::ready_to_call);
  CAF_CHECK_EQUAL(after.calls_made, 0);
  CAF_CHECK_EQUAL(s.text("select status from ringmaster.campaigns"), "draft");

  // The draft is set up again with what was settled since, and with another number.
  s.any_hour(s.ann, wish);
  task::patch other;
  other.target_phone_number = "+14155550177";
  task_stage::must(s.act(s.ann, before.id, task_stage::edit(other)));
  CAF_CHECK(task_stage::must(s.prepare(s.ann, before.id)) == campaign);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.campaigns"), 1);
  CAF_CHECK(s.steer(s.ann, campaign, campaign::action::start).has_value());
  CAF_CHECK_EQUAL(s.ask(s.ann, campaign, 1).intents.at(0).to.reveal(), "+14155550177");
}

CAF_TEST(a task that was canceled meanwhile is not called) {
  task_stage s;
  s.any_hour(s.ann);
  auto id = s.ready(s.ann).id;
  auto campaign = task_stage::must(s.prepare(s.ann, id));
  task_stage::must(s.act(s.ann, id, task::discarded{}));
  auto refused = s.steer(s.ann, campaign, campaign::action::start);
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().code == errc::wrong_state);
  CAF_CHECK_EQUAL(refused.error().current_status, "cancelled");
  CAF_CHECK_EQUAL(s.text("select status from ringmaster.campaigns"), "draft");
  CAF_CHECK_EQUAL(
      s.number("select count(*) from ringmaster.audit where action = 'campaign.start'"), 0);
}

CAF_TEST(a number that was changed after the preparation is not called in the old ones place) {
  task_stage s;
  s.any_hour(s.ann);
  auto id = s.ready(s.ann, "+14155550123").id;
  auto campaign = task_stage::must(s.prepare(s.ann, id));
  task::patch p;
  p.target_phone_number = "+14155550124";
  task_stage::must(s.act(s.ann, id, task_stage::edit(p)));
  auto refused = s.steer(s.ann, campaign, campaign::action::start);
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().code == errc::conflict);
  CAF_CHECK(s.find(s.ann, id).state == task::status::ready_to_call);
  // Prepared anew, the same campaign calls the new number.
  CAF_CHECK(task_stage::must(s.prepare(s.ann, id)) == campaign);
  CAF_CHECK(s.steer(s.ann, campaign, campaign::action::start).has_value());
}

CAF_TEST(a task that needs a yes or is another users is not prepared) {
  task_stage s;
  s.any_hour(s.ann);
  auto wish = task_stage::wish("Call and order a rug for at most $900", "+14155550123");
  wish.max_price = money{900'000'000, "USD"};
  auto made = task_stage::must(s.create(s.ann, wish));
  auto waiting =
      task_stage::must(s.act(task_stage::as_engine(s.ann), made.id, task_stage::planned()));
  CAF_CHECK(waiting.state == task::status::waiting_for_user);
  CAF_CHECK_EQUAL(s.notices(made.id), "approval_needed");
  CAF_CHECK(s.prepare(s.ann, made.id).error().code == errc::wrong_state);
  task_stage::must(s.act(s.ann, made.id, task::approved{}));
  auto bob = s.add_user("bob@example.com");
  CAF_CHECK(s.prepare(bob, made.id).error().code == errc::not_found);
  CAF_CHECK(s.prepare(s.ann, made.id).has_value());
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.campaigns"), 1);
}

CAF_TEST(a number that may not be called ends the task with the reason) {
  task_stage s;
  s.any_hour(s.ann);
  auto number = phone_number::from_canonical("+14155550188");
  task_stage::must(
      s.at_desk(s.ann, [&](desk_work& w) { return w.add_suppression(number, "asked", "user"); }));
  auto id = s.ready(s.ann, number.reveal()).id;
  auto campaign = s.begin(s.ann, id);
  CAF_CHECK(s.ask(s.ann, campaign, 1).intents.empty());
  auto ended = s.finish(s.ann, campaign);
  CAF_REQUIRE(ended.task.has_value());
  CAF_CHECK(ended.task->state == task::status::failed);
  CAF_CHECK(!ended.task->reason.empty());
  CAF_CHECK_NOT_EQUAL(ended.task->reason, "no call was made");
  CAF_MESSAGE(ended.task->reason);
}

CAF_TEST(a task has one campaign at a time that may dial) {
  task_stage s;
  s.any_hour(s.ann);
  auto id = s.ready(s.ann).id;
  auto campaign = s.begin(s.ann, id);
  auto admin = test_cluster::get().connect_admin(s.name);
  bool refused = false;
  try {
    admin.execute(
        "insert into ringmaster.campaigns (user_id, id, task_id, name, timezone, "
        "allowed_call_start_time,"
        " allowed_call_end_time, allowed_days_of_week, max_attempts, max_concurrent_calls)"
        " select user_id, gen_random_uuid(), task_id, name, timezone, allowed_call_start_time, "
        "allowed_call_end_time,"
        " allowed_days_of_week, 1, 1 from ringmaster.campaigns where id = '" +
        to_string(campaign) + "'");
  } catch (const db::failure& why) {
    refused = why.what_kind == db::trouble::unique;
  }
  CAF_CHECK(refused);
}

CAF_TEST(two starts at once make one campaign) {
  task_stage s;
  s.any_hour(s.ann);
  for (int round = 0; round < 8; ++round) {
    auto id = s.ready(s.ann, "+1415555020" + std::to_string(round)).id;
    auto other = s.base->make_desk();
    result<campaign_id> second = fail(errc::internal, "not run");
    std::thread beside([&] {
      auto done = other->transact(s.ann, [&](desk_work& w) -> result<void> {
        second = w.tasks().prepare_call(id, task_stage::script());
        return second ? result<void>{} : fail(second.error());
      });
      CAF_CHECK_EQUAL(done.has_value(), second.has_value());
    });
    auto first = s.prepare(s.ann, id);
    beside.join();
    CAF_CHECK(first || first.error().code == errc::conflict);
    CAF_CHECK(second || second.error().code == errc::conflict);
    CAF_REQUIRE(first || second);
    if (first && second)
      CAF_CHECK(*first == *second);
    auto made = s.number(
        "select count(*) from ringmaster.campaigns where task_id = '" + to_string(id) + "'");
    CAF_CHECK_EQUAL(made, 1);
    CAF_CHECK(s.prepare(s.ann, id).has_value());
  }
}

CAF_TEST(a start and a new preparation at once hold nobody up) {
  task_stage s;
  s.any_hour(s.ann);
  for (int round = 0; round < 8; ++round) {
    auto id = s.ready(s.ann, "+1415555030" + std::to_string(round)).id;
    auto campaign = task_stage::must(s.prepare(s.ann, id));
    auto other = s.base->make_desk();
    std::optional<error> refused;
    std::thread beside([&] {
      auto done = other->transact(s.ann, [&](desk_work& w) -> result<void> {
        auto again = w.tasks().prepare_call(id, task_stage::script());
        return again ? result<void>{} : fail(again.error());
      });
      if (!done)
        refused = done.error();
    });
    auto started = s.steer(s.ann, campaign, campaign::action::start);
    beside.join();
    // A deadlock would show as a busy database.
    CAF_CHECK(started.has_value());
    CAF_CHECK(!refused || refused->code == errc::wrong_state);
    CAF_CHECK(s.find(s.ann, id).state == task::status::in_progress);
  }
}

CAF_TEST(a batch that fails takes the step of the task back with it) {
  task_stage s;
  s.any_hour(s.ann);
  auto id = s.ready(s.ann).id;
  auto campaign = task_stage::must(s.prepare(s.ann, id));
  auto admin = test_cluster::get().connect_admin(s.name);
  admin.execute(
      "alter table ringmaster.campaigns add constraint no_start check (status <> 'running')");
  CAF_CHECK(!s.steer(s.ann, campaign, campaign::action::start));
  auto still = s.find(s.ann, id);
  CAF_CHECK(still.state == task::status::ready_to_call);
  CAF_CHECK_EQUAL(still.calls_made, 0);
  CAF_CHECK(s.trail(id).find("task.call") == std::string::npos);
  admin.execute("alter table ringmaster.campaigns drop constraint no_start");
  CAF_CHECK(s.steer(s.ann, campaign, campaign::action::start).has_value());
  CAF_CHECK_EQUAL(s.find(s.ann, id).calls_made, 1);
}

CAF_TEST(with a user go their tasks and the campaigns of them) {
  task_stage s;
  s.any_hour(s.ann);
  auto bob = s.add_user("bob@example.com");
  s.any_hour(bob);
  auto done = s.begin(s.ann, s.ready(s.ann).id);
  s.call_once(s.ann, done, call::outcome::answered);
  s.finish(s.ann, done);
  s.begin(s.ann, s.ready(s.ann, "+14155550199").id);
  auto kept = s.ready(bob).id;
  auto admin = test_cluster::get().connect_admin(s.name);
  admin.execute("delete from ringmaster.users where user_id = '" + to_string(s.ann.user) + "'");
  for (const std::string table : {"call_tasks", "assistant_settings", "notifications", "campaigns"})
    CAF_CHECK_EQUAL(
        s.number(
            "select count(*) from ringmaster." + table + " where user_id = '" +
            to_string(s.ann.user) + "'"),
        0);
  CAF_CHECK(s.find(bob, kept).state == task::status::ready_to_call);
}
