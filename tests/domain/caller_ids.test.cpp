#define CAF_SUITE caller_ids
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "domain/caller_ids.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using ringmaster::testing::at;
using ringmaster::testing::shown;

namespace {

caller_id from(const char* number, std::int64_t calls_today = 0, const char* country = "US") {
  return {
      phone_number::from_canonical(number), country, calls_today, at("2026-11-24T05:00:00Z"), true};
}

callee_place to(const char* number) {
  return locate_callee(phone_number::from_canonical(number), "US");
}

const auto new_york = "+12125550100";
const auto buffalo = "+17165550100";
const auto miami = "+13055550100";
const auto chicago = "+13125550100";
const auto london = "+442079460100";

std::string chosen(
    const std::vector<caller_id>& pool, const caller_policy& policy, const char* callee,
    std::optional<std::string> last = std::nullopt, std::uint64_t turn = 0) {
  auto before = last ? std::optional(phone_number::from_canonical(*last)) : std::nullopt;
  auto c = choose_caller(pool, policy, to(callee), before, turn);
  return c.chosen ? pool[*c.chosen].number.reveal() : c.reason + " " + shown(c.next_at);
}

} // namespace

CAF_TEST(equals take turns) {
  std::vector<caller_id> pool{from(new_york), from(miami), from(chicago)};
  CAF_CHECK_EQUAL(chosen(pool, {}, "+14155550123", {}, 0), new_york);
  CAF_CHECK_EQUAL(chosen(pool, {}, "+14155550123", {}, 1), miami);
  CAF_CHECK_EQUAL(chosen(pool, {}, "+14155550123", {}, 2), chicago);
  CAF_CHECK_EQUAL(chosen(pool, {}, "+14155550123", {}, 3), new_york);
}

CAF_TEST(the number with the fewest calls comes first) {
  std::vector<caller_id> pool{from(new_york, 4), from(miami, 2), from(chicago, 3)};
  CAF_CHECK_EQUAL(chosen(pool, {}, "+14155550123"), miami);
}

CAF_TEST(a target keeps its number) {
  std::vector<caller_id> pool{from(new_york), from(miami, 9)};
  CAF_CHECK_EQUAL(chosen(pool, {}, "+14155550123", miami), miami);
  CAF_CHECK_EQUAL(chosen(pool, {stickiness::off, false, {}}, "+14155550123", miami), new_york);
  // A number that has left the pool is no longer kept.
  CAF_CHECK_EQUAL(chosen(pool, {stickiness::only, false, {}}, "+14155550123", chicago), new_york);
  pool[1].usable = false;
  CAF_CHECK_EQUAL(chosen(pool, {stickiness::only, false, {}}, "+14155550123", miami), new_york);
}

CAF_TEST(a kept number that is used up gives way or holds as the policy says) {
  std::vector<caller_id> pool{from(new_york, 1), from(miami, 5)};
  CAF_CHECK_EQUAL(chosen(pool, {stickiness::prefer, false, 5}, "+14155550123", miami), new_york);
  CAF_CHECK_EQUAL(
      chosen(pool, {stickiness::only, false, 5}, "+14155550123", miami),
      "The caller id of this target has made its calls of the day. 2026-11-24T05:00:00Z");
  CAF_CHECK_EQUAL(chosen(pool, {stickiness::only, false, 6}, "+14155550123", miami), miami);
}

CAF_TEST(the nearest area code comes first if asked for) {
  std::vector<caller_id> pool{
      from(london, 0, "GB"), from(chicago), from(miami), from(buffalo), from(new_york, 7)};
  caller_policy nearest{stickiness::prefer, true, {}};
  CAF_CHECK_EQUAL(chosen(pool, nearest, "+12125550123"), new_york); // the same code
  CAF_CHECK_EQUAL(chosen(pool, nearest, "+15185550123"), buffalo);  // the same state, fewer calls
  CAF_CHECK_EQUAL(chosen(pool, nearest, "+14045550123"), miami);    // a clock in common
  CAF_CHECK_EQUAL(chosen(pool, nearest, "+12145550123"), chicago);
  CAF_CHECK_EQUAL(chosen(pool, nearest, "+14155550123"), chicago); // the country only
  CAF_CHECK_EQUAL(distance_of(pool[0], to("+14155550123")), 4);
  CAF_CHECK_EQUAL(chosen(pool, {}, "+12125550123"), london); // not asked for
}

CAF_TEST(none free is no call with its reason) {
  CAF_CHECK_EQUAL(chosen({}, {}, "+14155550123"), "The campaign has no number to call from. never");
  std::vector<caller_id> pool{from(new_york, 5), from(miami, 6)};
  pool[1].day_ends_at = at("2026-11-24T06:00:00Z");
  CAF_CHECK_EQUAL(
      chosen(pool, {stickiness::prefer, false, 5}, "+14155550123"),
      "Every caller id has made its calls of the day. 2026-11-24T05:00:00Z");
  for (auto& c : pool)
    c.usable = false;
  CAF_CHECK_EQUAL(chosen(pool, {}, "+14155550123"), "No number to call from can be used. never");
}

CAF_TEST(no number is chosen beyond its cap) {
  CAF_CHECK(rc::check("a chosen number is usable and below its cap", [] {
    std::vector<caller_id> pool;
    const char* numbers[] = {new_york, buffalo, miami, chicago, "+442079460100"};
    for (const auto* n : numbers)
      if (*rc::gen::arbitrary<bool>()) {
        pool.push_back(from(n, *rc::gen::inRange(0, 6)));
        pool.back().usable = *rc::gen::inRange(0, 4) != 0;
      }
    caller_policy policy{
        static_cast<stickiness>(*rc::gen::inRange(0, 3)), *rc::gen::arbitrary<bool>(), 4};
    auto last = *rc::gen::arbitrary<bool>() ? std::optional(phone_number::from_canonical(miami))
                                            : std::nullopt;
    auto c = choose_caller(
        pool, policy, to("+12125550123"), last,
        static_cast<std::uint64_t>(*rc::gen::inRange(0, 9)));
    auto free = [](const caller_id& x) { return x.usable && x.calls_today < 4; };
    if (c.chosen)
      RC_ASSERT((*c.chosen < pool.size() && free(pool[*c.chosen])));
    else
      RC_ASSERT(
          (!c.reason.empty() &&
           (policy.sticky == stickiness::only || std::none_of(pool.begin(), pool.end(), free))));
  }));
}
