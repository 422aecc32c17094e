#include "domain/calendar_time.hpp"

#include <cstddef>
#include <cstdio>

namespace ringmaster::calendar {

using namespace std::chrono;

namespace {

/// Further than any clock is away from UTC.
constexpr auto farthest = hours{30};

/// Exactly `count` digits; -1 where there are none.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9')
      return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool is_between(int value, int least, int most) { return value >= least && value <= most; }

bool has(std::string_view text, std::size_t at, char c) {
  return at < text.size() && text[at] == c;
}

} // namespace

instant instant_of(const zone& where, wall_time shown) {
  // A span of the zone has the time if the clocks show it within the span.
  auto span = where.at(instant{shown} - farthest);
  while (true) {
    instant t = instant{shown} - span.offset;
    if (t < span.begin)
      return span.begin; // it lies in the gap before the span
    if (t < span.end || span.end == instant::max())
      return t;
    span = where.at(span.end);
  }
}

wall_time wall_of(const zone& where, instant t) { return floor<seconds>(t + where.at(t).offset); }

std::optional<wall_reading> read_wall(std::string_view text) {
  auto y = digits(text, 0, 4), m = digits(text, 5, 2), d = digits(text, 8, 2);
  if (!has(text, 4, '-') || !has(text, 7, '-') || !is_between(y, 1970, 9998) || m < 1 || d < 1)
    return std::nullopt;
  year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  if (!date.ok())
    return std::nullopt;
  wall_time midnight{sys_days{date}};
  if (text.size() == 10)
    return wall_reading{midnight, true};
  auto hour = digits(text, 11, 2), minute = digits(text, 14, 2);
  auto second = text.size() > 16 ? digits(text, 17, 2) : 0;
  bool fits = (text.size() == 16 || (text.size() == 19 && text[16] == ':')) &&
              (text[10] == 'T' || text[10] == 't' || text[10] == ' ') && has(text, 13, ':') &&
              is_between(hour, 0, 23) && is_between(minute, 0, 59) && is_between(second, 0, 59);
  if (!fits)
    return std::nullopt;
  return wall_reading{midnight + hours{hour} + minutes{minute} + seconds{second}, false};
}

std::string basic_date(wall_time t) {
  year_month_day date{floor<days>(t)};
  char text[32];
  std::snprintf(
      text, sizeof text, "%04d%02u%02u", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

std::string basic_time(wall_time t) {
  hh_mm_ss clock{t - floor<days>(t)};
  char text[32];
  std::snprintf(
      text, sizeof text, "T%02d%02d%02d", static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return basic_date(t) + text;
}

} // namespace ringmaster::calendar
