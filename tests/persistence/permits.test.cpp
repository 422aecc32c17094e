#define CAF_SUITE permits

#include <caf/test/unit_test.hpp>

#include <algorithm>

#include "tests/persistence/stage.hpp"

using namespace ringmaster;
using ringmaster::test::stage;
using namespace std::chrono_literals;

CAF_TEST(a permit writes the attempt and its session and the counters) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 3);
  auto given = s.ask(s.ann, id, 2);
  CAF_REQUIRE_EQUAL(given.intents.size(), 2u);
  CAF_CHECK(given.why == permit::refusal::none);
  CAF_CHECK_EQUAL(given.counts.pending, 1);
  CAF_CHECK_EQUAL(given.counts.calling, 2);
  CAF_CHECK_EQUAL(given.counts.attempts, 2);
  const auto& first = given.intents[0];
  CAF_CHECK_EQUAL(first.attempt_number, 1);
  CAF_CHECK(first.from != given.intents[1].from);
  CAF_CHECK_EQUAL(lane_of(first.attempt.value, 7), lane_of(id.value, 7));
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.attempts where status = 'intent' and live"), 2);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.call_sessions where status is null"), 2);
  CAF_CHECK_EQUAL(s.number("select sum(granted)::bigint from ringmaster.permits"), 2);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.audit where action = 'attempt.permit'"), 2);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.targets where status = 'calling' and last_call is not null"), 2);
  auto found = s.lane->find_attempt(s.ann.user, first.attempt);
  CAF_REQUIRE(found.has_value());
  CAF_CHECK(found->what.to == first.to);
  CAF_CHECK(found->what.permit_at == first.permit_at);
  CAF_CHECK_EQUAL(found->what.max_attempts, 3);
}

CAF_TEST(targets are taken in the order of the upload) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 5);
  auto given = s.ask(s.ann, id, 3);
  CAF_REQUIRE_EQUAL(given.intents.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i)
    CAF_CHECK_EQUAL(given.intents[i].to.reveal(), "+1415" + std::to_string(5'000'000 + i));
}

CAF_TEST(more than there are gives what there is and says why) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 2);
  auto given = s.ask(s.ann, id, 10);
  CAF_CHECK_EQUAL(given.intents.size(), 2u);
  CAF_CHECK(given.why == permit::refusal::no_target_due);
  auto again = s.ask(s.ann, id, 10);
  CAF_CHECK(again.intents.empty());
  CAF_CHECK(again.why == permit::refusal::no_target_due);
}

CAF_TEST(a campaign that does not run gets nothing) {
  stage s;
  auto view = s.make_campaign(s.ann, stage::any_time(), stage::rows(1));
  CAF_CHECK(s.ask(s.ann, view.id, 1).why == permit::refusal::not_running);
  CAF_CHECK(s.steer(s.ann, view.id, campaign::action::start).has_value());
  CAF_CHECK(s.steer(s.ann, view.id, campaign::action::pause).has_value());
  CAF_CHECK(s.ask(s.ann, view.id, 1).why == permit::refusal::not_running);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.attempts"), 0);
}

CAF_TEST(a closed window gives nothing and names the next opening) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  // Closes the window behind the running campaign: an hour that is never now.
  auto hour = s.number("select ((extract(hour from now() at time zone 'UTC')::int + 3) % 24)::bigint");
  char start[16], end[16];
  std::snprintf(start, sizeof start, "%02d:00:00", static_cast<int>(hour));
  std::snprintf(end, sizeof end, "%02d:30:00", static_cast<int>(hour));
  auto admin = test::test_cluster::get().connect_admin(s.name);
  admin.execute(std::string("update ringmaster.campaigns set timezone = 'UTC', allowed_call_start_time = '")
                + start + "', allowed_call_end_time = '" + end + "'");
  auto given = s.ask(s.ann, id, 1);
  CAF_CHECK(given.intents.empty());
  CAF_CHECK(given.why == permit::refusal::window_closed);
  CAF_REQUIRE(given.next_at.has_value());
  CAF_CHECK(*given.next_at > given.decided_at);
  auto view = s.at_desk(s.ann, [&](desk_work& w) { return w.find_campaign(id); });
  CAF_CHECK_EQUAL(view->wait_reason, permit::describe(permit::refusal::window_closed));
}

