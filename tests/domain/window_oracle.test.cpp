// The window against a slow reading of the same rule: date's own wall clock, second by second or
// minute by minute. It shares no code with the window and knows nothing of its tables.
#define CAF_SUITE window_oracle
#include <caf/test/unit_test.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <date/tz.h>
#include <rapidcheck.h>

#include "domain/window.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using namespace std::chrono_literals;
using std::chrono::seconds;

namespace {

const std::vector<std::string> zones{
  "America/New_York", "Europe/London", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia",
  "Asia/Kathmandu", "America/St_Johns", "America/Nuuk", "Africa/Casablanca", "Asia/Gaza",
  "America/Sao_Paulo", "Europe/Dublin", "Asia/Tehran", "Antarctica/Troll", "America/Scoresbysund",
  "Pacific/Kiritimati", "Asia/Kolkata", "Africa/Cairo", "America/Santiago", "UTC"};

struct oracle {
  const date::time_zone* where = nullptr;
  std::int32_t start = 0, end = 0;
  std::uint8_t days = 0;

  bool open(instant t) const {
    date::sys_seconds utc{std::chrono::floor<seconds>(t.time_since_epoch())};
    auto local = where->to_local(utc);
    auto day = date::floor<date::days>(local);
    auto time = static_cast<std::int32_t>((local - day).count());
    auto today = date::weekday{day}.iso_encoding() - 1;
    auto allowed = [&](unsigned d) { return (days >> d & 1) != 0; };
    if (start < end)
      return allowed(today) && start <= time && time < end;
    return (allowed(today) && time >= start) || (allowed((today + 6) % 7) && time < end);
  }

