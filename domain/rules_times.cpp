// Dates and times together, with the words that bound them: what a text says and what it means.

#include <algorithm>
#include <cstdio>
#include <utility>

#include "domain/rules_parts.hpp"

namespace ringmaster::rules {

namespace {

using std::chrono::days;

/// On which side of the date or time the wish lies.
enum class bound : std::uint8_t { none, after, from, before, by, between, since };

struct bound_reading {
  bound what = bound::none;
  std::size_t length = 0;
};
bound_reading bound_at(const reader& r, std::size_t i) {
  if (auto n = r.says_any(i, {"after", "later than", "any time after", "anytime after"}))
    return {bound::after, n};
  if (auto n = r.says_any(
          i, {"not before", "no earlier than", "not earlier than", "at the earliest", "from",
              "at or after", "on or after"}))
    return {bound::from, n};
  if (auto n = r.says_any(i, {"before", "earlier than", "any time before", "anytime before"}))
    return {bound::before, n};
  if (auto n = r.says_any(
          i, {"by", "until", "till", "no later than", "not later than", "not after", "latest",
              "at the latest", "on or before"}))
    return {bound::by, n};
  if (r.low(i) == "between")
    return {bound::between, 1};
  if (r.low(i) == "since")
    return {bound::since, 1};
  return {};
}

std::string show(day d) {
  std::chrono::year_month_day date{d};
  char text[16];
  std::snprintf(
      text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

std::string show(int minutes) {
  char text[16];
  std::snprintf(text, sizeof text, "T%02d:%02d", minutes / 60 % 100, minutes % 60);
  return text;
}

std::string span(const std::string& from, const std::string& to) {
  return from == to ? from : from + '/' + to;
}

/// "2026-11-24/2026-11-26", and with a bound "2026-11-25/..".
std::string meaning_of(const date_reading& d, bound b) {
  if (d.is_open)
    return {};
  switch (b) {
  case bound::after:
    return show(d.to + days{1}) + "/..";
  case bound::from:
  case bound::since:
    return show(d.from) + "/..";
  case bound::before:
    return "../" + show(d.from - days{1});
  case bound::by:
    return "../" + show(d.to);
  default:
    return span(show(d.from), show(d.to));
  }
}

/// "T15:00", "2026-11-24T15:00", "2026-11-24T17:00/..".
std::string meaning_of(const clock_reading& t, bound b, const std::string& date) {
  auto from = date + show(t.from);
  auto to = date + show(t.to);
  switch (b) {
  case bound::after:
    return to + "/..";
  case bound::from:
    return from + "/..";
  case bound::before:
    return "../" + from;
  case bound::by:
    return "../" + to;
  default:
    return span(from, to);
  }
}

/// The same where the bound is one within the day: "Tuesday after 3 pm".
std::string meaning_within(const clock_reading& t, bound b, const std::string& date) {
  switch (b) {
  case bound::after:
    return date + show(t.to) + '/' + date + "T24:00";
  case bound::from:
    return date + show(t.from) + '/' + date + "T24:00";
  case bound::before:
    return date + "T00:00/" + date + show(t.from);
  case bound::by:
    return date + "T00:00/" + date + show(t.to);
  default:
    return meaning_of(t, b, date);
  }
}

/// A time of day with its bound, at `i`.
struct bounded_clock {
  clock_reading clock;
  bound side = bound::none;
  std::size_t length = 0;
};
std::optional<bounded_clock>
clock_part(const reader& r, std::size_t i, const calendar& c, bool bare) {
  auto b = bound_at(r, i);
  auto at = i + b.length;
  if (b.what == bound::none)
    for (auto word : {"at", "around", "about", "approximately", "@"})
      if (r.low(at) == word) {
        ++at;
        bare = true;
      }
  if (b.what != bound::none && r.is_one_of(at, {"about", "around"}))
    ++at;
  if (r.says(at, "in the") > 0)
    at += 2;
  else if (r.is_one_of(at, {"the", "in"}))
    ++at;
  auto clock = read_clock(r, at, c, bare || b.what != bound::none);
  if (!clock)
    return std::nullopt;
  // "from 2 to 4" and "between 2 and 4" are spans, "from 2" alone is a bound.
  if (b.what == bound::between || (b.what == bound::from && clock->from != clock->to))
    b.what = clock->from != clock->to ? bound::between : bound::none;
  return bounded_clock{*clock, b.what, at + clock->length - i};
}

/// "between Nov 24 and Nov 26", "from Monday to Wednesday".
std::optional<date_reading>
date_range(const reader& r, std::size_t i, const date_reading& first, bound b, const calendar& c) {
  auto at = i + first.length;
  bool joined = (b == bound::between && r.low(at) == "and") ||
                (b == bound::from && r.is_one_of(at, {"to", "until", "till", "through", "-"}));
  auto last = joined ? read_date(r, at + 1, c) : std::nullopt;
  if (!last || first.is_open || last->is_open)
    return std::nullopt;
  auto to = last->to;
  if (to < first.from && first.from - to < days{7})
    to += days{7};
  if (to < first.from)
    return std::nullopt;
  return date_reading{first.length + 1 + last->length, first.from, to, false};
}

bool is_filler(const reader& r, std::size_t i) {
  return r.is_one_of(i, {",", "on", "of", "the", "in", "this", "T", "t"});
}

time_found
make(const reader& r, std::size_t first, std::size_t last, std::string meaning, const calendar&) {
  time_found t;
  t.where = {first, last};
  t.said = {std::string{r.text(first, last)}, std::move(meaning)};
  return t;
}

void set_days(time_found& t, const date_reading& d, bound b, const calendar& c) {
  t.is_ambiguous_date = d.is_open;
  if (d.is_open)
    return;
  t.from = d.from;
  t.to = d.to;
  t.is_past = b == bound::since || (d.to < c.today && b != bound::after && b != bound::from);
}

bool is_limit(bound b) { return b != bound::none && b != bound::since; }

/// A date, perhaps with a time behind it.
std::optional<time_found> date_first(const reader& r, std::size_t i, const calendar& c) {
  auto b = bound_at(r, i);
  auto at = i + b.length;
  if (b.what != bound::none && r.says(at, "the end of") == 0 && r.low(at) == "on")
    ++at;
  auto date = read_date(r, at, c);
  if (!date)
    return std::nullopt;
  // "from 3 to 5 January"
  if (b.what == bound::from && date->from != date->to && r.is_number(at))
    b.what = bound::between;
  // "since Monday" is the last one.
  if (b.what == bound::since && date->from > c.today && date->from - c.today <= days{7})
    date->from = date->to = date->from - days{7};
  if (auto range = date_range(r, at, *date, b.what, c)) {
    date = range;
    b.what = bound::between;
  } else if (b.what == bound::between && date->from == date->to) {
    b = {};
  }
  at += date->length;
  // A time behind the date belongs to it, if the date is one day.
  auto gap = at;
  while (gap < at + 3 && is_filler(r, gap))
    ++gap;
  auto clock =
      date->from == date->to && !date->is_open ? clock_part(r, gap, c, false) : std::nullopt;
  // ", after 5" may begin another thought, but "Tuesday, 3 pm" is one.
  if (clock) {
    auto side = is_limit(clock->side) ? clock->side : b.what;
    auto on = show(date->from);
    auto meaning = is_limit(clock->side) ? meaning_within(clock->clock, clock->side, on)
                                         : meaning_of(clock->clock, b.what, on);
    auto t = make(r, i, gap + clock->length, std::move(meaning), c);
    set_days(t, *date, side, c);
    t.has_clock = true;
    t.is_limit = is_limit(side);
    return t;
  }
  auto t = make(r, i, at, meaning_of(*date, b.what), c);
  set_days(t, *date, b.what, c);
  t.is_limit = is_limit(b.what);
  return t;
}

/// A time, perhaps with a date behind it.
std::optional<time_found> clock_first(const reader& r, std::size_t i, const calendar& c) {
  auto clock = clock_part(r, i, c, false);
  if (!clock)
    return std::nullopt;
  auto at = i + clock->length;
  auto gap = at;
  while (gap < at + 2 && is_filler(r, gap) && r.low(gap) != "this" && r.low(gap) != "the")
    ++gap;
  auto begins_bound = is_limit(bound_at(r, gap).what);
  auto date = begins_bound ? std::nullopt : read_date(r, gap, c);
  if (date && date->from == date->to && !date->is_open) {
    bool within = is_limit(clock->side) && clock->side != bound::by;
    auto on = show(date->from);
    auto t = make(
        r, i, gap + date->length,
        within ? meaning_within(clock->clock, clock->side, on)
               : meaning_of(clock->clock, clock->side, on),
        c);
    set_days(t, *date, clock->side, c);
    t.has_clock = true;
    t.is_limit = is_limit(clock->side);
    return t;
  }
  auto t = make(r, i, at, meaning_of(clock->clock, clock->side, ""), c);
  t.has_clock = true;
  t.is_limit = is_limit(clock->side);
  return t;
}

/// "tonight", "tonight at 7", "this morning", "this evening".
std::optional<time_found> this_evening(const reader& r, std::size_t i, const calendar& c) {
  auto n = r.says_any(i, {"tonight"});
  clock_reading clock{1, 18 * 60, 22 * 60};
  if (n == 0 && r.low(i) == "this") {
    auto read = read_clock(r, i + 1, c, false);
    if (!read || read->from == read->to)
      return std::nullopt;
    clock = *read;
    n = 1 + read->length;
  }
  if (n == 0)
    return std::nullopt;
  auto side = bound::none;
  auto evening = c;
  evening.evening = clock.from >= 17 * 60;
  if (auto exact = clock_part(r, i + n, evening, false)) {
    clock = exact->clock;
    side = exact->side;
    n += exact->length;
  }
  auto t = make(r, i, i + n, meaning_within(clock, side, show(c.today)), c);
  t.from = t.to = c.today;
  t.has_clock = true;
  t.is_limit = is_limit(side);
  return t;
}

/// "in an hour", "in 30 minutes", "within two hours".
std::optional<time_found> soon(const reader& r, std::size_t i, const calendar& c) {
  auto n = r.says_any(i, {"in", "within", "within the next"});
  if (n == 0)
    return std::nullopt;
  auto count = read_count(r, i + n);
  if (!count && r.is_one_of(i + n, {"a", "an"}))
    count = count_reading{1, 1};
  if (!count || count->value > 48 * 60)
    return std::nullopt;
  auto at = i + n + count->length;
  bool hours = r.is_one_of(at, {"hour", "hours"});
  if (!hours && !r.is_one_of(at, {"minute", "minutes", "min", "mins"}))
    return std::nullopt;
  auto minutes = c.minute_now + static_cast<int>(count->value) * (hours ? 60 : 1);
  auto date = c.today + days{minutes / (24 * 60)};
  auto moment = show(date) + show(minutes % (24 * 60));
  bool within = r.low(i) == "within";
  auto t = make(r, i, at + 1, within ? "../" + moment : moment, c);
  t.from = t.to = date;
  t.has_clock = true;
  t.is_limit = within;
  return t;
}

/// Wishes without a date: they say when, and leave it open.
std::optional<time_found> open_wish(const reader& r, std::size_t i, const calendar& c) {
  auto n = r.says_any(
      i, {"as soon as possible", "asap", "earliest", "soonest", "first available", "next available",
          "as early as possible", "any time", "anytime", "any day", "whenever", "right away",
          "immediately", "next opening", "first opening"});
  if (n == 0 || (r.low(i) == "earliest" && r.says(i - 2, "at the") > 0))
    return std::nullopt;
  return make(r, i, i + n, "", c);
}

/// "at the earliest" and "at the latest" bound the time before them.
void read_afterthought(const reader& r, time_found& t) {
  auto n = r.says_any(t.where.last, {"at the latest", "or earlier", "or before"});
  auto m = r.says_any(t.where.last, {"at the earliest", "or later", "or after", "onwards"});
  if (n + m == 0 || t.said.meaning.empty() || t.said.meaning.find('/') != std::string::npos)
    return;
  t.where.last += n + m;
  t.said.text = r.text(t.where.first, t.where.last);
  t.said.meaning = n > 0 ? "../" + t.said.meaning : t.said.meaning + "/..";
  t.is_limit = true;
}

} // namespace

std::vector<time_found> find_times(const reader& r, const calendar& c) {
  constexpr std::size_t most = 20;
  std::vector<time_found> out;
  for (std::size_t i = 0; i < r.size() && out.size() < most;) {
    std::optional<time_found> longest;
    for (auto* read : {date_first, clock_first, this_evening, soon, open_wish})
      if (auto t = read(r, i, c); t && (!longest || t->where.last > longest->where.last))
        longest = std::move(t);
    if (!longest) {
      ++i;
      continue;
    }
    read_afterthought(r, *longest);
    i = longest->where.last;
    out.push_back(std::move(*longest));
  }
  return out;
}

} // namespace ringmaster::rules
