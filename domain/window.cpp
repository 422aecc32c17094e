#include "domain/window.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <utility>

namespace ringmaster {

namespace {

using namespace std::chrono;

constexpr std::int32_t day_seconds = 86'400;
constexpr std::int32_t week_seconds = 7 * day_seconds;

constexpr std::array<std::string_view, 7> day_names{
  "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

/// The second of the week on the wall clock, from Monday 00:00.
std::int32_t second_of_week(std::int64_t utc_seconds, seconds offset) {
  constexpr std::int64_t thursday = 3 * day_seconds; // 1970-01-01
  auto rest = (utc_seconds + offset.count() + thursday) % week_seconds;
  return static_cast<std::int32_t>(rest < 0 ? rest + week_seconds : rest);
}

std::int64_t whole_seconds(instant t) { return floor<seconds>(t.time_since_epoch()).count(); }

std::optional<unsigned> find_day(std::string_view text) {
  if (text.size() < 3)
    return std::nullopt;
  auto equal = [](char a, char b) { return (a | 0x20) == b; };
  for (unsigned i = 0; i < day_names.size(); ++i) {
    auto name = day_names[i];
    if (text.size() != 3 && text.size() != name.size())
      continue;
    if (std::equal(text.begin(), text.end(), name.begin(), equal))
      return i;
  }
  return std::nullopt;
}

/// `HH:MM`, with seconds only if there are any.
std::string shortest(time_of_day t) {
  auto text = to_string(t);
  if (text.ends_with(":00"))
    text.resize(5);
  return text;
}

} // namespace

// -- the parts ------------------------------------------------------------------------------------

result<weekdays> parse_weekdays(const std::vector<std::string>& names) {
  constexpr const char* pointer = "/allowed_days_of_week";
  weekdays days;
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto day = find_day(names[i]);
    if (!day || days.has(*day)) {
      auto at = pointer + ("/" + std::to_string(i));
      return day ? fail_field(at, "duplicate_day", "this day stands here twice")
                 : fail_field(at, "unknown_day", "not a day of the week: mon, tue, wed, thu, fri, sat or sun");
    }
    days.bits = static_cast<std::uint8_t>(days.bits | (1u << *day));
  }
  if (days.bits == 0)
    return fail_field(pointer, "no_days", "at least one day must be allowed");
  return days;
}

std::vector<std::string> to_strings(weekdays days) {
  std::vector<std::string> out;
  for (unsigned i = 0; i < day_names.size(); ++i)
    if (days.has(i))
      out.emplace_back(day_names[i].substr(0, 3));
  return out;
}

result<time_of_day> parse_time_of_day(std::string_view text) {
  auto two = [&](std::size_t at) {
    auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : -100; };
    return digit(at) * 10 + digit(at + 1);
  };
  if (text.size() == 5 || text.size() == 8) {
    auto hour = two(0);
    auto minute = two(3);
    auto second = text.size() == 8 ? two(6) : 0;
    auto colons = text[2] == ':' && (text.size() == 5 || text[5] == ':');
    auto total = hour * 3600 + minute * 60 + second;
    if (colons && hour >= 0 && minute >= 0 && second >= 0 && minute < 60 && second < 60
        && total <= day_seconds)
      return time_of_day{total};
  }
  return fail_field("", "bad_time", "not a time of day like 09:00 or 17:30:00");
}

std::string to_string(time_of_day t) {
  char text[16];
  auto s = static_cast<unsigned>(std::clamp(t.seconds, 0, day_seconds));
  auto length = std::snprintf(text, sizeof text, "%02u:%02u:%02u", s / 3600, s / 60 % 60, s % 60);
  return std::string(text, static_cast<std::size_t>(length));
}

// -- making one -------------------------------------------------------------------------------------

namespace {

error gathered(std::vector<field_error> mistakes) {
  error why{.code = errc::invalid, .detail = mistakes.front().message};
  if (mistakes.size() > 1)
    why.detail = "the calling window has " + std::to_string(mistakes.size()) + " mistakes";
  why.fields = std::move(mistakes);
  return why;
}

void gather(std::vector<field_error>& into, error&& why, const char* pointer) {
  for (auto& field : why.fields) {
    if (field.pointer.empty())
      field.pointer = pointer;
    into.push_back(std::move(field));
  }
}

constexpr const char* start_pointer = "/allowed_call_start_time";
constexpr const char* end_pointer = "/allowed_call_end_time";

void check_times(std::vector<field_error>& into, time_of_day start, time_of_day end) {
  if (start.seconds < 0 || start.seconds >= day_seconds)
    into.push_back({start_pointer, "bad_time", "a window starts between 00:00:00 and 23:59:59"});
  else if (end.seconds < 0 || end.seconds > day_seconds)
    into.push_back({end_pointer, "bad_time", "a window ends between 00:00:00 and 24:00:00"});
  else if (start == end)
    into.push_back({end_pointer, "empty_window", "start and end are the same; for a whole day say 00:00 to 24:00"});
}

} // namespace

