// Dates in words and digits.

#include <algorithm>
#include <array>
#include <utility>

#include "domain/rules_parts.hpp"
#include "domain/zone.hpp"

namespace ringmaster::rules {

namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::year_month_day;
using found = std::optional<date_reading>;

constexpr auto month_names = std::to_array<std::string_view>(
    {"january", "february", "march", "april", "may", "june", "july", "august", "september",
     "october", "november", "december"});
constexpr auto weekday_names = std::to_array<std::string_view>(
    {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"});

/// "nov", "sept" and the whole name; 1 to 12, or 0.
unsigned month_at(const reader& r, std::size_t i) {
  const auto& word = r.low(i);
  if (word.size() < 3)
    return 0;
  for (std::size_t m = 0; m < month_names.size(); ++m)
    if (word == month_names[m] || word == month_names[m].substr(0, 3) || (word == "sept" && m == 8))
      return static_cast<unsigned>(m + 1);
  return 0;
}

/// A word that is a month's name and something else: "may", "march", "mar", "dec".
bool is_doubtful_month(const token& t) {
  return !t.capital && (t.low == "may" || t.low == "march" || t.low == "mar" || t.low == "jan");
}

/// 0 for Monday; -1: none. Short forms need a capital or a word of time before them: "sun", "sat".
int weekday_at(const reader& r, std::size_t i) {
  const auto& word = r.low(i);
  if (word.size() < 3)
    return -1;
  for (std::size_t d = 0; d < weekday_names.size(); ++d) {
    if (word == weekday_names[d])
      return static_cast<int>(d);
    bool is_short = word == weekday_names[d].substr(0, 3) || (d == 1 && word == "tues") ||
                    (d == 3 && (word == "thur" || word == "thurs"));
    if (is_short && (r[i].capital || r.is_one_of(i - 1, {"on", "next", "this", "by", "until"})))
      return static_cast<int>(d);
  }
  return -1;
}

int iso_weekday(day d) { return static_cast<int>(std::chrono::weekday{d}.iso_encoding()) - 1; }

std::optional<day> make_day(std::int64_t y, unsigned m, unsigned d) {
  year_month_day date{
      std::chrono::year{static_cast<int>(y)}, std::chrono::month{m}, std::chrono::day{d}};
  if (y < 1970 || y > 2200 || !date.ok())
    return std::nullopt;
  return day{date};
}

found at_day(std::size_t length, std::optional<day> d) {
  if (!d)
    return std::nullopt;
  return date_reading{length, *d, *d, false};
}

/// The next such date, today included. A 29th of February may be years away.
std::optional<day> next_date(const calendar& c, unsigned m, unsigned d) {
  auto y = static_cast<int>(year_month_day{c.today}.year());
  for (int i = 0; i < 9; ++i)
    if (auto date = make_day(y + i, m, d); date && *date >= c.today)
      return date;
  return std::nullopt;
}

std::pair<day, day> month_of(day first_of_month) {
  year_month_day date{first_of_month};
  return {day{date.year() / date.month() / 1}, day{date.year() / date.month() / std::chrono::last}};
}

day month_from(const calendar& c, int later) {
  year_month_day date{c.today};
  return day{(date.year() / date.month() / 1) + months{later}};
}

/// "24", "24th", "1st"; the tokens too.
struct ordinal {
  unsigned value = 0;
  std::size_t length = 0;
  bool has_ending = false;
};
std::optional<ordinal> ordinal_at(const reader& r, std::size_t i) {
  auto value = digits_of(r[i]);
  if (!value || *value < 1 || *value > 31 || r[i].low.size() > 2)
    return std::nullopt;
  bool ending = r[i + 1].glued && r.is_one_of(i + 1, {"st", "nd", "rd", "th"});
  return ordinal{static_cast<unsigned>(*value), ending ? 2u : 1u, ending};
}

/// A year behind a date: ", 2026" or "2026"; with its tokens.
std::optional<std::pair<std::int64_t, std::size_t>> year_at(const reader& r, std::size_t i) {
  std::size_t skipped = r.low(i) == "," ? 1 : 0;
  const auto& t = r[i + skipped];
  auto value = digits_of(t);
  if (t.low.size() != 4 || !value || *value < 2000 || *value > 2200)
    return std::nullopt;
  return std::pair{*value, skipped + 1};
}

found with_year(
    const reader& r, std::size_t i, std::size_t length, unsigned m, unsigned d, const calendar& c) {
  if (auto year = year_at(r, i + length))
    return at_day(length + year->second, make_day(year->first, m, d));
  return at_day(length, next_date(c, m, d));
}

// -- digits ---------------------------------------------------------------------------------------

/// Three numbers with the same sign between them, without spaces.
struct three {
  std::int64_t a = 0, b = 0, c = 0;
  std::size_t digits_a = 0, digits_c = 0;
  char sign = 0;
};
std::optional<three> three_at(const reader& r, std::size_t i) {
  auto a = digits_of(r[i]);
  auto b = digits_of(r[i + 2]);
  auto c = digits_of(r[i + 4]);
  const auto& sign = r.low(i + 1);
  if (!a || !b || !c || (sign != "-" && sign != "/" && sign != ".") || r.low(i + 3) != sign)
    return std::nullopt;
  for (std::size_t k = 1; k < 5; ++k)
    if (!r[i + k].glued)
      return std::nullopt;
  // "1.2.2027.55" is something else.
  if (r[i + 5].glued && r.is_one_of(i + 5, {"-", "/"}) && r[i + 6].glued)
    return std::nullopt;
  return three{*a, *b, *c, r[i].low.size(), r[i + 4].low.size(), sign[0]};
}

/// Day and month in the order of the place; open where both orders would do.
found day_and_month(
    std::size_t length, std::int64_t a, std::int64_t b, bool is_german, const calendar& c,
    const auto& make) {
  if (a < 1 || b < 1 || a > 31 || b > 31)
    return std::nullopt;
  auto x = static_cast<unsigned>(a), y = static_cast<unsigned>(b);
  auto day_first = make(y, x), month_first = make(x, y);
  if (is_german || !month_first)
    return at_day(length, day_first);
  if (!day_first || x == y)
    return at_day(length, month_first);
  if (c.month_first)
    return at_day(length, *c.month_first ? month_first : day_first);
  return date_reading{length, c.today, c.today, true};
}

found numeric_date(const reader& r, std::size_t i, const calendar& c) {
  if (auto t = three_at(r, i)) {
    if (t->digits_a == 4)
      return at_day(5, make_day(t->a, static_cast<unsigned>(t->b), static_cast<unsigned>(t->c)));
    if (t->digits_a > 2 || (t->digits_c != 4 && t->digits_c != 2))
      return std::nullopt;
    auto year = t->digits_c == 2 ? 2000 + t->c : t->c;
    return day_and_month(5, t->a, t->b, t->sign == '.', c, [&](unsigned m, unsigned d) {
      return make_day(year, m, d);
    });
  }
  // "24/11" alone; never "24/7", and no fraction: "1/2 hour".
  auto a = digits_of(r[i]);
  auto b = digits_of(r[i + 2]);
  bool is_pair = a && b && r.low(i + 1) == "/" && r[i + 1].glued && r[i + 2].glued &&
                 r[i].low.size() <= 2 && r[i + 2].low.size() <= 2 && !(*a == 24 && *b == 7) &&
                 !(r[i + 3].glued && r.is_one_of(i + 3, {"/", "-"})) &&
                 !(r[i].glued && i > 0 && r.is_one_of(i - 1, {"/", "-", "#", "$"}));
  if (!is_pair || r.is_one_of(i + 3, {"hour", "hours", "of", "price", "cup", "mile", "inch"}))
    return std::nullopt;
  return day_and_month(
      3, *a, *b, false, c, [&](unsigned m, unsigned d) { return next_date(c, m, d); });
}

// -- names of months ------------------------------------------------------------------------------

/// "Nov 24", "November 24th, 2026", "Nov. 24-26".
found month_then_day(const reader& r, std::size_t i, const calendar& c) {
  auto m = month_at(r, i);
  if (m == 0)
    return std::nullopt;
  std::size_t length = 1;
  if (r.low(i + 1) == "." && r[i + 1].glued)
    ++length;
  if (r.low(i + length) == "the")
    ++length;
  auto d = ordinal_at(r, i + length);
  if (!d || (is_doubtful_month(r[i]) && !d->has_ending))
    return std::nullopt;
  length += d->length;
  auto date = with_year(r, i, length, m, d->value, c);
  if (auto last = ordinal_at(r, i + length + 1); date && r.low(i + length) == "-" && last) {
    if (auto end = with_year(r, i, length + 1 + last->length, m, last->value, c);
        end && end->from >= date->from)
      return date_reading{end->length, date->from, end->from, false};
  }
  return date;
}

/// "24 November", "the 24th of November 2026", "24-26 November".
found day_then_month(const reader& r, std::size_t i, const calendar& c) {
  std::size_t length = r.low(i) == "the" ? 1 : 0;
  auto d = ordinal_at(r, i + length);
  if (!d)
    return std::nullopt;
  length += d->length;
  auto last = r.is_one_of(i + length, {"-", "to"}) ? ordinal_at(r, i + length + 1) : std::nullopt;
  if (last)
    length += 1 + last->length;
  if (r.low(i + length) == "of")
    ++length;
  auto m = month_at(r, i + length);
  if (m == 0 || (is_doubtful_month(r[i + length]) && !d->has_ending))
    return std::nullopt;
  ++length;
  if (r.low(i + length) == "." && r[i + length].glued && r.is_number(i + length + 1))
    ++length;
  auto date = with_year(r, i, length, m, d->value, c);
  if (!date || !last)
    return date;
  auto end = with_year(r, i, length, m, last->value, c);
  if (!end || end->from < date->from)
    return date;
  return date_reading{end->length, date->from, end->from, false};
}

/// "in January", "by March": a month alone.
found month_alone(const reader& r, std::size_t i, const calendar& c) {
  auto m = month_at(r, i);
  bool is_whole = m > 0 && r.low(i) == month_names[m - 1] && r[i].capital;
  if (!is_whole || !r.is_one_of(
                       i - 1, {"in", "by", "until", "before", "during", "early", "late", "mid",
                               "of", "next", "this"}))
    return std::nullopt;
  year_month_day date{c.today};
  auto y = static_cast<int>(date.year()) + (m < static_cast<unsigned>(date.month()) ? 1 : 0);
  std::size_t length = 1;
  if (auto year = year_at(r, i + 1)) {
    y = static_cast<int>(year->first);
    length += year->second;
  }
  auto first = make_day(y, m, 1);
  if (!first)
    return std::nullopt;
  auto [from, to] = month_of(*first);
  return date_reading{length, from, to, false};
}

/// "the 24th" of this month or the next.
found day_alone(const reader& r, std::size_t i, const calendar& c) {
  if (r.low(i) != "the")
    return std::nullopt;
  auto d = ordinal_at(r, i + 1);
  // "the 5th floor", "the 21st century": a thing of its own follows.
  if (!d || !d->has_ending ||
      (r.is_word(i + 3) &&
       !r.is_one_of(
           i + 3, {"at", "in", "or", "and", "after", "before", "if", "for", "around", "between",
                   "please", "with", "but", "from", "to", "works", "is"})))
    return std::nullopt;
  for (int later = 0; later < 3; ++later) {
    year_month_day date{month_from(c, later)};
    auto day =
        make_day(static_cast<int>(date.year()), static_cast<unsigned>(date.month()), d->value);
    if (day && *day >= c.today)
      return at_day(3, day);
  }
  return std::nullopt;
}

// -- words ----------------------------------------------------------------------------------------

found weekday_date(const reader& r, std::size_t i, const calendar& c) {
  const auto& first = r.low(i);
  std::size_t skipped =
      first == "next" || first == "this" || first == "coming" || first == "last" || first == "past"
          ? 1
      : first == "the" && r.is_one_of(i + 1, {"coming", "next"}) ? 2
                                                                 : 0;
  auto d = weekday_at(r, i + skipped);
  if (d < 0)
    return std::nullopt;
  const auto& how = skipped > 0 ? r.low(i + skipped - 1) : first;
  auto today = iso_weekday(c.today);
  auto length = skipped + 1;
  if (how == "next")
    return at_day(length, c.today + days{7 - today + d});
  if (how == "last" || how == "past")
    return at_day(length, c.today - days{(today - d + 6) % 7 + 1});
  if (how == "this")
    return at_day(length, c.today + days{(d - today + 7) % 7});
  // "Tuesday week" is the one after the coming one.
  auto coming = c.today + days{(d - today + 6) % 7 + 1};
  if (r.low(i + length) == "week")
    return at_day(length + 1, coming + days{7});
  return at_day(length, coming);
}

/// "Mondays", "weekdays", "every Tuesday": again and again, so no one date.
found recurring_date(const reader& r, std::size_t i, const calendar& c) {
  const auto& word = r.low(i);
  for (auto name : weekday_names)
    if (word.size() == name.size() + 1 && word.starts_with(name) && word.back() == 's')
      return date_reading{1, c.today, c.today, true};
  if (word == "weekdays" || word == "weekends")
    return date_reading{1, c.today, c.today, true};
  if (word == "every" &&
      (weekday_at(r, i + 1) >= 0 || r.is_one_of(i + 1, {"week", "day", "month"})))
    return date_reading{2, c.today, c.today, true};
  return std::nullopt;
}

found span(std::size_t length, day from, day to) { return date_reading{length, from, to, false}; }

found week_or_month(const reader& r, std::size_t i, const calendar& c) {
  auto monday = c.today - days{iso_weekday(c.today)};
  if (auto n = r.says_any(i, {"this week", "later this week"}))
    return span(n, c.today, monday + days{6});
  if (auto n = r.says_any(i, {"next week", "the week after this"}))
    return span(n, monday + days{7}, monday + days{13});
  if (auto n = r.says(i, "last week"))
    return span(n, monday - days{7}, monday - days{1});
  if (auto n = r.says(i, "the week after next"))
    return span(n, monday + days{14}, monday + days{20});
  if (auto n = r.says(i, "next weekend"))
    return span(n, monday + days{12}, monday + days{13});
  if (auto n =
          r.says_any(i, {"this weekend", "the weekend", "at the weekend", "this coming weekend"}))
    return span(n, std::max(c.today, monday + days{5}), monday + days{6});
  if (auto n = r.says_any(i, {"this month", "later this month"}))
    return span(n, c.today, month_of(c.today).second);
  if (auto n = r.says(i, "next month")) {
    auto [from, to] = month_of(month_from(c, 1));
    return span(n, from, to);
  }
  if (auto n = r.says(i, "last month")) {
    auto [from, to] = month_of(month_from(c, -1));
    return span(n, from, to);
  }
  return std::nullopt;
}

found end_of(const reader& r, std::size_t i, const calendar& c) {
  auto n = r.says_any(i, {"end of", "the end of"});
  if (n == 0)
    return std::nullopt;
  auto at = i + n;
  bool next = false;
  if (r.is_one_of(at, {"the", "this", "next"})) {
    next = r.low(at) == "next";
    ++at;
  }
  const auto& unit = r.low(at);
  auto length = at + 1 - i;
  auto today = iso_weekday(c.today);
  if (unit == "day" || unit == "today")
    return at_day(length, c.today);
  if (unit == "week") // a working week, unless its Friday is gone
    return at_day(
        length, c.today - days{today} + days{(next ? 7 : 0) + (!next && today > 4 ? 6 : 4)});
  if (unit == "month")
    return at_day(length, month_of(month_from(c, next ? 1 : 0)).second);
  if (unit == "year")
    return at_day(
        length,
        make_day(static_cast<int>(year_month_day{c.today}.year()) + (next ? 1 : 0), 12, 31));
  if (auto m = month_at(r, at); m > 0)
    if (auto first = next_date(c, m, 28))
      return at_day(length, month_of(*first).second);
  return std::nullopt;
}

day add_units(day from, std::int64_t count, std::string_view unit) {
  count = std::min<std::int64_t>(count, 400);
  if (unit.starts_with("day"))
    return from + days{count};
  if (unit.starts_with("week"))
    return from + days{7 * count};
  year_month_day date{from};
  auto moved = date + months{static_cast<int>(count)};
  return moved.ok() ? day{moved} : day{moved.year() / moved.month() / std::chrono::last};
}

/// "in two weeks", "within the next 3 days", "two weeks from today", "a week from tomorrow".
found relative_date(const reader& r, std::size_t i, const calendar& c) {
  bool is_span = false;
  std::size_t at = i;
  if (auto n = r.says_any(
          i, {"within the next", "in the next", "over the next", "within", "the next"})) {
    is_span = true;
    at += n;
  } else if (r.low(i) == "in") {
    ++at;
  }
  bool has_cue = at > i;
  std::optional<count_reading> count = read_count(r, at);
  if (!count && r.is_one_of(at, {"a", "an"}))
    count = count_reading{1, 1};
  if (!count)
    return std::nullopt;
  at += count->length;
  if (r.low(at) == "of")
    ++at;
  const auto& unit = r.low(at);
  if (!r.is_one_of(at, {"day", "days", "week", "weeks", "month", "months"}))
    return std::nullopt;
  ++at;
  auto to = add_units(c.today, count->value, unit);
  if (auto n = r.says_any(at, {"from now", "from today"}))
    return at_day(at + n - i, to);
  if (auto n = r.says(at, "from tomorrow"))
    return at_day(at + n - i, to + days{1});
  if (r.low(at) == "ago")
    return at_day(at + 1 - i, c.today - (to - c.today));
  if (!has_cue)
    return std::nullopt;
  return is_span ? span(at - i, c.today, to) : at_day(at - i, to);
}

found named_day(const reader& r, std::size_t i, const calendar& c) {
  if (auto n = r.says_any(i, {"the day after tomorrow", "day after tomorrow"}))
    return at_day(n, c.today + days{2});
  if (r.is_one_of(i, {"tomorrow", "tmrw", "tomorrow's"}))
    return at_day(1, c.today + days{1});
  if (r.is_one_of(i, {"today", "today's"}))
    return at_day(1, c.today);
  if (r.low(i) == "yesterday")
    return at_day(1, c.today - days{1});
  if (auto n = r.says_any(i, {"christmas eve"}))
    return at_day(n, next_date(c, 12, 24));
  if (auto n = r.says_any(i, {"christmas day", "christmas"}))
    return at_day(n, next_date(c, 12, 25));
  if (auto n = r.says_any(i, {"new year's eve"}))
    return at_day(n, next_date(c, 12, 31));
  if (auto n = r.says_any(i, {"new year's day"}))
    return at_day(n, next_date(c, 1, 1));
  return std::nullopt;
}

} // namespace

calendar calendar_of(const assistant::briefing& about, const reader& r) {
  calendar c;
  auto where = zone::find(about.timezone);
  auto local = about.now + (where ? (*where)->at(about.now).offset : std::chrono::seconds{0});
  c.today = std::chrono::floor<days>(local);
  c.minute_now =
      static_cast<int>(std::chrono::floor<std::chrono::minutes>(local - c.today).count());
  if (!about.region.empty())
    c.month_first = about.region == "US" || about.region == "PR" || about.region == "PH";
  c.evening = r.has_any({"dinner", "supper", "evening", "tonight"}) ||
              (r.has("table") && !r.has_any({"lunch", "breakfast", "brunch"}));
  return c;
}

std::optional<date_reading> read_date(const reader& r, std::size_t i, const calendar& c) {
  found longest;
  for (auto* read :
       {numeric_date, month_then_day, day_then_month, month_alone, day_alone, weekday_date,
        recurring_date, week_or_month, end_of, relative_date, named_day})
    if (auto date = read(r, i, c); date && (!longest || date->length > longest->length))
      longest = date;
  // "Tuesday, Nov 24": one date, said twice; the second is the exact one.
  if (longest && weekday_at(r, i + longest->length - 1) >= 0) {
    auto next = i + longest->length + (r.low(i + longest->length) == "," ? 1 : 0);
    for (auto* read : {numeric_date, month_then_day, day_then_month, day_alone})
      if (auto exact = read(r, next, c)) {
        exact->length += next - i;
        return exact;
      }
  }
  return longest;
}

} // namespace ringmaster::rules
