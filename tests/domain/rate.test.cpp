#define CAF_SUITE rate
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "domain/rate.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using ringmaster::testing::at;
using namespace std::chrono;
using namespace std::chrono_literals;

namespace {

const auto noon = at("2026-11-23T12:00:00Z");

/// The permits of one campaign, with the two looks back that the log asks for.
class history {
 public:
  explicit history(rate_limits limits) : limits_(limits) {}

  log_verdict ask(std::uint32_t wanted, instant now) const {
    auto minute = back(limits_.per_minute, wanted);
    auto hour = back(limits_.per_hour, wanted);
    return read_log(limits_, minute, hour, wanted, now);
  }
  void give(std::uint32_t n, instant now) { permits_.insert(permits_.end(), n, now); }
  const std::vector<instant>& permits() const { return permits_; }

 private:
  std::vector<std::optional<instant>> back(std::optional<std::uint32_t> n, std::uint32_t wanted) const {
    std::vector<std::optional<instant>> out;
    for (std::size_t k = 0; n && k < std::min(wanted, *n); ++k) {
      auto place = permits_.size() + k;
      out.push_back(place >= *n ? std::optional{permits_[place - *n]} : std::nullopt);
    }
    return out;
  }

  rate_limits limits_;
  std::vector<instant> permits_;
};

/// The most instants in any half-open span of this length.
std::size_t densest(std::vector<instant> times, microseconds period) {
  std::sort(times.begin(), times.end());
  std::size_t most = 0;
  for (std::size_t first = 0, end = 0; first < times.size(); ++first) {
    while (end < times.size() && times[end] - times[first] < period)
      ++end;
    most = std::max(most, end - first);
  }
  return most;
}

std::string shown(const log_verdict& v) {
  return std::to_string(v.granted) + ' ' + (v.limit.empty() ? "-" : std::string{v.limit}) + ' '
         + ringmaster::testing::shown(v.next_at);
}

/// Dials as fast as pacer and log together let a campaign with endless work; every look at the
/// clock comes late by up to `lateness`.
std::vector<instant> run(rate_limits limits, microseconds length, microseconds lateness, std::uint64_t seed) {
  history log(limits);
  auto interval = pace_of(limits);
  pacer pace(interval, burst_of(interval));
  std::mt19937_64 random(seed);
  auto now = noon;
  while (now < noon + length) {
    auto wanted = pace.due(now, 64);
    auto next = pace.next_at(now);
    if (wanted > 0) {
      auto v = log.ask(wanted, now);
      log.give(v.granted, now);
      pace.take(now, v.granted);
      next = v.granted < wanted ? std::max(*v.next_at, now) : pace.next_at(now);
    }
    now = std::max(next, now + 1us)
          + microseconds{static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(lateness.count() + 1))};
  }
  return log.permits();
}

} // namespace

// -- the exact log ----------------------------------------------------------------------------------

CAF_TEST(without limits everything is granted) {
  CAF_CHECK_EQUAL(shown(read_log({}, {}, {}, 64, noon)), "64 - never");
}

CAF_TEST(a young campaign is granted up to its limit at once) {
  history log({10, std::nullopt});
  CAF_CHECK_EQUAL(shown(log.ask(10, noon)), "10 - never");
  CAF_CHECK_EQUAL(shown(log.ask(11, noon)), "10 per_minute 2026-11-23T12:01:00.500000Z");
}

