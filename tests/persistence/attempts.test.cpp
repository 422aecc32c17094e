#define CAF_SUITE attempts

#include <caf/test/unit_test.hpp>

#include <rapidcheck.h>

#include "tests/persistence/stage.hpp"

using namespace ringmaster;
using ringmaster::test::stage;
using namespace std::chrono_literals;

CAF_TEST(an accepted attempt is bound to its call and told about) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  auto dial = s.ask(s.ann, id, 1).intents.at(0);
  auto accept = stage::step(dial, attempt::event::accept);
  accept.sid = stage::sid(1);
  accept.call_state = call::status::queued;
  auto told = s.one<attempt_advanced>(accept);
  CAF_REQUIRE(told.has_value());
  CAF_CHECK(told->state == attempt::status::accepted);
  CAF_CHECK(told->bound == stage::sid(1));
  CAF_CHECK(told->call_state == call::status::queued);
  // Saying it again asks how things stand, and writes nothing.
  auto again = s.one<attempt_advanced>(accept);
  CAF_REQUIRE(again.has_value());
  CAF_CHECK(again->state == attempt::status::accepted);
  CAF_CHECK_EQUAL(again->counts.calling, 1);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.audit where action = 'attempt.accept'"), 1);
  // Two accepts in one batch are the same.
  std::vector<store_change> twice{accept, accept};
  for (const auto& answer : s.lane->commit(twice))
    CAF_CHECK(answer.has_value());
}

CAF_TEST(a settled call ends its target and a repetition changes nothing) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  auto dial = s.ask(s.ann, id, 1).intents.at(0);
  auto accept = stage::step(dial, attempt::event::accept);
  accept.sid = stage::sid(1);
  auto settle = stage::step(dial, attempt::event::settle);
  settle.call_state = call::status::completed;
  settle.target_step = target::event::reach;
  settle.outcome = call::outcome::answered;
  // Both in one batch: the second builds on the first.
  std::vector<store_change> both{accept, settle};
  auto answers = s.lane->commit(both);
  CAF_REQUIRE(answers[1].has_value());
  auto told = std::get<attempt_advanced>(*answers[1]);
  CAF_CHECK(told.state == attempt::status::ended);
  CAF_CHECK_EQUAL(told.counts.completed, 1);
  CAF_CHECK_EQUAL(told.counts.calling, 0);
  auto again = s.one<attempt_advanced>(settle);
  CAF_REQUIRE(again.has_value());
  CAF_CHECK_EQUAL(again->counts.completed, 1);
  CAF_CHECK_EQUAL(s.text("select call_outcome from ringmaster.targets"), "answered");
  auto finish = s.steer(s.ann, id, campaign::action::finish);
  CAF_REQUIRE(finish.has_value());
  CAF_CHECK(finish->view.completed_at.has_value());
}

CAF_TEST(a retry waits until it is due) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  auto dial = s.ask(s.ann, id, 1).intents.at(0);
  auto accept = stage::step(dial, attempt::event::accept);
  accept.sid = stage::sid(1);
  auto settle = stage::step(dial, attempt::event::settle);
  settle.target_step = target::event::retry;
  settle.target_due_at = s.lane->database_time().value() + 1h;
  settle.outcome = call::outcome::busy;
  std::vector<store_change> both{accept, settle};
  s.lane->commit(both);
  auto asked = s.ask(s.ann, id, 1);
  CAF_CHECK(asked.intents.empty());
  CAF_CHECK(asked.next_at == settle.target_due_at);
  CAF_CHECK_EQUAL(asked.counts.pending, 1);
  CAF_CHECK(!s.steer(s.ann, id, campaign::action::finish));
}

