#define CAF_SUITE callbacks

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <numeric>

#include "tests/persistence/stage.hpp"

using namespace ringmaster;
using ringmaster::test::stage;

namespace {

// A dialed number whose call the carrier has named.
struct live_call {
  intent dial;
  call_sid sid;
};

live_call make_call(stage& s, const campaign_id& id, int number) {
  auto given = s.ask(s.ann, id, 1);
  live_call call{given.intents.at(0), stage::sid(number)};
  auto accept = stage::step(call.dial, attempt::event::accept);
  accept.sid = call.sid;
  accept.call_state = call::status::queued;
  if (!s.one<attempt_advanced>(accept))
    throw std::runtime_error("accept failed");
  return call;
}

std::string final_row(stage& s, const attempt_id& id) {
  return s.text(
    "select concat_ws('|', sid, status, rank, duration_seconds, answered_by, answered_at is not null, "
    "ended_at is not null) from ringmaster.call_sessions where id = '" + to_string(id) + "'");
}

callback_recorded record(stage& s, change::record_callback cb) {
  auto told = s.one<callback_recorded>(std::move(cb));
  if (!told)
    throw std::runtime_error(told.error().detail);
  return *told;
}

} // namespace

CAF_TEST(a callback advances the session and is stored as it came) {
  stage s;
  auto c = make_call(s, s.running(s.ann, stage::any_time(), 1), 1);
  auto told = record(s, stage::callback(c.dial, c.sid, call::status::ringing, 1));
  CAF_CHECK(told.fresh);
  CAF_CHECK(told.verdict == call::change::advance);
  CAF_CHECK(told.state == call::status::ringing);
  CAF_CHECK(told.attempt == attempt::status::accepted);
  CAF_CHECK(told.bound == c.sid);
  auto again = record(s, stage::callback(c.dial, c.sid, call::status::ringing, 1));
  CAF_CHECK(!again.fresh);
  CAF_CHECK(again.verdict == call::change::repeat);
  auto late = record(s, stage::callback(c.dial, c.sid, call::status::initiated, 0));
  CAF_CHECK(late.fresh);
  CAF_CHECK(late.verdict == call::change::repeat);
  CAF_CHECK(late.state == call::status::ringing);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.webhook_inbox"), 2);
  CAF_CHECK_EQUAL(s.text("select raw from ringmaster.webhook_inbox order by event_key desc limit 1"),
    "CallSid=" + c.sid.value + "&CallStatus=ringing");
}

CAF_TEST(all orders and repetitions of the callbacks of a call end in one row) {
  stage s;
  using enum call::status;
  const std::vector<call::status> news{initiated, ringing, in_progress, completed};
  std::vector<int> order{0, 1, 2, 3};
  auto id = s.running(s.ann, stage::any_time(), 60);
  std::string expected;
  int number = 100;
  int variant = 0;
  do {
    // One by one, two by two with repetitions, and all in one batch, in turn.
    auto c = make_call(s, id, number++);
    std::vector<store_change> all;
    for (int k : order) {
      auto cb = stage::callback(c.dial, c.sid, news[static_cast<std::size_t>(k)], k);
      if (news[static_cast<std::size_t>(k)] == completed) {
        cb.duration_seconds = 42;
        cb.answered_by = "human";
      }
      all.emplace_back(cb);
      if (variant % 2 == 1)
        all.emplace_back(cb);
    }
    std::size_t at_once = variant % 3 == 0 ? 1 : variant % 3 == 1 ? 2 : all.size();
    for (std::size_t i = 0; i < all.size(); i += at_once)
      for (const auto& answer : s.lane->commit(std::span(all).subspan(i, std::min(at_once, all.size() - i))))
        CAF_CHECK(answer.has_value());
    auto row = final_row(s, c.dial.attempt);
    row.erase(0, row.find('|'));
    if (expected.empty())
      expected = row;
    CAF_CHECK_EQUAL(row, expected);
    ++variant;
  } while (std::next_permutation(order.begin(), order.end()));
  CAF_CHECK_EQUAL(expected, "|completed|4|42|human|t|t");
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.webhook_inbox"), 24 * 4);
}