CAF_TEST(the permit after the limit waits a period and the age of a permit) {
  history log({2, std::nullopt});
  log.give(1, noon);
  log.give(1, noon + 10s);
  CAF_CHECK_EQUAL(shown(log.ask(1, noon + 60'499'999us)), "0 per_minute 2026-11-23T12:01:00.500000Z");
  CAF_CHECK_EQUAL(shown(log.ask(1, noon + 60'500ms)), "1 - never");
  CAF_CHECK_EQUAL(shown(log.ask(2, noon + 60'500ms)), "1 per_minute 2026-11-23T12:01:10.500000Z");
}

CAF_TEST(the later of two limits decides) {
  history log({1, 2});
  log.give(1, noon);
  CAF_CHECK_EQUAL(shown(log.ask(1, noon + 1s)), "0 per_minute 2026-11-23T12:01:00.500000Z");
  log.give(1, noon + 61s);
  CAF_CHECK_EQUAL(shown(log.ask(1, noon + 62s)), "0 per_hour 2026-11-23T13:00:00.500000Z");
}

CAF_TEST(a limit of zero and a history that is not told grant nothing) {
  CAF_CHECK_EQUAL(shown(read_log({0, std::nullopt}, {}, {}, 1, noon)), "0 per_minute never");
  CAF_CHECK_EQUAL(shown(read_log({5, std::nullopt}, {}, {}, 1, noon)), "0 per_minute never");
  std::vector<std::optional<instant>> one(1);
  CAF_CHECK_EQUAL(shown(read_log({5, std::nullopt}, one, {}, 3, noon)), "1 per_minute never");
}

CAF_TEST(a clock that was set back only slows) {
  history log({1, std::nullopt});
  log.give(1, noon);
  CAF_CHECK_EQUAL(shown(log.ask(1, noon - 3600s)), "0 per_minute 2026-11-23T12:01:00.500000Z");
}

CAF_TEST(no span of a minute or an hour ever holds more dials than allowed) {
  CAF_CHECK(rc::check("the log is exact for every half-open span", [] {
    rate_limits limits;
    if (*rc::gen::inRange(0, 4) != 0)
      limits.per_minute = *rc::gen::inRange(1, 30);
    if (*rc::gen::inRange(0, 4) != 0)
      limits.per_hour = *rc::gen::inRange(1, 200);
    history log(limits);
    std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
    auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random() % n); };
    std::vector<instant> dials;
    auto now = noon;
    for (int i = 0; i < 600; ++i) {
      auto wanted = static_cast<std::uint32_t>(1 + below(12));
      auto v = log.ask(wanted, now);
      RC_ASSERT(v.granted <= wanted);
      log.give(v.granted, now);
      for (std::uint32_t k = 0; k < v.granted; ++k)
        dials.push_back(now + microseconds{below(500'000)});
      // Greedy half of the time: the next ask comes at the first instant that is promised.
      if (v.next_at && below(2) == 0) {
        RC_ASSERT(*v.next_at > now);
        now = *v.next_at;
        RC_ASSERT(log.ask(1, now).granted == 1u);
      } else {
        now += microseconds{below(20'000'000)};
      }
    }
    if (limits.per_minute)
      RC_ASSERT(densest(dials, 60s) <= *limits.per_minute);
    if (limits.per_hour)
      RC_ASSERT(densest(dials, 3600s) <= *limits.per_hour);
  }));
}

CAF_TEST(the promised instant is the first one) {
  CAF_CHECK(rc::check("a microsecond before the promise nothing is given", [] {
    auto n = static_cast<std::uint32_t>(*rc::gen::inRange(1, 20));
    history log({n, std::nullopt});
    auto now = noon;
    for (std::uint32_t i = 0; i < n; ++i) {
      now += milliseconds{*rc::gen::inRange(0, 3000)};
      log.give(1, now);
    }
    auto v = log.ask(1, now);
    RC_ASSERT(v.granted == 0u);
    RC_ASSERT(v.next_at.has_value());
    RC_ASSERT(log.ask(1, *v.next_at - 1us).granted == 0u);
    RC_ASSERT(log.ask(1, *v.next_at).granted == 1u);
  }));
}

// -- pacing -----------------------------------------------------------------------------------------

CAF_TEST(the pace is the slower of the two limits) {
  CAF_CHECK(pace_of({}) == 0us);
  CAF_CHECK(pace_of({1, std::nullopt}) == 60'500ms);
  CAF_CHECK(pace_of({10, std::nullopt}) == 6'050ms);
  CAF_CHECK(pace_of({60, 600}) == 6'000'834us);
  CAF_CHECK(pace_of({600, 36'000}) == 100'834us);
  CAF_CHECK(pace_of({std::nullopt, 3600}) == 1'000'139us);
}

CAF_TEST(without a limit every dial is due) {
  pacer free;
  CAF_CHECK_EQUAL(free.due(noon, 64), 64u);
  free.take(noon, 64);
  CAF_CHECK_EQUAL(free.due(noon, 64), 64u);
  CAF_CHECK(free.next_at(noon) == noon);
}

CAF_TEST(dials are due one by one) {
  pacer pace(6s);
  CAF_CHECK_EQUAL(pace.due(noon, 10), 1u);
  pace.take(noon, 1);
  CAF_CHECK_EQUAL(pace.due(noon, 10), 0u);
  CAF_CHECK(pace.next_at(noon) == noon + 6s);
  CAF_CHECK_EQUAL(pace.due(noon + 6s - 1us, 10), 0u);
  CAF_CHECK_EQUAL(pace.due(noon + 6s, 10), 1u);
}

CAF_TEST(asking does not take) {
  pacer pace(6s);
  CAF_CHECK_EQUAL(pace.due(noon, 1), 1u);
  CAF_CHECK_EQUAL(pace.due(noon, 1), 1u);
}

CAF_TEST(one late dial does not make the later ones late) {
  pacer pace(6s);
  pace.take(noon, 1);
  CAF_CHECK_EQUAL(pace.due(noon + 8s, 10), 1u);
  pace.take(noon + 8s, 1);
  CAF_CHECK(pace.next_at(noon + 8s) == noon + 12s);
}

CAF_TEST(a schedule that lay idle starts anew) {
  pacer pace(6s);
  pace.take(noon, 1);
  auto later = noon + 3600s;
  CAF_CHECK_EQUAL(pace.due(later, 10), 1u);
  pace.take(later, 1);
  CAF_CHECK_EQUAL(pace.due(later, 10), 0u);
  CAF_CHECK(pace.next_at(later) == later + 6s);
}

CAF_TEST(a bucket gives no more than it holds) {
  pacer pace(1s, 3);
  CAF_CHECK_EQUAL(pace.due(noon, 10), 3u);
  CAF_CHECK_EQUAL(pace.due(noon, 2), 2u);
  pace.take(noon, 3);
  CAF_CHECK_EQUAL(pace.due(noon, 10), 0u);
  CAF_CHECK_EQUAL(pace.due(noon + 2s, 10), 2u);
}

CAF_TEST(the bucket of a pace holds what falls due in a tenth of a second) {
  CAF_CHECK_EQUAL(burst_of(0us), 1u);
  CAF_CHECK_EQUAL(burst_of(60s), 1u);
  CAF_CHECK_EQUAL(burst_of(100ms), 1u);
  CAF_CHECK_EQUAL(burst_of(10ms), 10u);
  CAF_CHECK_EQUAL(burst_of(pace_of({60'000, std::nullopt})), 99u);
}

CAF_TEST(endless work reaches its limit) {
  for (std::uint32_t limit : {1u, 2u, 5u, 10u, 30u, 60u, 120u, 600u, 6000u}) {
    for (auto lateness : {0us, microseconds{5ms}, microseconds{50ms}}) {
      const auto length = limit < 30 ? 10h : limit < 600 ? 1h : 10min;
      auto permits = run({limit, std::nullopt}, length, lateness, limit);
      auto ideal = static_cast<double>(limit) * duration<double>(length).count() / 60.5;
      CAF_CHECK(static_cast<double>(permits.size()) >= 0.99 * ideal);
      CAF_CHECK(densest(permits, 60'500ms) <= limit);
    }
  }
}

CAF_TEST(endless work reaches both limits at once) {
  auto permits = run({60, 600}, 10h, 5ms, 7);
  CAF_CHECK(static_cast<double>(permits.size()) >= 0.99 * 600 * 10 * 3600 / 3600.5);
  CAF_CHECK(densest(permits, 3600'500ms) <= 600);
}

CAF_TEST(a second never holds more than two dials unless the limit demands it) {
  CAF_CHECK(rc::check("dials are spread", [] {
    auto limit = static_cast<std::uint32_t>(*rc::gen::inRange(1, 61));
    auto lateness = milliseconds{*rc::gen::inRange(0, 3000)};
    auto permits = run({limit, std::nullopt}, 600s, lateness, *rc::gen::arbitrary<std::uint64_t>());
    RC_ASSERT(densest(permits, 1s) <= 2u);
  }));
}

CAF_TEST(dials after a start or an opening are spread from the first on) {
  for (std::uint32_t limit : {10u, 60u, 600u}) {
    auto permits = run({limit, std::nullopt}, 60s, 0us, 1);
    for (std::size_t i = 1; i < permits.size(); ++i)
      CAF_CHECK(permits[i] - permits[i - 1] >= pace_of({limit, std::nullopt}));
  }
}
