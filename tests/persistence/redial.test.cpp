#define CAF_SUITE redial

#include <caf/test/unit_test.hpp>

#include <set>

#include "tests/persistence/stage.hpp"

using namespace ringmaster;
using ringmaster::test::stage;

namespace {

struct redial_stage : stage {
  explicit redial_stage(std::size_t targets = 3) : id(running(ann, any_time(), targets)) {}

  /// Dials one target and ends its call so.
  target_id end_one(target::event step, call::outcome outcome) {
    auto dial = ask(ann, id, 1).intents.at(0);
    auto accept = stage::step(dial, attempt::event::accept);
    accept.sid = sid(++calls);
    CAF_REQUIRE(one<attempt_advanced>(accept).has_value());
    auto settle = stage::step(dial, attempt::event::settle);
    settle.target_step = step;
    settle.outcome = outcome;
    settle.call_state = call::status::completed;
    CAF_REQUIRE(one<attempt_advanced>(settle).has_value());
    return dial.target;
  }
  target_id fail_one(call::outcome outcome = call::outcome::busy) {
    return end_one(target::event::give_up, outcome);
  }
  result<target::view> retry(const target_id& t) {
    return at_desk(ann, [&](desk_work& w) { return w.campaigns().retry(id, t); });
  }
  result<target::view> skip(const target_id& t) {
    return at_desk(ann, [&](desk_work& w) { return w.campaigns().skip(id, t); });
  }
  result<redialed> redial(std::vector<call::outcome> outcomes, const std::string& called = "") {
    return at_desk(ann, [&](desk_work& w) { return w.campaigns().redial(id, outcomes, called); });
  }
  std::vector<target::view> targets(const campaign_id& of) {
    return at_desk(ann, [&](desk_work& w) { return w.list_targets(of, {500, 0, {}}, {}); }).value().items;
  }
  std::vector<std::string> actions() {
    auto rows = at_desk(ann, [&](desk_work& w) { return w.campaigns().activity(id, {}); }).value().items;
    std::vector<std::string> list;
    for (const auto& a : rows)
      list.push_back(a.action);
    return list;
  }
  bool counters_are_exact() {
    return number(R"(
      select count(*) from ringmaster.campaign_progress p cross join lateral (
        select count(*) as total, count(*) filter (where status = 'pending') as pending,
               count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'skipped') as skipped
          from ringmaster.targets t where t.campaign_id = p.campaign_id) r
       where (p.total, p.pending, p.failed, p.skipped) is distinct from (r.total, r.pending, r.failed, r.skipped))") == 0;
  }

  campaign_id id;
  int calls = 0;
};

} // namespace

CAF_TEST(a failed target is tried once more by hand and no more often) {
  redial_stage s(1);
  s.number("with u as (update ringmaster.targets set max_attempts = 1 returning 1) select count(*) from u");
  auto t = s.fail_one();
  auto again = s.retry(t);
  CAF_REQUIRE(again.has_value());
  CAF_CHECK(again->state == target::status::pending);
  CAF_CHECK_EQUAL(again->max_attempts, 2);
  CAF_CHECK(s.counters_are_exact());
  CAF_CHECK(s.actions().front() == "target.retry");
  auto twice = s.retry(t);
  CAF_REQUIRE(!twice);
  CAF_CHECK(twice.error().code == errc::wrong_state);
  CAF_CHECK(s.ask(s.ann, s.id, 5).intents.size() == 1u);
  CAF_CHECK(s.ask(s.ann, s.id, 5).intents.empty());
}

