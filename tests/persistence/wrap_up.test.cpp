#define CAF_SUITE wrap_up

#include <caf/test/unit_test.hpp>

#include "tests/persistence/talk_stage.hpp"

using namespace ringmaster;
using ringmaster::test::talk_stage;
using ringmaster::test::test_cluster;

namespace {

talk::findings with_follow_ups(std::size_t count) {
  auto f = talk_stage::found();
  for (std::size_t i = 0; i < count; ++i)
    f.follow_ups.push_back(
        {"Call the dentist again, time " + std::to_string(i), "promised", "2026-11-24T15:00"});
  return f;
}

} // namespace

CAF_TEST(what a call came to is stored once) {
  talk_stage s;
  auto dial = s.talking(s.ann);
  s.talk_on(dial);
  s.end(dial);
  auto due = s.desk->wrap_ups_due(10);
  CAF_REQUIRE(due.has_value());
  CAF_REQUIRE_EQUAL(due->size(), 1u);
  CAF_CHECK(due->at(0).attempt == dial.attempt);
  CAF_CHECK(due->at(0).user == s.ann.user);

  auto found = with_follow_ups(2);
  auto first = s.wrap(s.ann, dial.attempt, found);
  CAF_REQUIRE(first.has_value());
  CAF_CHECK(first->fresh);
  CAF_CHECK_EQUAL(first->follow_ups_made, 2u);
  CAF_CHECK(s.desk->wrap_ups_due(10)->empty());
  auto view = s.view(s.ann, dial.attempt);
  CAF_REQUIRE(view.has_value());
  CAF_CHECK(view->found == found);
  CAF_CHECK_EQUAL(view->found_by, "rules");
  CAF_CHECK_EQUAL(view->times_wrapped, 1);
  CAF_CHECK(view->wrapped_at.has_value());
  CAF_CHECK_EQUAL(view->follow_ups.size(), 2u);
  CAF_CHECK(s.load(s.ann, dial.attempt)->wrapped);

  auto trail = s.number("select count(*) from ringmaster.audit");
  auto other = found;
  other.summary = "Something else";
  auto second = s.wrap(s.ann, dial.attempt, other);
  CAF_REQUIRE(second.has_value());
  CAF_CHECK(!second->fresh);
  CAF_CHECK(second->found == found);
  CAF_CHECK_EQUAL(second->follow_ups_made, 0u);
  CAF_CHECK(second->follow_ups == first->follow_ups);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.audit"), trail);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.call_tasks"), 2);

  auto list = s.at_desk(s.ann, [&](desk_work& w) { return w.list_targets(dial.campaign, {}, {}); });
  CAF_CHECK_EQUAL(list->items.at(0).call_summary, found.summary);
  CAF_CHECK_EQUAL(list->items.at(0).call_outcome, "answered");
}

CAF_TEST(processing again replaces the findings and makes no follow - up twice) {
  talk_stage s;
  auto dial = s.talking(s.ann);
  s.talk_on(dial);
  s.end(dial);
  CAF_REQUIRE(s.wrap(s.ann, dial.attempt, with_follow_ups(3)).has_value());
  auto more = with_follow_ups(9);
  more.summary = "Said otherwise.";
  more.values.resize(1);
  auto again = s.wrap(s.ann, dial.attempt, more, true);
  CAF_REQUIRE(again.has_value());
  CAF_CHECK(again->fresh);
  CAF_CHECK_EQUAL(again->follow_ups_made, 2u); // five at most, the three that stand counted
  CAF_CHECK_EQUAL(again->follow_ups.size(), 5u);
  auto view = s.view(s.ann, dial.attempt);
  CAF_CHECK_EQUAL(view->found->summary, "Said otherwise.");
  CAF_CHECK_EQUAL(view->times_wrapped, 2);
  // Reports show the last round only.
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.call_results"), 1);
  CAF_CHECK_EQUAL(s.stored("call_values", dial.attempt), 4);
}

