#define CAF_SUITE breaker
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "domain/breaker.hpp"
#include "domain/ports.hpp"

using namespace ringmaster;
using namespace std::chrono_literals;

namespace {

struct counting_random : random_source {
  std::uint64_t n = 0;
  std::uint64_t next() override { return n += 0x9e3779b97f4a7c15ULL; }
};

struct fixture {
  counting_random random;
  breaker door{breaker::settings{}};
  breaker::moment now{1h};

  void fail(int times) {
    for (int i = 0; i < times; ++i)
      door.fail(now, random);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(breaker_tests, fixture)

CAF_TEST(a closed breaker lets everything through) {
  for (int i = 0; i < 100; ++i)
    CAF_CHECK(door.admit(now));
}

CAF_TEST(four failures in a row leave it closed and the fifth opens it) {
  fail(4);
  CAF_CHECK(door.admit(now));
  fail(1);
  CAF_CHECK(!door.admit(now));
  CAF_CHECK(door.read(now) == breaker::state::open);
}

CAF_TEST(a success between failures starts the count anew) {
  fail(4);
  door.succeed();
  fail(4);
  CAF_CHECK(door.admit(now));
}

CAF_TEST(after the wait exactly one probe goes) {
  fail(5);
  CAF_CHECK(door.next_at() >= now + 500ms);
  CAF_CHECK(door.next_at() <= now + 1s);
  now = door.next_at();
  CAF_CHECK(door.read(now) == breaker::state::half_open);
  CAF_CHECK(door.admit(now));
  CAF_CHECK(!door.admit(now));
}

CAF_TEST(a probe that was not sent leaves room for the next) {
  fail(5);
  now = door.next_at();
  CAF_CHECK(door.admit(now));
  door.withdraw();
  CAF_CHECK(door.admit(now));
}

CAF_TEST(a successful probe closes it) {
  fail(5);
  now = door.next_at();
  CAF_CHECK(door.admit(now));
  door.succeed();
  CAF_CHECK(door.admit(now));
  CAF_CHECK(door.admit(now));
}

CAF_TEST(each failed probe doubles the wait up to the cap) {
  fail(5);
  auto longest = breaker::moment{0};
  for (int i = 0; i < 12; ++i) {
    now = door.next_at();
    CAF_REQUIRE(door.admit(now));
    door.fail(now, random);
    auto wait = door.next_at() - now;
    CAF_CHECK(wait <= 30s);
    longest = std::max(longest, wait);
  }
  CAF_CHECK(longest >= 15s);
}

CAF_TEST(late failures of requests that left before do not prolong the wait) {
  fail(5);
  auto until = door.next_at();
  now += 100ms;
  fail(20);
  CAF_CHECK(door.next_at() == until);
}

CAF_TEST(a throttled request closes the door for the time the carrier names) {
  door.throttle(now, 7s, random);
  CAF_CHECK(door.read(now) == breaker::state::throttled);
  CAF_CHECK(!door.admit(now + 6999ms));
  CAF_CHECK(door.admit(now + 7s));
  CAF_CHECK(door.admit(now + 7s));
}

CAF_TEST(a retry after beyond the cap is cut to it) {
  door.throttle(now, 3600s, random);
  CAF_CHECK(door.next_at() == now + 30s);
}

CAF_TEST(throttling without a named time doubles from 100 ms to 30 s) {
  auto shortest = 50ms;
  for (int i = 0; i < 15; ++i) {
    door.throttle(now, std::nullopt, random);
    auto wait = door.next_at() - now;
    CAF_CHECK(wait >= std::min<breaker::moment>(shortest, 15s));
    CAF_CHECK(wait <= 30s);
    shortest *= 2;
    now = door.next_at();
  }
}

CAF_TEST(throttled answers that come together count once) {
  door.throttle(now, std::nullopt, random);
  auto until = door.next_at();
  for (int i = 0; i < 30; ++i)
    door.throttle(now, std::nullopt, random);
  CAF_CHECK(door.next_at() == until);
}

CAF_TEST_FIXTURE_SCOPE_END()