result<calling_window> calling_window::make(
  std::string_view timezone, time_of_day start, time_of_day end, weekdays days) {
  auto where = zone::find(timezone);
  std::vector<field_error> mistakes;
  if (!where)
    gather(mistakes, std::move(where.error()), "/timezone");
  check_times(mistakes, start, end);
  if ((days.bits & 0x7f) == 0)
    mistakes.push_back({"/allowed_days_of_week", "no_days", "at least one day must be allowed"});
  if (!mistakes.empty())
    return fail(gathered(std::move(mistakes)));
  days.bits &= 0x7f;
  return calling_window(std::move(*where), start, end, days);
}

result<calling_window> calling_window::parse(
  std::string_view timezone, std::string_view start, std::string_view end,
  const std::vector<std::string>& days) {
  auto where = zone::find(timezone);
  auto from = parse_time_of_day(start);
  auto to = parse_time_of_day(end);
  auto on = parse_weekdays(days);
  std::vector<field_error> mistakes;
  if (!where)
    gather(mistakes, std::move(where.error()), "/timezone");
  if (!from)
    gather(mistakes, std::move(from.error()), start_pointer);
  if (!to)
    gather(mistakes, std::move(to.error()), end_pointer);
  if (from && to)
    check_times(mistakes, *from, *to);
  if (!on)
    gather(mistakes, std::move(on.error()), "/allowed_days_of_week");
  if (!mistakes.empty())
    return fail(gathered(std::move(mistakes)));
  return calling_window(std::move(*where), *from, *to, *on);
}

bool calling_window::allows(std::int32_t second) const {
  auto today = static_cast<unsigned>(second / day_seconds);
  auto time = second % day_seconds;
  if (start_ < end_)
    return days_.has(today) && time >= start_.seconds && time < end_.seconds;
  auto yesterday = (today + 6) % 7;
  return (days_.has(today) && time >= start_.seconds)
         || (days_.has(yesterday) && time < end_.seconds);
}

// Only where a day's window starts or ends can openness change. Monday 00:00 counts as the end of
// the week, so that every second of the week has its next edge behind it or in the next week.
void calling_window::find_edges() {
  edges_.fill(std::numeric_limits<std::int32_t>::max());
  open_on_monday_ = allows(0);
  auto [low, high] = std::minmax(start_.seconds, end_.seconds);
  std::int32_t previous = 0;
  auto consider = [&](std::int32_t second) {
    if (second == previous || second > week_seconds)
      return;
    previous = second;
    if (allows(second % week_seconds) != allows(second - 1))
      edges_[edge_count_++] = second;
  };
  for (std::int32_t day = 0; day < week_seconds; day += day_seconds) {
    consider(day + low);
    consider(day + high);
  }
  consider(week_seconds);
}

// -- asking ---------------------------------------------------------------------------------------

bool calling_window::open_in_week(std::int32_t second) const {
  int passed = 0;
  for (auto edge : edges_)
    passed += edge <= second;
  return open_on_monday_ != ((passed & 1) != 0);
}

bool calling_window::open_at(instant t) const {
  return open_in_week(second_of_week(whole_seconds(t), zone_->at(t).offset));
}

std::optional<instant> calling_window::next_change(instant t) const {
  if (edge_count_ == 0)
    return std::nullopt;
  auto span = zone_->at(t);
  auto utc = whole_seconds(t);
  auto second = second_of_week(utc, span.offset);
  const auto open = open_in_week(second);
  for (;;) {
    int passed = 0;
    for (auto edge : edges_)
      passed += edge <= second;
    auto next = passed < edge_count_ ? edges_[static_cast<std::size_t>(passed)]
                                     : edges_[0] + week_seconds;
    instant change{seconds{utc + (next - second)}};
    if (change < span.end)
      return change;
    // The clock is set before the window changes; it may show an open or a closed time then.
    t = span.end;
    span = zone_->at(t);
    utc = whole_seconds(t);
    second = second_of_week(utc, span.offset);
    if (open_in_week(second) != open)
      return t;
  }
}

window_reading calling_window::read(instant t) const {
  window_reading out;
  out.open = open_at(t);
  auto change = next_change(t);
  if (out.open) {
    out.reason = "inside the calling window";
    out.closes_at = change;
    return out;
  }
  out.next_open_at = change;
  auto today = static_cast<unsigned>(
    second_of_week(whole_seconds(t), zone_->at(t).offset) / day_seconds);
  if (days_.has(today))
    out.reason = "outside " + shortest(start_) + "-" + shortest(end_) + " " + zone_->name();
  else
    out.reason = std::string{day_names[today]} + " is not an allowed day";
  return out;
}

std::vector<instant> calling_window::next_openings(instant t, std::size_t count) const {
  std::vector<instant> out;
  auto open = open_at(t);
  while (out.size() < count) {
    auto change = next_change(t);
    if (!change)
      break;
    t = *change;
    open = !open;
    if (open)
      out.push_back(t);
  }
  return out;
}

bool calling_window::always_open() const { return edge_count_ == 0; }

} // namespace ringmaster