CAF_TEST(settings that cannot be read mean no call) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  auto admin = test::test_cluster::get().connect_admin(s.name);
  admin.execute("update ringmaster.campaigns set timezone = 'Mars/Olympus'");
  CAF_CHECK(s.ask(s.ann, id, 1).why == permit::refusal::settings_broken);
}

CAF_TEST(the global stop gives nothing) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  change::ask_permits ask;
  ask.user = s.ann.user;
  ask.campaign = id;
  ask.stopped = true;
  auto answer = s.one<permits>(ask);
  CAF_CHECK(answer->why == permit::refusal::stopped);
}

CAF_TEST(suppressed numbers are skipped and replaced by others) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 6);
  auto kept = s.at_desk(s.ann, [&](desk_work& w) -> result<void> {
    for (int i : {0, 1, 2})
      if (auto added = w.add_suppression(
            phone_number::from_canonical("+1415" + std::to_string(5'000'000 + i)), "asked", "user");
          !added)
        return fail(added.error());
    return {};
  });
  CAF_REQUIRE(kept.has_value());
  auto given = s.ask(s.ann, id, 3);
  CAF_CHECK_EQUAL(given.intents.size(), 3u);
  CAF_CHECK_EQUAL(given.counts.skipped, 3);
  CAF_CHECK_EQUAL(given.counts.pending, 0);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.targets where status = 'skipped' and reason = 'suppressed'"), 3);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.audit where action = 'target.skip'"), 3);
}

CAF_TEST(the list of the installation binds every user) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  auto admin = test::test_cluster::get().connect_admin(s.name);
  admin.execute("insert into ringmaster.suppressed_everywhere (phone_number) values ('+14155000000')");
  auto given = s.ask(s.ann, id, 1);
  CAF_CHECK(given.intents.empty());
  CAF_CHECK_EQUAL(given.counts.skipped, 1);
}

CAF_TEST(a destination that is not allowed fails with its reason) {
  stage s;
  auto rows = stage::rows(1);
  rows[0].number.country = "JM";
  auto view = s.make_campaign(s.ann, stage::any_time(), rows);
  CAF_REQUIRE(s.steer(s.ann, view.id, campaign::action::start).has_value());
  auto given = s.ask(s.ann, view.id, 1);
  CAF_CHECK(given.intents.empty());
  CAF_CHECK_EQUAL(given.counts.failed, 1);
  CAF_CHECK_EQUAL(s.text("select reason from ringmaster.targets"), "destination");
}

CAF_TEST(one number is not rung twice at the same time) {
  stage s;
  auto one = s.running(s.ann, stage::any_time(), 1);
  auto two = s.running(s.ann, stage::any_time(), 1);
  // Both in one batch, then again one after the other.
  change::ask_permits a, b;
  a.user = b.user = s.ann.user;
  a.campaign = one;
  b.campaign = two;
  std::vector<store_change> both{a, b};
  auto answers = s.lane->commit(both);
  auto given = std::get<permits>(*answers[0]).intents.size() + std::get<permits>(*answers[1]).intents.size();
  CAF_CHECK_EQUAL(given, 1u);
  CAF_CHECK(s.ask(s.ann, one, 1).intents.empty());
  CAF_CHECK(s.ask(s.ann, two, 1).intents.empty());
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.attempts"), 1);
  // The waiting one is due again later, so that it is not looked at all the time.
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.targets where reason = 'number_busy' and due_at > now()"), 1);
}

CAF_TEST(another user may ring the same number) {
  stage s;
  auto bob = s.add_user("bob@example.com");
  auto one = s.running(s.ann, stage::any_time(), 1);
  auto two = s.running(bob, stage::any_time(), 1);
  CAF_CHECK_EQUAL(s.ask(s.ann, one, 1).intents.size(), 1u);
  CAF_CHECK_EQUAL(s.ask(bob, two, 1).intents.size(), 1u);
  CAF_CHECK_EQUAL(s.ask(bob, two, 1).counts.calling, 1);
  // And nobody gets permits for what is another's.
  change::ask_permits ask;
  ask.user = bob.user;
  ask.campaign = one;
  std::vector<store_change> list{ask};
  auto answers = s.lane->commit(list);
  CAF_REQUIRE(!answers[0]);
  CAF_CHECK(answers[0].error().code == errc::not_found);
}

