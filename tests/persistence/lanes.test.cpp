#define CAF_SUITE lanes

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <thread>

#include <caf/test/unit_test.hpp>

#include "tests/persistence/stage.hpp"

using namespace ringmaster;
using ringmaster::test::stage;

namespace {

constexpr std::size_t campaigns = 8;
constexpr std::size_t targets = 150;

change::advance_attempt accepted(const intent& dial, int number) {
  auto what = stage::step(dial, attempt::event::accept);
  what.sid = stage::sid(number);
  what.call_state = call::status::queued;
  return what;
}

change::advance_attempt settled(const intent& dial) {
  auto what = stage::step(dial, attempt::event::settle);
  what.call_state = call::status::completed;
  what.target_step = target::event::reach;
  what.outcome = call::outcome::answered;
  return what;
}

} // namespace

CAF_TEST(two lanes that write for the same campaigns wait for each other in a line) {
  stage s;
  std::vector<campaign_id> ids;
  for (std::size_t i = 0; i < campaigns; ++i)
    ids.push_back(s.running(s.ann, stage::any_time(), targets, i * targets));
  std::array<std::unique_ptr<lane_store>, 2> lanes{std::move(s.lane), s.base->lane()};
  std::map<campaign_id, std::size_t> permits_in; // a campaign's attempts go through the other
  for (std::size_t i = 0; i < campaigns; ++i)
    permits_in[ids[i]] = i % 2;
  // Both lanes at the same time give permits for half of the campaigns and settle the calls of the
  // other half, in another order every time.
  std::vector<intent> dialed, fresh;
  std::size_t failed = 0;
  int number = 0;
  std::mt19937 order(7);
  for (int round = 0; round == 0 || !fresh.empty(); ++round) {
    CAF_REQUIRE(round < 100);
    std::array<std::vector<store_change>, 2> batches;
    std::shuffle(ids.begin(), ids.end(), order);
    std::shuffle(fresh.begin(), fresh.end(), order);
    for (const auto& dial : fresh) {
      auto& batch = batches[1 - permits_in[dial.campaign]];
      batch.emplace_back(accepted(dial, ++number));
      batch.emplace_back(settled(dial));
    }
    for (const auto& id : ids) {
      change::ask_permits ask;
      ask.user = s.ann.user;
      ask.campaign = id;
      ask.wanted = 7;
      batches[permits_in[id]].emplace_back(ask);
    }
    std::array<std::vector<result<store_answer>>, 2> answers;
    std::thread beside([&] { answers[1] = lanes[1]->commit(batches[1]); });
    answers[0] = lanes[0]->commit(batches[0]);
    beside.join();
    fresh.clear();
    for (auto& list : answers)
      for (auto& answer : list) {
        failed += !answer.has_value();
        if (auto* given = answer ? std::get_if<permits>(&*answer) : nullptr)
          fresh.insert(fresh.end(), given->intents.begin(), given->intents.end());
      }
    dialed.insert(dialed.end(), fresh.begin(), fresh.end());
  }
  CAF_CHECK_EQUAL(failed, 0u);
  CAF_CHECK_EQUAL(dialed.size(), campaigns * targets);
  // What was counted is what stands there; a batch that met a deadlock would have been repeated,
  // and the server would have counted it (a connection reports at its end).
  for (auto& lane : lanes)
    lane.reset();
  CAF_CHECK_EQUAL(s.number(R"(
    select count(*) from ringmaster.campaign_progress p cross join lateral (
      select count(*) as all_of_them from ringmaster.targets t
       where t.campaign_id = p.campaign_id and t.status = 'completed') t
     where p.completed <> t.all_of_them or p.completed <> 150)"), 0);
  CAF_CHECK_EQUAL(s.number("select deadlocks from pg_stat_database where datname = current_database()"), 0);
}

CAF_TEST(what was known before is found by the plain steps and read) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 3);
  auto dials = s.ask(s.ann, id, 3).intents;
  CAF_REQUIRE_EQUAL(dials.size(), 3u);
  // One call has shown itself already under another name, one under its own, one not at all.
  s.one<callback_recorded>(stage::callback(dials[0], stage::sid(90), call::status::ringing, 1));
  s.one<callback_recorded>(stage::callback(dials[1], stage::sid(2), call::status::in_progress, 1));
  std::vector<store_change> accepts;
  for (int i = 0; i < 3; ++i)
    accepts.emplace_back(accepted(dials[static_cast<std::size_t>(i)], i + 1));
  auto answers = s.lane->commit(accepts);
  std::vector<attempt_advanced> told;
  for (auto& answer : answers) {
    CAF_REQUIRE(answer.has_value());
    told.push_back(std::get<attempt_advanced>(*answer));
    CAF_CHECK(told.back().state == attempt::status::accepted);
  }
  CAF_CHECK(told[0].bound == stage::sid(90));
  CAF_CHECK(told[0].call_state == call::status::ringing);
  CAF_CHECK(told[1].bound == stage::sid(2));
  CAF_CHECK(told[1].call_state == call::status::in_progress);
  CAF_CHECK(told[2].bound == stage::sid(3));
  CAF_CHECK(told[2].call_state == call::status::queued);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.audit where action = 'attempt.accept'"), 3);
  // A settlement whose target has gone on without it, in a batch with one whose has not.
  auto admin = test::test_cluster::get().connect_admin(s.name);
  admin.execute("update ringmaster.targets set last_call = gen_random_uuid() where id = '" + to_string(dials[0].target) + "'");
  std::vector<store_change> ends{settled(dials[0]), settled(dials[1])};
  answers = s.lane->commit(ends);
  for (auto& answer : answers) {
    CAF_REQUIRE(answer.has_value());
    auto end = std::get<attempt_advanced>(*answer);
    CAF_CHECK(end.state == attempt::status::ended);
    CAF_CHECK_EQUAL(end.counts.completed, 1);
    CAF_CHECK_EQUAL(end.counts.calling, 2);
  }
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.attempts where status = 'ended' and outcome = 'answered'"), 2);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.call_sessions where attempt_status = 'ended' and ended_at is not null"), 2);
}

CAF_TEST(the trail of an attempt is found by its id) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 2);
  auto dials = s.ask(s.ann, id, 2).intents;
  std::vector<store_change> life{accepted(dials[0], 1), settled(dials[0]), accepted(dials[1], 2)};
  for (const auto& answer : s.lane->commit(life))
    CAF_REQUIRE(answer.has_value());
  auto actions = [&](const std::string& subject, const page_request& p) {
    std::vector<std::string> list;
    auto trail = s.at_desk(s.ann, [&](desk_work& w) { return w.list_audit(p, subject); });
    CAF_REQUIRE(trail.has_value());
    for (const auto& row : trail->items)
      list.push_back(row.action);
    return std::make_pair(list, trail->next_cursor);
  };
  page_request two;
  two.limit = 2;
  auto [newest, more] = actions(to_string(dials[0].attempt), two);
  CAF_CHECK(newest == (std::vector<std::string>{"attempt.settle", "attempt.accept"}));
  two.cursor = more;
  auto [oldest, end] = actions(to_string(dials[0].attempt), two);
  CAF_CHECK(oldest == std::vector<std::string>{"attempt.permit"});
  CAF_CHECK(end.empty());
  auto [steps, unused] = actions(to_string(id), {});
  CAF_CHECK_EQUAL(steps.front(), "campaign.start");
}