CAF_TEST(nothing is tried again while a call of it may still ring) {
  redial_stage s(1);
  auto dial = s.ask(s.ann, s.id, 1).intents.at(0);
  CAF_CHECK(s.retry(dial.target).error().code == errc::wrong_state); // it is being called
  CAF_REQUIRE(s.one<attempt_advanced>(stage::step(dial, attempt::event::lose)).has_value());
  CAF_CHECK(s.retry(dial.target).error().code == errc::wrong_state); // ambiguous
  auto confuse = stage::step(dial, attempt::event::confuse);
  confuse.target_step = target::event::give_up;
  confuse.outcome = call::outcome::unknown;
  CAF_REQUIRE(s.one<attempt_advanced>(confuse).has_value());
  auto refused = s.retry(dial.target);
  CAF_REQUIRE(!refused);
  CAF_CHECK_EQUAL(refused.error().current_status, "failed");
  CAF_CHECK(refused.error().detail.find("still be going on") != std::string::npos);
  // In a set it is left out, and counted.
  auto set = s.at_desk(s.ann, [&](desk_work& w) { return w.campaigns().retry_all(s.id, {}, 100); });
  CAF_REQUIRE(set.has_value());
  CAF_CHECK_EQUAL(set->moved, 0);
  CAF_CHECK_EQUAL(set->left_out, 1);
  // No call waits at the carrier for longer than a day.
  s.number("with u as (update ringmaster.attempts set permit_at = permit_at - interval '25 hours' returning 1) select count(*) from u");
  CAF_CHECK(s.retry(dial.target).has_value());
  CAF_CHECK(s.counters_are_exact());
}

CAF_TEST(a number that is never to be called stays ended) {
  redial_stage s(1);
  auto t = s.fail_one();
  auto number = s.targets(s.id).at(0).number;
  s.at_desk(s.ann, [&](desk_work& w) { return w.add_suppression(number, "asked for it", "api"); });
  CAF_CHECK(s.retry(t).error().code == errc::wrong_state);
  CAF_CHECK(!s.redial({call::outcome::busy}));
}

CAF_TEST(a campaign that is over refuses and names redial) {
  redial_stage s(1);
  auto t = s.fail_one();
  CAF_REQUIRE(s.steer({s.ann.user, "engine", ""}, s.id, campaign::action::finish).has_value());
  auto refused = s.retry(t);
  CAF_REQUIRE(!refused);
  CAF_CHECK_EQUAL(refused.error().current_status, "completed");
  CAF_REQUIRE_EQUAL(refused.error().allowed_transitions.size(), 1u);
  CAF_CHECK_EQUAL(refused.error().allowed_transitions[0], "redial");
}

CAF_TEST(a waiting target is skipped and one that is called is not) {
  redial_stage s(2);
  auto dial = s.ask(s.ann, s.id, 1).intents.at(0);
  auto refused = s.skip(dial.target);
  CAF_REQUIRE(!refused);
  CAF_CHECK_EQUAL(refused.error().current_status, "calling");
  auto waiting = s.targets(s.id);
  for (const auto& t : waiting)
    if (t.state == target::status::pending) {
      auto skipped = s.skip(t.id);
      CAF_REQUIRE(skipped.has_value());
      CAF_CHECK_EQUAL(skipped->reason, "set aside by hand");
      CAF_CHECK(!s.skip(t.id));
      CAF_CHECK(s.retry(t.id).has_value()); // and taken back
    }
  CAF_CHECK(s.counters_are_exact());
  CAF_CHECK(s.skip(target_id{make_uuid7(instant{}, test::test_cluster::get().random())}).error().code == errc::not_found);
}

CAF_TEST(a set is tried again in parts by status and outcome) {
  redial_stage s(5);
  for (int i = 0; i < 3; ++i)
    s.fail_one(call::outcome::busy);
  s.fail_one(call::outcome::no_answer);
  auto part = [&](std::optional<call::outcome> outcome, std::int64_t most) {
    return s.at_desk(s.ann, [&](desk_work& w) {
      return w.campaigns().retry_all(s.id, {target::status::failed, outcome}, most);
    }).value();
  };
  auto first = part(call::outcome::busy, 2);
  CAF_CHECK_EQUAL(first.moved, 2);
  CAF_CHECK(first.more);
  auto second = part(call::outcome::busy, 2);
  CAF_CHECK_EQUAL(second.moved, 1);
  CAF_CHECK(!second.more);
  CAF_CHECK(part({}, 10).moved == 1);
  CAF_CHECK(s.counters_are_exact());
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.audit where action = 'target.retry'"), 4);
}