CAF_TEST(the least gap between two calls to a number holds over all campaigns) {
  auto gate = test::open_gate();
  gate.callee.min_gap = 15min;
  stage s(gate);
  auto one = s.running(s.ann, stage::any_time(), 1);
  auto given = s.ask(s.ann, one, 1);
  CAF_REQUIRE_EQUAL(given.intents.size(), 1u);
  auto gone = s.step(given.intents[0], attempt::event::accept);
  gone.sid = stage::sid(1);
  CAF_REQUIRE(s.one<attempt_advanced>(gone).has_value());
  auto settle = s.step(given.intents[0], attempt::event::settle);
  settle.target_step = target::event::reach;
  settle.outcome = call::outcome::answered;
  CAF_REQUIRE(s.one<attempt_advanced>(settle).has_value());
  auto two = s.running(s.ann, stage::any_time(), 1);
  auto waits = s.ask(s.ann, two, 1);
  CAF_CHECK(waits.intents.empty());
  CAF_REQUIRE(waits.next_at.has_value());
  CAF_CHECK(*waits.next_at >= given.intents[0].permit_at + 15min);
}

CAF_TEST(an attempt that made no call leaves no gap) {
  auto gate = test::open_gate();
  gate.callee.min_gap = 15min;
  stage s(gate);
  auto id = s.running(s.ann, stage::any_time(), 1);
  auto given = s.ask(s.ann, id, 1);
  auto back = s.step(given.intents[0], attempt::event::withdraw);
  back.target_step = target::event::requeue;
  back.counts = false;
  auto advanced = s.one<attempt_advanced>(back);
  CAF_REQUIRE(advanced.has_value());
  CAF_CHECK_EQUAL(advanced->counts.attempts, 0);
  auto again = s.ask(s.ann, id, 1);
  CAF_REQUIRE_EQUAL(again.intents.size(), 1u);
  CAF_CHECK_EQUAL(again.intents[0].attempt_number, 1);
}

CAF_TEST(live calls never exceed the concurrency of the campaign) {
  stage s;
  auto draft = stage::any_time();
  draft.max_concurrent_calls = 2;
  auto id = s.running(s.ann, draft, 5);
  auto given = s.ask(s.ann, id, 5);
  CAF_CHECK_EQUAL(given.intents.size(), 2u);
  CAF_CHECK(given.why == permit::refusal::concurrency);
  CAF_CHECK(s.ask(s.ann, id, 1).intents.empty());
}

CAF_TEST(the limits hold exactly over a restart and over any batch size) {
  stage s;
  auto draft = stage::any_time();
  draft.limits.per_minute = 10;
  draft.limits.per_hour = 25;
  auto id = s.running(s.ann, draft, 200);
  std::size_t given = 0;
  for (std::uint32_t wanted : {3u, 4u, 64u, 1u})
    given += s.ask(s.ann, id, wanted).intents.size();
  CAF_CHECK_EQUAL(given, 10u);
  s.restart();
  auto refused = s.ask(s.ann, id, 5);
  CAF_CHECK(refused.intents.empty());
  CAF_CHECK(refused.why == permit::refusal::rate_per_minute);
  CAF_REQUIRE(refused.next_at.has_value());
  // Time passes by moving the log into the past.
  auto admin = test::test_cluster::get().connect_admin(s.name);
  auto minute_passes = [&] {
    admin.execute("update ringmaster.permits set at = at - interval '60.6 seconds'");
    admin.execute("update ringmaster.campaign_progress set last_permit_at = last_permit_at - interval '60.6 seconds'");
  };
  minute_passes();
  CAF_CHECK_EQUAL(s.ask(s.ann, id, 64).intents.size(), 10u);
  minute_passes();
  auto last = s.ask(s.ann, id, 64);
  CAF_CHECK_EQUAL(last.intents.size(), 5u);
  CAF_CHECK(last.why == permit::refusal::rate_per_hour);
  // The rule itself, over every pair of permits that the log knows.
  CAF_CHECK_EQUAL(s.number("select max(n) from ringmaster.permits"), 25);
}