CAF_TEST(values are stored typed with the words that they came from) {
  talk_stage s;
  auto dial = s.talking(s.ann);
  s.talk_on(dial);
  s.end(dial);
  auto found = talk_stage::found();
  found.values.push_back({"phone_number", talk::value_kind::number, "95.00", {}, {2}, ""});
  found.values.push_back({
      "result.open", talk::value_kind::boolean, "true", { },
         { 3, 4},
         ""
  });
  found.values.push_back(
      {"callback_time", talk::value_kind::datetime, "2026-11-24T15:00", {}, {2}, ""});
  CAF_REQUIRE(s.wrap(s.ann, dial.attempt, found).has_value());
  auto shown = [&](const std::string& key) {
    return s.text(
        "select type || ' ' || coalesce(jsonb_typeof(value), 'unknown') || ' ' || fragment from "
        "ringmaster.call_results where key = '" +
        key + "'");
  };
  CAF_CHECK_EQUAL(shown("confirmation_number"), "string string Your number is A 17");
  CAF_CHECK_EQUAL(shown("price"), "json object We have Tuesday at three, for 95 dollars");
  CAF_CHECK_EQUAL(shown("person_name"), "string unknown ");
  CAF_CHECK_EQUAL(shown("phone_number"), "number number We have Tuesday at three, for 95 dollars");
  CAF_CHECK_EQUAL(
      shown("result.open"), "boolean boolean Your number is A 17"); // the callee's own words
  CAF_CHECK_EQUAL(
      shown("callback_time"), "datetime string We have Tuesday at three, for 95 dollars");
  CAF_CHECK_EQUAL(
      s.text("select contradiction from ringmaster.call_results where key = 'price'"),
      "said twice");
}

CAF_TEST(a task stays in progress until its call is wrapped up) {
  talk_stage s;
  s.any_hour(s.ann);
  auto task = s.ready(s.ann);
  auto dial = s.talking(s.ann, task.id);
  s.talk_on(dial);
  s.end(dial);
  auto finished = s.finish(s.ann, dial.campaign);
  CAF_REQUIRE(finished.task.has_value());
  CAF_CHECK(finished.task->state == task::status::in_progress);
  CAF_CHECK_EQUAL(s.notices(task.id), "");
  auto done = s.wrap(s.ann, dial.attempt, with_follow_ups(1));
  CAF_REQUIRE(done.has_value());
  CAF_REQUIRE(done->task.has_value());
  CAF_CHECK(done->task->state == task::status::completed);
  CAF_CHECK_EQUAL(s.find(s.ann, task.id).summary, "Booked for Tuesday at three.");
  CAF_CHECK_EQUAL(s.notices(task.id), "call_completed");
  CAF_REQUIRE_EQUAL(done->follow_ups.size(), 1u);
  auto next = s.find(s.ann, done->follow_ups[0]);
  CAF_CHECK(next.parent_call == dial.attempt);
  CAF_CHECK(next.needs_user_confirmation);
  CAF_CHECK(next.state == task::status::pending);
  CAF_CHECK_EQUAL(next.number->reveal(), dial.to.reveal());

  // Told again: the state and the notices stay, the summary is the last one.
  auto other = talk_stage::found();
  other.summary = "Booked, it was said.";
  other.goal_achieved = talk::verdict::no;
  auto again = s.wrap(s.ann, dial.attempt, other, true);
  CAF_REQUIRE(again.has_value());
  CAF_CHECK(again->task->state == task::status::completed);
  CAF_CHECK_EQUAL(s.find(s.ann, task.id).summary, "Booked, it was said.");
  CAF_CHECK_EQUAL(s.notices(task.id), "call_completed");
  CAF_CHECK_EQUAL(
      s.number(
          "select sessions from ringmaster.task_sessions where task_id = '" + to_string(task.id) +
          "'"),
      1);
}

CAF_TEST(a task whose call is wrapped up before its campaign ends is completed once) {
  talk_stage s;
  s.any_hour(s.ann);
  auto task = s.ready(s.ann);
  auto dial = s.talking(s.ann, task.id);
  s.talk_on(dial);
  s.end(dial);
  auto done = s.wrap(s.ann, dial.attempt, talk_stage::found());
  CAF_REQUIRE(done.has_value());
  CAF_CHECK(done->task->state == task::status::completed);
  auto finished = s.finish(s.ann, dial.campaign);
  CAF_REQUIRE(finished.task.has_value());
  CAF_CHECK(finished.task->state == task::status::completed);
  CAF_CHECK_EQUAL(s.find(s.ann, task.id).summary, "Booked for Tuesday at three.");
  CAF_CHECK_EQUAL(s.notices(task.id), "call_completed");
}

CAF_TEST(an earlier call of a task says nothing about a later one) {
  talk_stage s;
  assistant_settings again;
  again.auto_retry_failed_calls = true;
  s.any_hour(s.ann, again);
  auto task = s.ready(s.ann);
  auto first = s.talking(s.ann, task.id);
  s.talk_on(first);
  s.end(first, call::outcome::busy);
  s.finish(s.ann, first.campaign);
  CAF_REQUIRE(s.find(s.ann, task.id).state == task::status::ready_to_call);
  auto second = s.begin(s.ann, task.id);
  CAF_REQUIRE(second != first.campaign);
  CAF_REQUIRE(s.wrap(s.ann, first.attempt, talk_stage::found()).has_value());
  CAF_CHECK(s.find(s.ann, task.id).state == task::status::in_progress);
}

