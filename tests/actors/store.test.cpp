#define CAF_SUITE store_lane
#include <caf/test/unit_test.hpp>

#include "tests/actors/support/stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;

namespace {

struct fixture : stage {
  attempt_id id;
  int answers = 0;
  int failures = 0;
  fixture() {
    // Two seconds of real dialing give an attempt whose callbacks can be told.
    running(1);
    start();
    elapse(100ms);
    id = database.attempts.begin()->first;
  }
  void tell(std::int32_t sequence, call::status news = call::status::ringing) {
    change::record_callback what;
    what.user = user;
    what.attempt = id;
    what.sid = *database.attempts.at(id).sid;
    what.news = news;
    what.sequence = sequence;
    auto reply = std::make_shared<responder<callback_recorded>>([this](const auto& r) {
      r ? ++answers : ++failures;
    });
    caf::anon_send(life->all->lane_for(id.value), asked_callback{what, reply});
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(store_tests, fixture)

CAF_TEST(what has queued up is made in one transaction and each is answered after it) {
  auto before = database.batches;
  for (int i = 0; i < 100; ++i)
    tell(100 + i);
  CAF_CHECK_EQUAL(answers, 0);
  drain();
  CAF_CHECK_EQUAL(answers, 100);
  CAF_CHECK_EQUAL(database.batches - before, 1u);
  CAF_CHECK_EQUAL(database.largest_batch, 100u);
}

CAF_TEST(a batch has at most 256 changes) {
  auto before = database.batches;
  for (int i = 0; i < 600; ++i)
    tell(100 + i);
  drain();
  CAF_CHECK_EQUAL(answers, 600);
  CAF_CHECK_EQUAL(database.batches - before, 3u);
  CAF_CHECK_EQUAL(database.largest_batch, 256u);
}

CAF_TEST(a bad change fails alone) {
  database.refuse = [](const store_change& c) {
    const auto* one = std::get_if<change::record_callback>(&c);
    return one && one->sequence == 102;
  };
  for (int i = 0; i < 5; ++i)
    tell(100 + i);
  drain();
  CAF_CHECK_EQUAL(answers, 4);
  CAF_CHECK_EQUAL(failures, 1);
}

CAF_TEST(a lane that throws answers unavailable and lives on) {
  database.throws = 1;
  tell(100);
  drain();
  CAF_CHECK_EQUAL(failures, 1);
  tell(101);
  drain();
  CAF_CHECK_EQUAL(answers, 1);
}

CAF_TEST(a callback that is told twice is counted once as fresh) {
  auto before = counters->callbacks_repeated.load();
  tell(100);
  tell(100);
  drain();
  CAF_CHECK_EQUAL(answers, 2);
  CAF_CHECK_EQUAL(counters->callbacks_repeated.load() - before, 1u);
}

CAF_TEST(a callback of an attempt that nobody knows is refused and moves nothing) {
  auto known = id;
  id = attempt_id{make_uuid7(time.now(), random)};
  database.attempts[id].sid = call_sid{"CA00000000000000000000000000000009"};
  database.attempts.erase(id);
  change::record_callback what;
  what.user = user;
  what.attempt = id;
  what.sid = call_sid{"CA00000000000000000000000000000009"};
  what.news = call::status::ringing;
  bool refused = false;
  auto reply = std::make_shared<responder<callback_recorded>>([&](const auto& r) {
    refused = !r && r.error().code == errc::not_found;
  });
  caf::anon_send(life->all->lane_for(id.value), asked_callback{what, reply});
  drain();
  CAF_CHECK(refused);
  CAF_CHECK(database.attempts.contains(known));
}

CAF_TEST_FIXTURE_SCOPE_END()