CAF_TEST(the first final status stands and another is a conflict) {
  stage s;
  auto c = make_call(s, s.running(s.ann, stage::any_time(), 1), 1);
  record(s, stage::callback(c.dial, c.sid, call::status::completed, 4));
  auto other = stage::callback(c.dial, c.sid, call::status::failed, 5);
  other.duration_seconds = 9;
  auto told = record(s, other);
  CAF_CHECK(told.fresh);
  CAF_CHECK(told.verdict == call::change::conflict);
  CAF_CHECK(told.state == call::status::completed);
  CAF_CHECK(final_row(s, c.dial.attempt).find("|completed|4||f|t") != std::string::npos);
}

CAF_TEST(a foreign call changes nothing but is on record) {
  stage s;
  auto c = make_call(s, s.running(s.ann, stage::any_time(), 1), 1);
  auto before = final_row(s, c.dial.attempt);
  auto told = record(s, stage::callback(c.dial, stage::sid(2), call::status::completed, 4));
  CAF_CHECK(told.fresh);
  CAF_CHECK(told.bound == c.sid);
  CAF_CHECK(told.verdict == call::change::repeat);
  CAF_CHECK_EQUAL(final_row(s, c.dial.attempt), before);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.webhook_inbox"), 1);
  // Also within a larger batch, where the others are not held back.
  auto d = make_call(s, s.running(s.ann, stage::any_time(), 1, 50), 3);
  std::vector<store_change> batch{
    stage::callback(c.dial, stage::sid(2), call::status::ringing, 2),
    stage::callback(d.dial, d.sid, call::status::ringing, 2),
    stage::callback(c.dial, c.sid, call::status::ringing, 2)};
  auto answers = s.lane->commit(batch);
  CAF_CHECK(std::get<callback_recorded>(*answers[0]).bound == c.sid);
  CAF_CHECK(std::get<callback_recorded>(*answers[1]).verdict == call::change::advance);
  CAF_CHECK(std::get<callback_recorded>(*answers[2]).verdict == call::change::advance);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.webhook_inbox"), 4);
}

CAF_TEST(a signed callback binds its call before the create was answered) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  auto dial = s.ask(s.ann, id, 1).intents.at(0);
  auto told = record(s, stage::callback(dial, stage::sid(7), call::status::initiated, 0));
  CAF_CHECK(told.attempt == attempt::status::intent);
  CAF_CHECK(told.bound == stage::sid(7));
  // The create's own answer comes late, with another call: the binding stands.
  auto accept = stage::step(dial, attempt::event::accept);
  accept.sid = stage::sid(8);
  auto advanced = s.one<attempt_advanced>(accept);
  CAF_REQUIRE(advanced.has_value());
  CAF_CHECK(advanced->bound == stage::sid(7));
  CAF_CHECK(advanced->state == attempt::status::accepted);
  auto sids = std::vector<call_sid>{stage::sid(7), stage::sid(8), stage::sid(9)};
  auto bound = s.lane->bound_among(sids);
  CAF_REQUIRE(bound.has_value());
  CAF_CHECK(*bound == std::vector<call_sid>{stage::sid(7)});
}

CAF_TEST(a callback for an attempt that is gone leaves nothing behind) {
  stage s;
  auto c = make_call(s, s.running(s.ann, stage::any_time(), 1), 1);
  auto lost = stage::callback(c.dial, c.sid, call::status::ringing, 1);
  lost.attempt = make_attempt_id(instant{}, test::test_cluster::get().random(), c.dial.campaign.value);
  auto bob = s.add_user("bob@example.com");
  auto foreign = stage::callback(c.dial, c.sid, call::status::ringing, 1);
  foreign.user = bob.user;
  std::vector<store_change> batch{lost, stage::callback(c.dial, c.sid, call::status::ringing, 1), foreign};
  auto answers = s.lane->commit(batch);
  CAF_CHECK(!answers[0] && answers[0].error().code == errc::not_found);
  CAF_CHECK(answers[1].has_value());
  CAF_CHECK(!answers[2] && answers[2].error().code == errc::not_found);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.webhook_inbox"), 1);
}