CAF_TEST(a wrapping up that does not come to its end leaves nothing) {
  talk_stage s;
  auto dial = s.talking(s.ann);
  s.talk_on(dial);
  s.end(dial);
  auto cut = s.at_desk(talk_stage::as_engine(s.ann), [&](desk_work& w) -> result<void> {
    auto done = w.conversations().wrap_up(dial.attempt, with_follow_ups(2), "rules", "", false);
    CAF_CHECK(done.has_value());
    return fail(errc::unavailable, "killed");
  });
  CAF_CHECK(!cut);
  CAF_CHECK_EQUAL(s.desk->wrap_ups_due(10)->size(), 1u);
  CAF_CHECK_EQUAL(s.stored("call_values", dial.attempt), 0);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.call_tasks"), 0);
  s.restart(talk_stage::with_region(talk_stage::disclosing()));
  CAF_CHECK_EQUAL(s.desk->wrap_ups_due(10)->size(), 1u);
  CAF_CHECK(s.wrap(s.ann, dial.attempt, with_follow_ups(2))->fresh);
  CAF_CHECK(s.desk->wrap_ups_due(10)->empty());
}

CAF_TEST(a call that goes on or was no conversation is not due) {
  talk_stage s;
  auto live = s.talking(s.ann);
  s.talk_on(live);
  auto rung = s.talking(s.ann);
  s.end(rung);
  CAF_CHECK(s.desk->wrap_ups_due(10)->empty());
  auto none = s.wrap(s.ann, rung.attempt, talk_stage::found());
  CAF_REQUIRE(!none);
  CAF_CHECK(none.error().code == errc::not_found);
  CAF_CHECK(s.view(s.ann, rung.attempt).error().code == errc::not_found);
  CAF_CHECK(s.book(s.ann, [&](call_book& b) { return b.transcript(rung.attempt); })->empty());
}

CAF_TEST(a voicemail is told by its target) {
  talk_stage s;
  auto dial = s.talking(s.ann);
  s.talk_on(dial);
  s.end(dial);
  auto found = talk_stage::found();
  found.who = talk::listener::voicemail;
  CAF_REQUIRE(s.wrap(s.ann, dial.attempt, found).has_value());
  CAF_CHECK_EQUAL(s.text("select call_outcome from ringmaster.targets"), "voicemail");
}

CAF_TEST(a campaign that is removed takes its conversations with it) {
  talk_stage s;
  auto gone = s.talking(s.ann);
  auto kept = s.talking(s.ann);
  for (const auto& dial : {gone, kept}) {
    s.talk_on(dial);
    CAF_REQUIRE(s.book(talk_stage::as_engine(s.ann), [&](call_book& b) {
                   return b.ask_owner(dial.attempt, talk_stage::question(1));
                 }).has_value());
    s.end(dial);
    CAF_REQUIRE(s.wrap(s.ann, dial.attempt, talk_stage::found()).has_value());
  }
  change::steer_campaign cancel;
  cancel.who = s.ann;
  cancel.campaign = gone.campaign;
  cancel.on = campaign::action::cancel;
  CAF_REQUIRE(s.one<campaign_steered>(cancel).has_value());
  CAF_REQUIRE(
      s.at_desk(s.ann, [&](desk_work& w) { return w.delete_campaign(gone.campaign); }).has_value());
  for (const std::string table :
       {"conversations", "call_segments", "call_values", "call_questions"}) {
    CAF_MESSAGE(table);
    CAF_CHECK_EQUAL(s.stored(table, gone.attempt), 0);
    CAF_CHECK(s.stored(table, kept.attempt) > 0);
  }
}

CAF_TEST(reports show nobody the calls of another) {
  talk_stage s;
  auto bob = s.add_user("bob@example.com");
  auto dial = s.talking(s.ann);
  s.talk_on(dial);
  s.end(dial);
  s.any_hour(s.ann);
  s.ready(s.ann);
  CAF_REQUIRE(s.wrap(s.ann, dial.attempt, talk_stage::found()).has_value());
  auto app = s.base->connect(db::purpose::desk, "probe");
  for (const std::string view : {"call_results", "task_sessions"}) {
    auto count = [&](const user_id& user) {
      auto tx = db::transaction::of_user(*app, user);
      return tx.script("select count(*) from " + view)[0].take<std::int64_t>();
    };
    CAF_CHECK(count(s.ann.user) > 0);
    CAF_CHECK_EQUAL(count(bob.user), 0);
    auto tx = db::transaction::bare(*app);
    CAF_CHECK_EQUAL(tx.script("select count(*) from " + view)[0].take<std::int64_t>(), 0);
  }
}
