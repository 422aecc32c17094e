#define CAF_SUITE system.rates

#include "tests/support/stage.hpp"

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <iostream>

using namespace ringmaster;
using namespace ringmaster::support;

namespace {

constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t minute_us = 60 * second_us;
constexpr std::int64_t hour_us = 3600 * second_us;
/// A permit may be this old when its create leaves; the spans between permits make up for it.
constexpr std::int64_t permit_ttl_us = second_us / 2;

struct limited {
  json per_minute, per_hour; ///< numbers or null
  std::size_t first, count;  ///< its targets
  std::string id{};

  std::vector<std::string> numbers() const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < count; ++i)
      out.push_back(number(first + i));
    return out;
  }
};

} // namespace

CAF_TEST(limits hold in every span over a restart and are used to the full) {
  const seconds span(option("RINGMASTER_TEST_RATE_SECONDS", 130));
  stage s({}, {"--ring", "20ms..100ms", "--talk", "50ms..200ms", "--callbacks", "ordered"});
  s.start_carrier();
  s.start_engine();
  CAF_REQUIRE(s.ready_within(seconds(15)).has_value());
  auto ann = s.add_user("ann@example.com");

  const auto work = static_cast<std::size_t>(span.count());
  std::vector<limited> all{
      {10,      nullptr, 0,      100 + work      },
      {60,      nullptr, 10'000, 200 + 2 * work  },
      {600,     nullptr, 20'000, 1000 + 12 * work},
      {nullptr, 900,     60'000, 100 + work      },
      {120,     600,     70'000, 100 + work      },
      {nullptr, 2,       80'000, 20              },
  };
  for (auto& c : all) {
    auto settings = open_campaign("Limited");
    settings["rate_limit_per_minute"] = c.per_minute;
    settings["rate_limit_per_hour"] = c.per_hour;
    settings["max_concurrent_calls"] = 1000;
    c.id = make_campaign(ann, settings, targets(c.first, c.count));
  }

  CAF_MESSAGE("a campaign that has used up its hour before the limit was set");
  limited used{nullptr, 1'000'000, 90'000, 40};
  {
    auto settings = open_campaign("Used up");
    settings["rate_limit_per_hour"] = 1'000'000;
    settings["max_concurrent_calls"] = 4;
    used.id = make_campaign(ann, settings, targets(used.first, used.count));
    CAF_REQUIRE_EQUAL(ann.act(used.id, "start").status, 200);
    CAF_REQUIRE(wait_until(
        seconds(20), [&] { return s.log().arrivals(used.numbers()).size() >= 8; },
        milliseconds(2)));
    CAF_REQUIRE_EQUAL(ann.act(used.id, "pause").status, 200);
    CAF_REQUIRE(
        wait_until(seconds(20), [&] { return progress(ann.campaign(used.id), "calling") == 0; }));
  }
  const auto used_before = s.log().arrivals(used.numbers()).size();
  CAF_REQUIRE_LESS(used_before, used.count);
  CAF_REQUIRE(ann.patch(
                     "/api/campaigns/" + used.id,
                     {
                         {"action",              "update"   },
                         {"rate_limit_per_hour", used_before}
  })
                  .ok());
  CAF_REQUIRE_EQUAL(ann.act(used.id, "resume").status, 200);

  for (const auto& c : all)
    CAF_REQUIRE_EQUAL(ann.act(c.id, "start").status, 200);
  const auto began = support::wall_us();
  support::let_pass(span / 2);
  const auto killed = support::wall_us();
  s.kill_engine();
  s.start_engine();
  CAF_CHECK(s.ready_as_promised().has_value());
  const auto away = support::wall_us() - killed;
  const auto end = began + span.count() * second_us;
  wait_until(
      span, [&] { return support::wall_us() >= end; }, milliseconds(50));
  const auto& log = s.log();
  // Nobody dials while there is no engine, nor while the machine gives it no turn.
  const auto stood_still = s.stalls().total_us(began, end, second_us / 5);
  const auto lost = away + stood_still;
  // What left within its time may still have waited for a turn before the carrier saw it.
  const auto late = std::max<std::int64_t>(0, s.stalls().longest_us(began, end) - permit_ttl_us);
  std::cerr << "away for " << away / 1000 << " ms, stood still for " << stood_still / 1000
            << " ms\n";

  for (const auto& c : all) {
    const auto arrivals = log.arrivals(c.numbers());
    const auto in_minute = support::most_within(arrivals, minute_us - late);
    const auto in_hour = support::most_within(arrivals, hour_us - late);
    CAF_REQUIRE(!arrivals.empty());
    double per_second = 1e9;
    if (c.per_minute.is_number()) {
      CAF_CHECK_LESS_OR_EQUAL(in_minute, c.per_minute.get<std::size_t>());
      per_second = std::min(per_second, c.per_minute.get<double>() / 60);
    }
    if (c.per_hour.is_number()) {
      CAF_CHECK_LESS_OR_EQUAL(in_hour, c.per_hour.get<std::size_t>());
      per_second = std::min(per_second, c.per_hour.get<double>() / 3600);
    }
    // There was work from the first dial to the end, so the limit alone says how many there may be.
    const auto worked = static_cast<double>(end - arrivals.front() - lost);
    const double ideal = 1 + per_second * worked / second_us;
    const auto dialed = static_cast<double>(
        std::count_if(arrivals.begin(), arrivals.end(), [&](auto t) { return t < end; }));
    std::size_t in_second = support::most_within(arrivals, second_us);
    std::cerr << "limit " << c.per_minute << "/min " << c.per_hour << "/h: " << dialed << " of "
              << ideal << " dials, most in 60 s " << in_minute << ", in 1 s " << in_second << "\n";
    // Dials are whole, and the permit that the kill met between its commit and the wire is spent:
    // where there are few of them, one is more than five percent.
    const double enough = std::min(0.95 * ideal, std::max(1.0, std::floor(ideal) - 1));
    CAF_CHECK_GREATER_OR_EQUAL(dialed, enough);
    CAF_CHECK_LESS(dialed, static_cast<double>(c.count)); // else the work ran out
  }
  const auto used_after = log.arrivals(used.numbers());
  CAF_CHECK_EQUAL(used_after.size(), used_before);
  const auto why = ann.get("/api/campaigns/" + used.id + "/why");
  CAF_MESSAGE(why.summary());
  CAF_CHECK(why.ok());
  CAF_CHECK_NOT_EQUAL(why.body.find("rate_per_hour"), std::string::npos);
}
