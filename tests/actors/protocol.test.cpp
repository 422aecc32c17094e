#define CAF_SUITE dial_protocol
#include <caf/test/unit_test.hpp>

#include "tests/actors/support/stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using kind = virtual_carrier::fate::kind;

namespace {

struct fixture : stage {
  virtual_carrier::fate how;
  fixture() {
    line.choose = [this](const create_order&) { return how; };
  }
  attempt::status state(const campaign_id& id) { return only_attempt(id).state; }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(protocol_tests, fixture)

CAF_TEST(a running campaign dials each target once and completes by itself) {
  auto id = running(40);
  start();
  elapse(2min);
  CAF_CHECK_EQUAL(line.requests.size(), 40u);
  CAF_CHECK(no_attempt_twice());
  CAF_CHECK_EQUAL(database.count(id).completed, 40);
  CAF_CHECK(database.count(id) == database.recount(id));
  CAF_CHECK(database.campaigns.at(id).brief.state == campaign::status::completed);
}

CAF_TEST(the intent is stored before the wire and the sid after it) {
  running(1);
  start();
  elapse(1min);
  CAF_REQUIRE(database.log.size() >= 3);
  CAF_CHECK_EQUAL(database.log[0], "permit");
  CAF_CHECK_EQUAL(database.log[1], "accept");
  CAF_CHECK_EQUAL(database.log[2], "settle");
}

CAF_TEST(no connection voids the attempt and the target waits again) {
  how.what = kind::unreachable;
  auto id = running(1);
  start();
  elapse(10ms);
  auto all = database.attempts_of(id);
  CAF_REQUIRE(!all.empty());
  CAF_CHECK(all.front().state == attempt::status::voided);
  CAF_CHECK(line.requests.empty());
  CAF_CHECK_EQUAL(database.count(id).attempts, database.count(id).calling);
}

CAF_TEST(a refused number fails its target and leaves the campaign running on) {
  how.what = kind::refused;
  how.code = 21211;
  auto id = running(1);
  start();
  elapse(1s);
  CAF_CHECK(state(id) == attempt::status::rejected);
  CAF_CHECK_EQUAL(database.count(id).failed, 1);
  CAF_CHECK(database.campaigns.at(id).brief.state == campaign::status::completed);
}

CAF_TEST(a wrong caller id pauses the campaign and says why) {
  how.what = kind::refused;
  how.code = 21210;
  auto id = running(500);
  start();
  elapse(10s);
  CAF_CHECK(database.campaigns.at(id).brief.state == campaign::status::paused);
  CAF_CHECK(database.campaigns.at(id).pause_reason.find("caller id") != std::string::npos);
  CAF_CHECK(line.requests.size() <= 128);
  CAF_CHECK_EQUAL(database.count(id).pending, 500);
  CAF_CHECK_EQUAL(counters->campaigns_tripped.load(), 1u);
}

CAF_TEST(refused credentials stop all dialing until a read succeeds later) {
  how.what = kind::refused;
  how.http_status = 401;
  how.code = 20003;
  line.unauthorized = true;
  auto id = running(200);
  start();
  elapse(100s);
  auto before = line.requests.size();
  CAF_CHECK(before <= 128);
  CAF_CHECK(!look().carrier_open);
  CAF_CHECK(why(id).why == permit::refusal::carrier_paused);
  how = {};
  line.unauthorized = false;
  elapse(2min);
  CAF_CHECK_EQUAL(database.count(id).completed, 200);
}

CAF_TEST(a throttled create is void and comes again later) {
  int times = 0;
  line.choose = [&](const create_order&) {
    virtual_carrier::fate f;
    if (times++ < 3)
      f.what = kind::throttled;
    return f;
  };
  auto id = running(1);
  start();
  elapse(2min);
  CAF_CHECK_EQUAL(line.requests.size(), 4u);
  CAF_CHECK(no_attempt_twice());
  CAF_CHECK_EQUAL(database.count(id).completed, 1);
  CAF_CHECK_EQUAL(database.count(id).attempts, 1);
}

CAF_TEST(a call made behind a 500 is bound by its own callback) {
  how.what = kind::made_but_500;
  auto id = running(1);
  start();
  elapse(100ms);
  auto a = only_attempt(id);
  CAF_CHECK(a.state == attempt::status::accepted);
  CAF_CHECK(a.sid == line.calls.begin()->first);
  elapse(1min);
  CAF_CHECK(state(id) == attempt::status::ended);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
}

CAF_TEST(a silent call whose answer was lost is found in the list) {
  how.what = kind::made_but_lost;
  how.callbacks = false;
  auto id = running(1);
  start();
  elapse(1s);
  CAF_CHECK(state(id) == attempt::status::ambiguous);
  elapse(3min);
  CAF_CHECK(state(id) == attempt::status::ended);
  CAF_CHECK_EQUAL(database.count(id).completed, 1);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
}

CAF_TEST(absence counts after two reads and then the target is dialed anew) {
  line.choose = [&](const create_order&) {
    virtual_carrier::fate f;
    if (line.requests.empty())
      f.what = kind::lost;
    return f;
  };
  options.retry.min_gap = 60s;
  auto id = running(1);
  start();
  elapse(80s);
  CAF_CHECK(state(id) == attempt::status::ambiguous);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
  elapse(20min);
  CAF_CHECK_EQUAL(line.requests.size(), 2u);
  CAF_CHECK(no_attempt_twice());
  CAF_CHECK_EQUAL(database.count(id).completed, 1);
  CAF_CHECK_EQUAL(database.count(id).attempts, 1);
}

CAF_TEST(absence in a list that lags behind proves nothing) {
  how.what = kind::made_but_lost;
  how.callbacks = false;
  line.list_lag = 4min;
  auto id = running(1);
  start();
  elapse(3min + 50s);
  CAF_CHECK(state(id) == attempt::status::ambiguous);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
  elapse(2min);
  CAF_CHECK(state(id) == attempt::status::ended);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
}

CAF_TEST(the first absent read is remembered over a restart) {
  how.what = kind::lost;
  auto id = running(1);
  start();
  elapse(70s);
  CAF_REQUIRE(only_attempt(id).first_absent.has_value());
  auto first = *only_attempt(id).first_absent;
  restart();
  elapse(40s);
  CAF_CHECK(only_attempt(id).first_absent == first);
}

CAF_TEST(two calls that may be it need a person) {
  how.what = kind::made_but_lost;
  how.callbacks = false;
  how.life.clear();
  auto id = running(1);
  start();
  drain();
  elapse(10ms);
  create_order twin;
  twin.attempt = attempt_id{make_uuid7(time.now(), random)};
  twin.to = only_attempt(id).what.to;
  twin.from = only_attempt(id).what.from;
  line.place(twin, how);
  elapse(2min);
  CAF_CHECK(state(id) == attempt::status::needs_review);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
  CAF_CHECK_EQUAL(database.count(id).failed, 1);
}

CAF_TEST(an unreadable list keeps the attempt in doubt for a day and never dials again) {
  how.what = kind::lost;
  line.reads_fail = true;
  auto id = running(1);
  start();
  elapse(23h);
  CAF_CHECK(state(id) == attempt::status::ambiguous);
  elapse(2h);
  CAF_CHECK(state(id) == attempt::status::unknown_final);
  CAF_CHECK_EQUAL(line.requests.size(), 1u);
  CAF_CHECK_EQUAL(database.count(id).failed, 1);
}

CAF_TEST(a callback before the answer binds the call and a second one named by the answer is ended) {
  how.answer_after = 2s;
  auto id = running(1);
  start();
  elapse(10ms);
  // The carrier dials twice for one request: the other call shows itself first.
  CAF_REQUIRE_EQUAL(line.calls.size(), 1u);
  auto answered = line.calls.begin()->first;
  line.calls.at(answered).how.callbacks = false;
  create_order twin;
  twin.attempt = only_attempt(id).what.attempt;
  twin.user = user;
  twin.to = only_attempt(id).what.to;
  twin.from = only_attempt(id).what.from;
  auto shown = line.place(twin, {});
  elapse(1s);
  CAF_CHECK(only_attempt(id).sid == shown);
  elapse(1min);
  CAF_CHECK(only_attempt(id).sid == shown);
  CAF_CHECK(line.calls.at(answered).ended_by_us);
  CAF_CHECK(counters->late_calls.load() >= 1u);
  CAF_CHECK(state(id) == attempt::status::ended);
}

CAF_TEST(a call that falls silent is asked for and closed) {
  how.callbacks = false;
  auto id = running(1);
  start();
  elapse(50s);
  CAF_CHECK(state(id) == attempt::status::accepted);
  elapse(2min);
  CAF_CHECK(line.fetches >= 1u);
  CAF_CHECK(state(id) == attempt::status::ended);
  CAF_CHECK_EQUAL(database.count(id).completed, 1);
}

CAF_TEST(a differing final status is stored and the carrier is asked) {
  auto id = running(1);
  start();
  elapse(1min);
  CAF_REQUIRE(state(id) == attempt::status::ended);
  change::record_callback late;
  late.user = user;
  late.attempt = only_attempt(id).what.attempt;
  late.sid = *only_attempt(id).sid;
  late.news = call::status::busy;
  late.sequence = 7;
  line.callback(late);
  elapse(5s);
  CAF_CHECK_EQUAL(line.fetches, 1u);
  CAF_CHECK(only_attempt(id).call_state == call::status::completed);
  CAF_CHECK_EQUAL(counters->callbacks_conflicting.load(), 1u);
}

CAF_TEST(a late call of a voided attempt is hung up) {
  how.connect = 600ms; // the permit is too old when the connection stands
  auto id = running(1);
  start();
  elapse(700ms);
  auto gone = database.attempts_of(id).front();
  CAF_REQUIRE(gone.state == attempt::status::voided);
  CAF_CHECK(line.requests.empty());
  create_order ghost;
  ghost.attempt = gone.what.attempt;
  ghost.user = user;
  ghost.to = gone.what.to;
  ghost.from = gone.what.from;
  auto sid = line.place(ghost, {});
  elapse(5s);
  CAF_CHECK(line.calls.at(sid).ended_by_us);
  CAF_CHECK(counters->late_calls.load() >= 1u);
}

CAF_TEST(an unwritable send mark means no create) {
  marks.broken = true;
  auto id = running(1);
  start();
  elapse(200ms);
  CAF_CHECK(line.requests.empty());
  CAF_CHECK(!database.attempts_of(id).empty());
}

CAF_TEST(a call the carrier would dial after the window is canceled at once) {
  auto b = brief();
  b.end = "10:30:00";
  b.start = "09:00:00";
  how.queue_time = 1h;
  how.life.clear();
  auto id = running(b, 1);
  start();
  elapse(1s);
  CAF_CHECK_EQUAL(line.canceled.size(), 1u);
  auto a = database.attempts_of(id).front();
  CAF_CHECK(a.state == attempt::status::ended);
  CAF_CHECK(a.call_state == call::status::canceled);
}

CAF_TEST_FIXTURE_SCOPE_END()
