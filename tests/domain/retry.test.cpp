#define CAF_SUITE retry
#include <caf/test/unit_test.hpp>

#include "domain/retry.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using call::outcome;
using ringmaster::testing::at;
using ringmaster::testing::shown;
using namespace std::chrono_literals;

namespace {

const auto now = at("2026-12-01T15:00:00Z");
const retry_delays delays;

std::string verdict(outcome what, int count, int max, const retry_delays& d = delays) {
  auto v = after_call(what, count, max, d, now);
  return std::string{target::to_string(v.step)} + ' ' + shown(v.due_at);
}

} // namespace

CAF_TEST(an answered call reaches the target whatever the count) {
  CAF_CHECK_EQUAL(verdict(outcome::answered, 1, 3), "reach never");
  CAF_CHECK_EQUAL(verdict(outcome::answered, 3, 3), "reach never");
}

CAF_TEST(each outcome waits its own time and never less than the gap) {
  CAF_CHECK_EQUAL(verdict(outcome::busy, 1, 3), "retry 2026-12-01T15:15:00Z"); // 5 min, gap 15
  CAF_CHECK_EQUAL(verdict(outcome::no_answer, 1, 3), "retry 2026-12-01T15:30:00Z");
  CAF_CHECK_EQUAL(verdict(outcome::voicemail, 1, 3), "retry 2026-12-01T19:00:00Z");
  CAF_CHECK_EQUAL(verdict(outcome::failed, 1, 3), "retry 2026-12-01T15:15:00Z");
  auto short_gap = delays;
  short_gap.min_gap = 1s;
  CAF_CHECK_EQUAL(verdict(outcome::busy, 1, 3, short_gap), "retry 2026-12-01T15:05:00Z");
}

CAF_TEST(one cap holds for all outcomes) {
  for (auto what : {outcome::busy, outcome::no_answer, outcome::voicemail, outcome::failed}) {
    CAF_CHECK(after_call(what, 2, 3, delays, now).step == target::event::retry);
    CAF_CHECK_EQUAL(verdict(what, 3, 3), "give_up never");
    CAF_CHECK_EQUAL(verdict(what, 4, 3), "give_up never");
  }
}

CAF_TEST(a call that we canceled is requeued even when it was the last) {
  CAF_CHECK_EQUAL(verdict(outcome::canceled, 1, 3), "requeue never");
  CAF_CHECK_EQUAL(verdict(outcome::canceled, 3, 3), "requeue never");
}

CAF_TEST(an end that nobody knows is never rung again by itself) {
  for (auto what : {outcome::none, outcome::unknown, outcome::rejected})
    CAF_CHECK_EQUAL(verdict(what, 1, 20), "give_up never");
}