CAF_TEST(redial makes a draft of those that were not reached) {
  redial_stage s(6);
  s.end_one(target::event::reach, call::outcome::answered);
  auto busy = s.fail_one(call::outcome::busy);
  s.fail_one(call::outcome::no_answer);
  s.end_one(target::event::retry, call::outcome::busy); // this campaign calls it again by itself
  auto made = s.redial({call::outcome::busy, call::outcome::voicemail});
  CAF_REQUIRE(made.has_value());
  CAF_CHECK_EQUAL(made->targets, 1);
  CAF_CHECK(made->made.state == campaign::status::draft);
  CAF_CHECK(made->made.redial_of == s.id);
  CAF_CHECK_EQUAL(made->made.settings.name, "Spring check-up (redial)");
  CAF_CHECK_EQUAL(made->made.settings.script, "Hello");
  CAF_CHECK_EQUAL(made->made.counts.pending, 1);
  auto copied = s.targets(made->made.id);
  CAF_REQUIRE_EQUAL(copied.size(), 1u);
  auto all = s.targets(s.id);
  for (const auto& t : all)
    if (t.id == busy)
      CAF_CHECK(t.number == copied[0].number);
  CAF_CHECK_EQUAL(copied[0].attempt_count, 0);
  CAF_CHECK(s.counters_are_exact());
  CAF_CHECK(s.ask(s.ann, made->made.id, 5).intents.empty()); // a draft dials nothing
  // Canceled, the one that waited is redialed as well.
  CAF_REQUIRE(s.steer(s.ann, s.id, campaign::action::cancel).has_value());
  auto more = s.redial({call::outcome::busy, call::outcome::no_answer}, "Autumn");
  CAF_REQUIRE(more.has_value());
  CAF_CHECK_EQUAL(more->targets, 3);
  CAF_CHECK_EQUAL(more->made.settings.name, "Autumn");
  auto nothing = s.redial({call::outcome::rejected});
  CAF_REQUIRE(!nothing);
  CAF_CHECK(nothing.error().code == errc::invalid);
  // The old campaign may go; its redials stay.
  CAF_CHECK(s.at_desk(s.ann, [&](desk_work& w) -> result<campaign::view> {
    if (auto gone = w.delete_campaign(s.id); !gone)
      return fail(gone.error());
    return w.find_campaign(made->made.id);
  }).value().redial_of == std::nullopt);
}

CAF_TEST(redialed targets keep the order of the list and have ids of their own) {
  redial_stage s(50);
  s.number("with u as (update ringmaster.targets set status = 'calling' returning 1) select count(*) from u");
  s.number("with u as (update ringmaster.targets set status = 'failed', call_outcome = 'busy' returning 1) select count(*) from u");
  s.number("with u as (update ringmaster.campaign_progress set pending = 0, failed = 50 returning 1) select count(*) from u");
  auto made = s.redial({call::outcome::busy});
  CAF_REQUIRE(made.has_value());
  auto before = s.targets(s.id), after = s.targets(made->made.id);
  CAF_REQUIRE_EQUAL(after.size(), 50u);
  std::set<target_id> ids;
  for (std::size_t i = 0; i < 50; ++i) {
    CAF_CHECK(before[i].number == after[i].number);
    CAF_CHECK_EQUAL(after[i].id.value.bytes[6] >> 4, 7);
    CAF_CHECK_EQUAL(after[i].id.value.bytes[8] >> 6, 2);
    ids.insert(after[i].id);
  }
  CAF_CHECK_EQUAL(ids.size(), 50u);
}

CAF_TEST(another user finds neither campaign nor target) {
  redial_stage s(1);
  auto t = s.fail_one();
  auto bob = s.add_user("bob@example.com");
  auto code = [&](auto work) { return s.at_desk(bob, work).error().code; };
  CAF_CHECK(code([&](desk_work& w) { return w.campaigns().retry(s.id, t); }) == errc::not_found);
  CAF_CHECK(code([&](desk_work& w) { return w.campaigns().skip(s.id, t); }) == errc::not_found);
  CAF_CHECK(code([&](desk_work& w) { return w.campaigns().retry_all(s.id, {}, 10); }) == errc::not_found);
  CAF_CHECK(code([&](desk_work& w) { return w.campaigns().redial(s.id, {call::outcome::busy}, ""); }) == errc::not_found);
  CAF_CHECK(code([&](desk_work& w) { return w.campaigns().activity(s.id, {}); }) == errc::not_found);
  CAF_CHECK(code([&](desk_work& w) { return w.campaigns().draw(s.id, {}); }) == errc::not_found);
}