CAF_TEST(bodies with any bytes are stored and spoil nothing) {
  stage s;
  auto c = make_call(s, s.running(s.ann, stage::any_time(), 1), 1);
  const std::vector<std::string> bodies{
    "a'b\"c\\d{e},NULL; drop table ringmaster.campaigns; --", std::string("nul\0byte", 8), "\x1fsep\x1f",
    "\xff\xfe broken", "", "%1f+é"};
  std::vector<store_change> batch;
  int sequence = 10;
  for (const auto& body : bodies) {
    auto cb = stage::callback(c.dial, c.sid, call::status::ringing, sequence++);
    cb.raw = body;
    batch.emplace_back(cb);
  }
  for (const auto& answer : s.lane->commit(batch))
    CAF_CHECK(answer.has_value());
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.webhook_inbox"), 6);
  auto stored = [&](int n) {
    return s.text("select raw from ringmaster.webhook_inbox order by event_key offset " + std::to_string(n) + " limit 1");
  };
  CAF_CHECK_EQUAL(stored(0), bodies[0]);
  CAF_CHECK_EQUAL(stored(1), "nul%00byte");
  CAF_CHECK_EQUAL(stored(2), "%1fsep%1f");
  CAF_CHECK_EQUAL(stored(3), "%ff%fe broken");
  CAF_CHECK_EQUAL(stored(4), "");
  CAF_CHECK_EQUAL(stored(5), bodies[5]);
}

CAF_TEST(one change that the database refuses fails alone) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 3);
  auto c = make_call(s, id, 1);
  auto bad = stage::callback(c.dial, c.sid, call::status::completed, 9);
  // A session without room for such a duration.
  bad.duration_seconds = 5;
  auto admin = test::test_cluster::get().connect_admin(s.name);
  admin.execute("alter table ringmaster.call_sessions add constraint no_five check (duration_seconds <> 5)");
  auto d = make_call(s, id, 2);
  std::vector<store_change> batch{
    stage::callback(c.dial, c.sid, call::status::ringing, 1), bad,
    stage::callback(d.dial, d.sid, call::status::ringing, 1)};
  auto answers = s.lane->commit(batch);
  CAF_CHECK(answers[0].has_value());
  CAF_CHECK(!answers[1]);
  CAF_CHECK(answers[2].has_value());
  CAF_CHECK(final_row(s, c.dial.attempt).find("|ringing|2|") != std::string::npos);
  CAF_CHECK(final_row(s, d.dial.attempt).find("|ringing|2|") != std::string::npos);
}

CAF_TEST(the answer request learns what the answer depends on) {
  stage s;
  auto draft = stage::any_time();
  draft.script = "Good day";
  auto rows = stage::rows(1);
  rows[0].contact_name = "Zoë O'Hara";
  auto view = s.make_campaign(s.ann, draft, rows);
  CAF_REQUIRE(s.steer(s.ann, view.id, campaign::action::start).has_value());
  auto c = make_call(s, view.id, 1);
  change::open_call open{stage::callback(c.dial, c.sid, call::status::in_progress, 3)};
  open.callback.kind = "voice";
  auto opened = s.one<call_opened>(open);
  CAF_REQUIRE(opened.has_value());
  CAF_CHECK(opened->campaign == view.id);
  CAF_CHECK(opened->owner == campaign::status::running);
  CAF_CHECK_EQUAL(opened->script, "Good day");
  CAF_CHECK_EQUAL(opened->contact_name, "Zoë O'Hara");
  CAF_CHECK_EQUAL(opened->days.size(), 7u);
  CAF_CHECK(opened->recorded.state == call::status::in_progress);
}

CAF_TEST(what the carrier said when asked is stored without a body and alone in its batch) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 2);
  int number = 900;
  // With and without what the quick way of storing does not know.
  for (const char* answered_by : {"", "human"}) {
    auto c = make_call(s, id, ++number);
    auto cb = stage::callback(c.dial, c.sid, call::status::canceled, 0);
    cb.kind = "poll";
    cb.raw.clear();
    cb.answered_by = answered_by;
    auto told = record(s, std::move(cb));
    CAF_CHECK(told.fresh);
    CAF_CHECK(told.state == call::status::canceled);
  }
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.webhook_inbox where raw = ''"), 2);
}