CAF_TEST(a limit on the hour alone holds in one go) {
  stage s;
  auto draft = stage::any_time();
  draft.limits.per_hour = 5;
  auto id = s.running(s.ann, draft, 20);
  auto given = s.ask(s.ann, id, 20);
  CAF_CHECK_EQUAL(given.intents.size(), 5u);
  CAF_CHECK(given.why == permit::refusal::rate_per_hour);
}

CAF_TEST(permits never go back in time) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 4);
  s.ask(s.ann, id, 1);
  // The clock was an hour ahead when the last permit was given.
  auto admin = test::test_cluster::get().connect_admin(s.name);
  admin.execute("update ringmaster.campaign_progress set last_permit_at = now() + interval '1 hour'");
  auto given = s.ask(s.ann, id, 1);
  CAF_REQUIRE_EQUAL(given.intents.size(), 1u);
  CAF_CHECK(given.intents[0].permit_at > given.decided_at + 59min);
}

CAF_TEST(an engine that was taken over gets no permit) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 2);
  auto admin = test::test_cluster::get().connect_admin(s.name);
  admin.execute("update ringmaster.engine_state set epoch = epoch + 1");
  auto given = s.ask(s.ann, id, 1);
  CAF_CHECK(given.intents.empty());
  CAF_CHECK(given.why == permit::refusal::stale_instance);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.attempts"), 0);
}

CAF_TEST(a second engine on the same database is refused) {
  stage s;
  auto second = test::test_cluster::get().open(s.name, test::open_gate());
  CAF_REQUIRE(!second);
  CAF_CHECK(second.error().code == errc::conflict);
  // A command beside it is welcome, but has no lane that dials.
  auto visitor = test::test_cluster::get().open(s.name, test::open_gate(), database::entry::visitor);
  CAF_REQUIRE(visitor.has_value());
  auto id = s.running(s.ann, stage::any_time(), 1);
  change::ask_permits ask;
  ask.user = s.ann.user;
  ask.campaign = id;
  std::vector<store_change> list{ask};
  auto answers = (*visitor)->lane()->commit(list);
  CAF_CHECK(std::get<permits>(*answers[0]).why == permit::refusal::stale_instance);
}

CAF_TEST(a stop in the same batch wins over the permit) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 2);
  change::ask_permits ask;
  ask.user = s.ann.user;
  ask.campaign = id;
  change::steer_campaign pause;
  pause.who = s.ann;
  pause.campaign = id;
  pause.on = campaign::action::pause;
  std::vector<store_change> list{ask, pause};
  auto answers = s.lane->commit(list);
  CAF_CHECK(std::get<permits>(*answers[0]).why == permit::refusal::not_running);
  CAF_CHECK(std::get<campaign_steered>(*answers[1]).view.state == campaign::status::paused);
}

CAF_TEST(many campaigns in one batch each get their share) {
  stage s;
  std::vector<store_change> list;
  std::vector<campaign_id> ids;
  for (std::size_t i = 0; i < 30; ++i) {
    change::ask_permits ask;
    ask.user = s.ann.user;
    ask.campaign = s.running(s.ann, stage::any_time(), 3, i * 10);
    ask.wanted = 2;
    list.emplace_back(ask);
  }
  for (const auto& answer : s.lane->commit(list)) {
    const auto& given = std::get<permits>(*answer);
    CAF_CHECK_EQUAL(given.intents.size(), 2u);
    CAF_CHECK_EQUAL(given.counts.pending, 1);
  }
}

CAF_TEST(one campaign asked twice in one batch gives each its own) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 3);
  change::ask_permits ask;
  ask.user = s.ann.user;
  ask.campaign = id;
  ask.wanted = 2;
  std::vector<store_change> list{ask, ask};
  auto answers = s.lane->commit(list);
  CAF_CHECK_EQUAL(std::get<permits>(*answers[0]).intents.size(), 2u);
  CAF_CHECK_EQUAL(std::get<permits>(*answers[1]).intents.size(), 1u);
  CAF_CHECK_EQUAL(s.number("select max(n) from ringmaster.permits"), 3);
}