  /// The first later instant, on the raster of `step`, at which it differs.
  std::optional<instant> change(instant t, seconds step, seconds ahead) const {
    auto now = open(t);
    instant raster{std::chrono::floor<seconds>(t.time_since_epoch()) / step * step};
    for (auto next = raster + step; next <= t + ahead; next += step)
      if (open(next) != now)
        return next;
    return std::nullopt;
  }
};

struct pair {
  oracle slow;
  calling_window fast;
};

/// Any window of any of the zones; times are multiples of `grain` seconds.
pair any_window(std::int32_t grain) {
  const auto& name = zones[*rc::gen::inRange<std::size_t>(0, zones.size())];
  oracle slow{date::locate_zone(name), 0, 0, static_cast<std::uint8_t>(*rc::gen::inRange(1, 128))};
  slow.start = *rc::gen::inRange(0, 86'400 / grain) * grain;
  slow.end = *rc::gen::inRange(0, 86'400 / grain + 1) * grain;
  if (slow.end == slow.start)
    slow.end = slow.start == 0 ? 86'400 : 0;
  RC_LOG() << name << " start " << slow.start << " end " << slow.end << " days " << int{slow.days} << '\n';
  return {slow, *calling_window::make(name, {slow.start}, {slow.end}, {slow.days})};
}

/// Any instant from 2005 to 2036, every second one near a change of the zone's clock.
instant any_instant(const oracle& o) {
  const date::sys_seconds first = date::sys_days{date::year{2005} / 1 / 1};
  auto t = first + seconds{*rc::gen::inRange<std::int64_t>(0, std::int64_t{31} * 365 * 86'400)};
  if (*rc::gen::arbitrary<bool>()) {
    auto info = o.where->get_info(t);
    if (info.end < date::sys_days{date::year{2037} / 1 / 1})
      t = info.end + seconds{*rc::gen::inRange(-7200, 7200)};
  }
  instant out{t.time_since_epoch()};
  RC_LOG() << "at " << to_rfc3339(out) << '\n';
  return out;
}

} // namespace

CAF_TEST(openness is the same as on the wall clock) {
  CAF_CHECK(rc::check("open_at agrees", [] {
    auto [slow, fast] = any_window(1);
    for (int i = 0; i < 50; ++i) {
      auto t = any_instant(slow);
      RC_ASSERT(fast.open_at(t) == slow.open(t));
      RC_ASSERT(fast.open_at(t + 999'999us) == slow.open(t));
    }
  }));
}

CAF_TEST(the next change is the smallest later instant that differs) {
  CAF_CHECK(rc::check("next_change agrees by the minute", [] {
    auto [slow, fast] = any_window(60);
    auto t = any_instant(slow);
    RC_ASSERT(fast.next_change(t) == slow.change(t, 60s, 24h * 16));
  }));
}

CAF_TEST(the next change is exact to the second and the microsecond) {
  CAF_CHECK(rc::check("next_change agrees by the second", [] {
    auto [slow, fast] = any_window(1);
    auto t = any_instant(slow) + std::chrono::microseconds{*rc::gen::inRange(0, 1'000'000)};
    auto expected = slow.change(t, 1s, 6h);
    auto change = fast.next_change(t);
    if (expected) {
      RC_ASSERT(change == expected);
    } else if (change) {
      RC_ASSERT(*change > t + 6h);
    }
    if (change) {
      RC_ASSERT(fast.open_at(*change) != fast.open_at(t));
      RC_ASSERT(fast.open_at(*change - 1us) == fast.open_at(t));
    }
  }));
}

CAF_TEST(a window stays closed until it opens and open until it closes) {
  CAF_CHECK(rc::check("a reading holds until its instant", [] {
    auto [slow, fast] = any_window(900);
    auto t = any_instant(slow);
    auto reading = fast.read(t);
    RC_ASSERT(!reading.reason.empty());
    RC_ASSERT(reading.open == slow.open(t));
    auto until = reading.open ? reading.closes_at : reading.next_open_at;
    RC_ASSERT(!(reading.open ? reading.next_open_at : reading.closes_at).has_value());
    if (!until) {
      RC_ASSERT(fast.always_open());
      return;
    }
    RC_ASSERT(*until > t);
    for (auto between = t; between < *until; between += 5min)
      RC_ASSERT(fast.open_at(between) == reading.open);
    RC_ASSERT(fast.open_at(*until) == !reading.open);
  }));
}

CAF_TEST(openings follow each other) {
  CAF_CHECK(rc::check("next_openings are openings and none is left out", [] {
    auto [slow, fast] = any_window(600);
    auto t = any_instant(slow);
    auto openings = fast.next_openings(t, 4);
    RC_ASSERT((openings.size() == 4u || fast.always_open()));
    auto last = t;
    for (auto opening : openings) {
      RC_ASSERT(opening > last);
      RC_ASSERT(fast.open_at(opening));
      RC_ASSERT(!fast.open_at(opening - 1us));
      last = opening;
    }
    if (!openings.empty()) {
      int seen = 0;
      for (auto u = t; u < openings.back(); u += 600s)
        seen += !slow.open(u) && slow.open(u + 600s);
      RC_ASSERT(seen >= 3);
    }
  }));
}

CAF_TEST(every minute around every change of two years agrees) {
  for (const auto& name : zones) {
    const auto* where = date::locate_zone(name);
    for (auto [start, end] : {std::pair{7200, 7200 + 900}, {5400, 9000}, {0, 86'400}, {84'600, 1800}, {3600, 7200}}) {
      for (std::uint8_t days : {0b111'1111, 0b100'0000, 0b010'0000}) {
        oracle slow{where, start, end, days};
        auto fast = *calling_window::make(name, {start}, {end}, {days});
        date::sys_seconds t = date::sys_days{date::year{2026} / 1 / 1};
        for (auto info = where->get_info(t); info.end < date::sys_days{date::year{2028} / 1 / 1};
             info = where->get_info(info.end)) {
          auto change = instant{info.end.time_since_epoch()};
          for (auto u = change - 3h; u < change + 3h; u += 60s)
            if (fast.open_at(u) != slow.open(u))
              CAF_ERROR(name << " disagrees at " << to_rfc3339(u));
        }
      }
    }
  }
  CAF_CHECK(true);
}