CAF_TEST(activity turns its pages by cursor and leaves out other campaigns) {
  redial_stage s(3);
  std::vector<target_id> ended;
  for (int i = 0; i < 3; ++i)
    ended.push_back(s.fail_one());
  for (const auto& t : ended)
    CAF_REQUIRE(s.retry(t).has_value());
  auto other = s.make_campaign(s.ann, stage::any_time(), stage::rows(1, 900)).id;
  auto its = s.targets(other).at(0).id;
  CAF_REQUIRE(s.at_desk(s.ann, [&](desk_work& w) { return w.campaigns().skip(other, its); }).has_value());
  std::vector<std::string> seen;
  std::string cursor;
  do {
    page_request p;
    p.limit = 2;
    p.cursor = cursor;
    auto page = s.at_desk(s.ann, [&](desk_work& w) { return w.campaigns().activity(s.id, p); });
    CAF_REQUIRE(page.has_value());
    for (const auto& a : page->items)
      seen.push_back(a.action);
    cursor = page->next_cursor;
  } while (!cursor.empty());
  std::vector<std::string> wanted{"target.retry", "target.retry", "target.retry", "campaign.start",
                                  "campaign.add_targets", "campaign.create"};
  CAF_CHECK(seen == wanted);
}

CAF_TEST(the chart counts calls by their time without gaps) {
  redial_stage s(3);
  auto draw = [&](std::chrono::seconds step) {
    chart_request what;
    what.step = step;
    return s.at_desk(s.ann, [&](desk_work& w) { return w.campaigns().draw(s.id, what); }).value();
  };
  CAF_CHECK(draw(std::chrono::seconds(60)).buckets.empty());
  s.fail_one();
  auto dial = s.ask(s.ann, s.id, 1).intents.at(0);
  auto accept = stage::step(dial, attempt::event::accept);
  accept.sid = stage::sid(77);
  CAF_REQUIRE(s.one<attempt_advanced>(accept).has_value());
  CAF_REQUIRE(s.one<callback_recorded>(stage::callback(dial, stage::sid(77), call::status::in_progress, 2)).has_value());
  auto gated = s.ask(s.ann, s.id, 1).intents.at(0);
  auto withdrawn = stage::step(gated, attempt::event::withdraw);
  withdrawn.target_step = target::event::requeue;
  withdrawn.counts = false;
  CAF_REQUIRE(s.one<attempt_advanced>(withdrawn).has_value()); // never a call
  auto total = [](const chart& c) {
    std::pair<std::int64_t, std::int64_t> sum;
    for (const auto& b : c.buckets) {
      sum.first += b.started;
      sum.second += b.answered;
    }
    return sum;
  };
  CAF_CHECK(total(draw(std::chrono::seconds(60))) == std::make_pair(std::int64_t{2}, std::int64_t{1}));
  // The first one was earlier: buckets between, and not more than are drawn.
  s.number(
    "with u as (update ringmaster.attempts set permit_at = permit_at - interval '40 minutes' "
    "where status = 'ended' returning 1) select count(*) from u");
  auto spread = draw(std::chrono::seconds(60));
  CAF_CHECK(spread.buckets.size() >= 40u && spread.buckets.size() <= 42u);
  for (std::size_t i = 1; i < spread.buckets.size(); ++i)
    CAF_CHECK(spread.buckets[i].at - spread.buckets[i - 1].at == std::chrono::seconds(60));
  CAF_CHECK(total(spread) == std::make_pair(std::int64_t{2}, std::int64_t{1}));
  CAF_CHECK(!spread.cut);
  auto cut = draw(std::chrono::seconds(1));
  CAF_CHECK_EQUAL(cut.buckets.size(), 500u);
  CAF_CHECK(cut.cut);
}
