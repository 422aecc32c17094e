#define CAF_SUITE feed
#include <caf/test/unit_test.hpp>

#include <algorithm>

#include "tests/actors/support/stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;

namespace {

struct fixture : stage {
  std::vector<feed_entry> seen;
  bool wants_more = true;
  fixture() { start(); }
  void follow(const user_id& who, std::uint64_t after = 0, std::uint64_t epoch = 0) {
    follow_feed f;
    f.epoch = epoch;
    f.user = who;
    f.after = after;
    f.deliver = std::make_shared<std::function<bool(const feed_entry&)>>([this](const feed_entry& e) {
      seen.push_back(e);
      return wants_more;
    });
    caf::anon_send(life->all->feed, f);
  }
  void say(const user_id& who, int n) {
    for (int i = 0; i < n; ++i)
      caf::anon_send(life->all->feed, notice{who, "call", std::to_string(i), "{}"});
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(feed_tests, fixture)

CAF_TEST(a follower hears of its own user only) {
  auto other = user_id{make_uuid7(time.now(), random)};
  follow(user);
  say(user, 2);
  say(other, 3);
  drain();
  CAF_CHECK_EQUAL(seen.size(), 2u);
  for (const auto& e : seen)
    CAF_CHECK(e.what.user == user);
}

CAF_TEST(a late follower gets what it missed and goes on after a known place) {
  say(user, 10);
  drain();
  follow(user, 7);
  drain();
  CAF_CHECK_EQUAL(seen.size(), 3u);
  CAF_CHECK_EQUAL(seen.front().seq, 8u);
}

CAF_TEST(the last 4096 are remembered) {
  say(user, 5'000);
  drain();
  follow(user);
  drain();
  CAF_CHECK_EQUAL(seen.size(), 4096u);
  CAF_CHECK_EQUAL(seen.back().seq, 5000u);
}

CAF_TEST(a follower that wants no more hears no more) {
  follow(user);
  wants_more = false;
  say(user, 5);
  drain();
  CAF_CHECK_EQUAL(seen.size(), 1u);
}

CAF_TEST(the life of a call is told) {
  follow(user);
  running(1);
  restart();
  follow(user);
  elapse(1min);
  CAF_CHECK(std::any_of(seen.begin(), seen.end(), [](const feed_entry& e) {
    return e.what.kind == "call" && e.what.data.find(R"("status":"ringing")") != std::string::npos;
  }));
}

CAF_TEST(a place of an earlier run is told apart and nothing is replayed) {
  follow(user);
  say(user, 3);
  drain();
  auto old = seen.back();
  seen.clear();
  elapse(1s);
  restart();
  say(user, 5);
  drain();
  follow(user, old.seq, old.epoch);
  drain();
  CAF_REQUIRE(seen.size() == 1);
  CAF_CHECK(seen.front().what.kind == "reset");
  CAF_CHECK(seen.front().epoch != old.epoch);
  CAF_CHECK(seen.front().seq == 5);
  say(user, 1);
  drain();
  CAF_REQUIRE(seen.size() == 2);
  CAF_CHECK(seen.back().seq == 6);
  CAF_CHECK(seen.back().epoch == seen.front().epoch);
}

CAF_TEST(a place of this run is replayed as long as it is remembered) {
  say(user, 1);
  drain();
  follow(user);
  drain();
  auto first = seen.back();
  wants_more = false;
  say(user, 1);
  drain();
  wants_more = true;
  seen.clear();
  follow(user, first.seq, first.epoch);
  drain();
  CAF_REQUIRE(seen.size() == 1);
  CAF_CHECK(seen.front().what.kind == "call");
  CAF_CHECK(seen.front().seq == first.seq + 1);
  wants_more = false;
  say(user, 5'000);
  drain();
  wants_more = true;
  seen.clear();
  follow(user, first.seq, first.epoch);
  drain();
  CAF_REQUIRE(seen.size() == 1);
  CAF_CHECK(seen.front().what.kind == "reset");
}

CAF_TEST(a place that was never reached in this run is not believed) {
  say(user, 1);
  follow(user);
  drain();
  auto epoch = seen.back().epoch;
  seen.clear();
  follow(user, 7, epoch);
  drain();
  CAF_REQUIRE(seen.size() == 1);
  CAF_CHECK(seen.front().what.kind == "reset");
}

CAF_TEST_FIXTURE_SCOPE_END()