CAF_TEST(an ambiguous attempt holds its number and its target) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  auto dial = s.ask(s.ann, id, 1).intents.at(0);
  auto lost = s.one<attempt_advanced>(stage::step(dial, attempt::event::lose));
  CAF_REQUIRE(lost.has_value());
  CAF_CHECK_EQUAL(lost->counts.calling, 1);
  auto doubtful = s.lane->doubtful_attempts();
  CAF_REQUIRE(doubtful.has_value());
  CAF_REQUIRE_EQUAL(doubtful->size(), 1u);
  CAF_CHECK(doubtful->at(0).state == attempt::status::ambiguous);
  auto time = s.lane->database_time().value();
  CAF_CHECK(s.lane->note_absent_read(s.ann.user, dial.attempt, time).has_value());
  CAF_CHECK(s.lane->note_absent_read(s.ann.user, dial.attempt, time + 1h).has_value());
  CAF_CHECK(s.lane->find_attempt(s.ann.user, dial.attempt)->first_absent_read == time);
  auto absent = stage::step(dial, attempt::event::absent);
  absent.target_step = target::event::requeue;
  absent.counts = false;
  auto gone = s.one<attempt_advanced>(absent);
  CAF_REQUIRE(gone.has_value());
  CAF_CHECK_EQUAL(gone->counts.pending, 1);
  CAF_CHECK_EQUAL(s.ask(s.ann, id, 1).intents.size(), 1u);
}

CAF_TEST(a step from a state that has none is refused) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  auto dial = s.ask(s.ann, id, 1).intents.at(0);
  auto settle = s.one<attempt_advanced>(stage::step(dial, attempt::event::settle));
  CAF_REQUIRE(!settle);
  CAF_CHECK(settle.error().code == errc::wrong_state);
  auto unknown = stage::step(dial, attempt::event::accept);
  unknown.user = s.add_user("bob@example.com").user;
  auto absent = s.one<attempt_advanced>(unknown);
  CAF_REQUIRE(!absent);
  CAF_CHECK(absent.error().code == errc::not_found);
}

CAF_TEST(a call that turns up for a voided attempt is on record and changes no target) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  auto dial = s.ask(s.ann, id, 1).intents.at(0);
  auto back = stage::step(dial, attempt::event::withdraw);
  back.target_step = target::event::requeue;
  back.counts = false;
  CAF_REQUIRE(s.one<attempt_advanced>(back).has_value());
  auto told = s.one<callback_recorded>(stage::callback(dial, stage::sid(1), call::status::initiated, 0));
  CAF_REQUIRE(told.has_value());
  CAF_CHECK(told->attempt == attempt::status::voided);
  auto accept = stage::step(dial, attempt::event::accept);
  accept.sid = stage::sid(1);
  auto proven = s.one<attempt_advanced>(accept);
  CAF_REQUIRE(proven.has_value());
  CAF_CHECK(proven->state == attempt::status::ended);
  CAF_CHECK_EQUAL(proven->counts.pending, 1);
  // The number is free for the next attempt all the while.
  CAF_CHECK_EQUAL(s.ask(s.ann, id, 1).intents.size(), 1u);
}

CAF_TEST(accepted calls are listed in pages by id) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 5);
  int number = 0;
  for (const auto& dial : s.ask(s.ann, id, 5).intents) {
    auto accept = stage::step(dial, attempt::event::accept);
    accept.sid = stage::sid(++number);
    CAF_REQUIRE(s.one<attempt_advanced>(accept).has_value());
  }
  attempt_id after{};
  std::size_t seen = 0;
  for (;;) {
    auto page = s.lane->accepted_attempts(after, 2);
    CAF_REQUIRE(page.has_value());
    if (page->empty())
      break;
    for (const auto& brief : *page) {
      CAF_CHECK(after < brief.what.attempt);
      after = brief.what.attempt;
      ++seen;
    }
  }
  CAF_CHECK_EQUAL(seen, 5u);
}

