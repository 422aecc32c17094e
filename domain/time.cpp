#include "domain/time.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>

namespace ringmaster {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> weekday_names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> month_names{
  "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Reads a text from left to right. After the first step that fails every later one fails too, so
/// a reader asks `ok` once, at its end.
class cursor {
 public:
  explicit cursor(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

  void literal(char c) {
    if (!ok_ || peek() != c)
      ok_ = false;
    else
      rest_.remove_prefix(1);
  }

  bool take(char c) {
    if (!ok_ || peek() != c)
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  int digits(std::size_t count, int least, int most) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      auto c = peek();
      if (!ok_ || c < '0' || c > '9') {
        ok_ = false;
        return least;
      }
      value = value * 10 + (c - '0');
      rest_.remove_prefix(1);
    }
    if (value < least || value > most)
      ok_ = false;
    return ok_ ? value : least;
  }

  bool digit_ahead() const { return peek() >= '0' && peek() <= '9'; }

  template <std::size_t N>
  std::size_t one_of(const std::array<std::string_view, N>& words) {
    for (std::size_t i = 0; ok_ && i < N; ++i) {
      if (rest_.starts_with(words[i])) {
        rest_.remove_prefix(words[i].size());
        return i;
      }
    }
    ok_ = false;
    return 0;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct civil {
  year_month_day date;
  hours hour;
  minutes minute;
  seconds second;
};

civil to_civil(instant t) {
  auto day = floor<days>(t);
  auto rest = floor<seconds>(t - day);
  auto hour = floor<hours>(rest);
  auto minute = floor<minutes>(rest - hour);
  return {year_month_day{day}, hour, minute, rest - hour - minute};
}

/// The instant of a wall clock at an offset; nothing for a day that no month has or a result
/// outside the years that we keep.
std::optional<instant> to_instant(
  const year_month_day& date, int hour, int minute, int second, int micro, int offset_minutes) {
  if (!date.ok())
    return std::nullopt;
  instant t = sys_days{date} + hours{hour} + minutes{minute} + seconds{second} + microseconds{micro}
              - minutes{offset_minutes};
  auto utc = year_month_day{floor<days>(t)};
  if (utc.year() < year{1970} || utc.year() > year{9999})
    return std::nullopt;
  return t;
}

int offset_of(cursor& in, bool colon) {
  auto west = in.take('-');
  if (!west)
    in.literal('+');
  auto hour = in.digits(2, 0, 23);
  if (colon)
    in.literal(':');
  auto minute = in.digits(2, 0, 59);
  auto total = hour * 60 + minute;
  return west ? -total : total;
}

} // namespace

std::string to_rfc3339(instant t) {
  auto c = to_civil(t);
  char text[48];
  auto length = std::snprintf(
    text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(c.date.year()),
    static_cast<unsigned>(c.date.month()), static_cast<unsigned>(c.date.day()),
    static_cast<int>(c.hour.count()), static_cast<int>(c.minute.count()),
    static_cast<int>(c.second.count()));
  auto micro = static_cast<int>((t - floor<seconds>(t)).count());
  if (micro != 0)
    length += std::snprintf(
      text + length, sizeof text - static_cast<std::size_t>(length), ".%06d", micro);
  std::string out(text, static_cast<std::size_t>(length));
  out += 'Z';
  return out;
}

result<instant> parse_rfc3339(std::string_view text) {
  cursor in(text);
  auto y = in.digits(4, 1970, 9999);
  in.literal('-');
  auto m = in.digits(2, 1, 12);
  in.literal('-');
  auto d = in.digits(2, 1, 31);
  if (!in.take('t'))
    in.literal('T');
  auto hour = in.digits(2, 0, 23);
  in.literal(':');
  auto minute = in.digits(2, 0, 59);
  in.literal(':');
  auto second = in.digits(2, 0, 59);
  int micro = 0;
  if (in.take('.')) {
    int read = 0;
    for (; in.digit_ahead() && read < 9; ++read) {
      auto digit = in.digits(1, 0, 9);
      if (read < 6)
        micro = micro * 10 + digit;
    }
    for (int i = read; i < 6; ++i)
      micro *= 10;
    if (read == 0)
      in.literal('0'); // a point wants a digit after it: fails
  }
  int offset = 0;
  if (!in.take('Z') && !in.take('z'))
    offset = offset_of(in, true);
  if (in.ok() && in.at_end()) {
    auto date = year{y} / month{static_cast<unsigned>(m)} / day{static_cast<unsigned>(d)};
    if (auto t = to_instant(date, hour, minute, second, micro, offset))
      return *t;
  }
  return fail(
    errc::malformed, "not an RFC 3339 date and time with an offset, like 2026-12-01T14:00:00Z");
}

std::string to_rfc2822(instant t) {
  auto c = to_civil(t);
  auto weekday_index = weekday{sys_days{c.date}}.c_encoding();
  auto month_index = static_cast<unsigned>(c.date.month()) - 1;
  char text[64];
  auto length = std::snprintf(
    text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d +0000", weekday_names[weekday_index].data(),
    static_cast<unsigned>(c.date.day()), month_names[month_index].data(),
    static_cast<int>(c.date.year()), static_cast<int>(c.hour.count()),
    static_cast<int>(c.minute.count()), static_cast<int>(c.second.count()));
  return std::string(text, static_cast<std::size_t>(length));
}

result<instant> parse_rfc2822(std::string_view text) {
  cursor in(text);
  auto weekday_index = in.one_of(weekday_names);
  in.literal(',');
  in.literal(' ');
  // A one-digit day is allowed, with or without a leading zero.
  auto d = in.digits(1, 0, 9);
  if (in.digit_ahead())
    d = d * 10 + in.digits(1, 0, 9);
  in.literal(' ');
  auto m = in.one_of(month_names) + 1;
  in.literal(' ');
  auto y = in.digits(4, 1970, 9999);
  in.literal(' ');
  auto hour = in.digits(2, 0, 23);
  in.literal(':');
  auto minute = in.digits(2, 0, 59);
  in.literal(':');
  auto second = in.digits(2, 0, 59);
  in.literal(' ');
  int offset = 0;
  if (in.peek() == 'G') {
    in.literal('G');
    in.literal('M');
    in.literal('T');
  } else {
    offset = offset_of(in, false);
  }
  if (in.ok() && in.at_end()) {
    auto date = year{y} / month{static_cast<unsigned>(m)} / day{static_cast<unsigned>(d)};
    if (date.ok() && weekday{sys_days{date}}.c_encoding() == weekday_index)
      if (auto t = to_instant(date, hour, minute, second, 0, offset))
        return *t;
  }
  return fail(errc::malformed, "not an RFC 2822 date and time, like Tue, 31 Aug 2010 20:36:29 +0000");
}

} // namespace ringmaster