CAF_TEST(the database refuses what the tables of steps refuse) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  s.ask(s.ann, id, 1);
  auto admin = test::test_cluster::get().connect_admin(s.name);
  auto allowed = [&](const std::string& table, std::string_view from, std::string_view to) {
    auto set = [&](std::string_view status) {
      admin.execute("update ringmaster." + table + " set status = '" + std::string(status) + "'");
    };
    admin.execute("alter table ringmaster." + table + " disable trigger user");
    set(from);
    admin.execute("alter table ringmaster." + table + " enable trigger user");
    try {
      set(to);
      return true;
    } catch (const db::failure& why) {
      CAF_CHECK_EQUAL(std::string(why.what_kind == db::trouble::check ? "" : why.what()), std::string());
      return false;
    }
  };
  auto compare = [&](const std::string& table, auto first, auto last, const auto& rules) {
    using status = decltype(first);
    for (int f = static_cast<int>(first); f <= static_cast<int>(last); ++f)
      for (int t = static_cast<int>(first); t <= static_cast<int>(last); ++t) {
        auto from = static_cast<status>(f), to = static_cast<status>(t);
        bool known = f == t;
        for (const auto& rule : rules)
          known = known || (rule.from == from && rule.to == to);
        auto label = table + ": " + std::string(to_string(from)) + " > " + std::string(to_string(to));
        CAF_CHECK_EQUAL(std::make_pair(label, allowed(table, to_string(from), to_string(to))), std::make_pair(label, known));
      }
  };
  compare("campaigns", campaign::status::draft, campaign::status::canceled, campaign::rules);
  compare("targets", target::status::pending, target::status::skipped, target::rules);
  compare("attempts", attempt::status::intent, attempt::status::unknown_final, attempt::rules);
}

CAF_TEST(counters equal a recount after any sequence of operations) {
  stage s;
  auto draft = stage::any_time();
  draft.max_concurrent_calls = 20;
  std::vector<campaign_id> ids{s.running(s.ann, draft, 40), s.running(s.ann, draft, 40, 20)};
  std::vector<intent> live;
  int number = 0;
  auto recount = [&] {
    return s.number(R"(
      select count(*) from ringmaster.campaign_progress p cross join lateral (
        select count(*) as total, count(*) filter (where status = 'pending') as pending,
               count(*) filter (where status = 'calling') as calling, count(*) filter (where status = 'completed') as completed,
               count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'skipped') as skipped,
               coalesce(sum(attempt_count), 0) as attempts
          from ringmaster.targets t where t.campaign_id = p.campaign_id) r
       where (p.total, p.pending, p.calling, p.completed, p.failed, p.skipped, p.attempts)
             is distinct from (r.total, r.pending, r.calling, r.completed, r.failed, r.skipped, r.attempts)
          or p.calling <> (select count(*) from ringmaster.attempts a where a.campaign_id = p.campaign_id and a.live))")
      + s.number(R"(
      select count(*) from ringmaster.attempts a join ringmaster.call_sessions c using (user_id, id)
       where a.status <> c.attempt_status)");
  };
  CAF_CHECK(rc::check("random batches", [&] {
    std::vector<store_change> batch;
    auto size = *rc::gen::inRange(1, 8);
    for (int i = 0; i < size; ++i) {
      if (live.empty() || *rc::gen::inRange(0, 3) == 0) {
        change::ask_permits ask;
        ask.user = s.ann.user;
        ask.campaign = ids[*rc::gen::inRange<std::size_t>(0, 2)];
        ask.wanted = *rc::gen::inRange<std::uint32_t>(1, 5);
        batch.emplace_back(ask);
        continue;
      }
      const auto& dial = live[*rc::gen::inRange<std::size_t>(0, live.size())];
      auto on = static_cast<attempt::event>(*rc::gen::inRange(0, 8));
      auto step = stage::step(dial, on);
      if (on == attempt::event::accept)
        step.sid = stage::sid(++number);
      if (on != attempt::event::accept && on != attempt::event::lose) {
        bool no_call = on == attempt::event::withdraw || on == attempt::event::absent;
        step.target_step = no_call ? target::event::requeue
                                   : *rc::gen::element(target::event::reach, target::event::retry, target::event::give_up);
        step.counts = !no_call;
      }
      batch.emplace_back(step);
    }
    for (auto& answer : s.lane->commit(batch)) {
      if (!answer) {
        // A conflict: a call is found for an attempt under review, whose number was dialed again.
        RC_ASSERT(answer.error().code == errc::wrong_state || answer.error().code == errc::conflict);
        continue;
      }
      if (auto* given = std::get_if<permits>(&*answer))
        live.insert(live.end(), given->intents.begin(), given->intents.end());
    }
    RC_ASSERT(recount() == 0);
  }));
  CAF_CHECK_EQUAL(recount(), 0);
  CAF_CHECK(live.size() > 20);
}
