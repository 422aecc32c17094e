// Times of day in words and digits.

#include <algorithm>
#include <utility>

#include "domain/rules_parts.hpp"

namespace ringmaster::rules {

namespace {

constexpr int noon = 12 * 60;
constexpr int day_end = 24 * 60;

using found = std::optional<clock_reading>;

enum class half : std::uint8_t { none, am, pm };

half half_at(const reader& r, std::size_t i) {
  if (r.low(i) == "am" || (r.low(i) == "a" && r.low(i + 1) == "m"))
    return half::am;
  if (r.low(i) == "pm" || (r.low(i) == "p" && r.low(i + 1) == "m"))
    return half::pm;
  return half::none;
}

std::size_t half_length(const reader& r, std::size_t i) { return r.low(i).size() == 2 ? 1 : 2; }

int with_half(int minutes, half h) {
  if (h == half::pm && minutes < noon)
    return minutes + noon;
  return h == half::am && minutes >= noon && minutes < noon + 60 ? minutes - noon : minutes;
}

/// The hour that people mean by "at 3": in the afternoon; "at 9": in the morning, unless it is
/// about an evening.
int likely(int minutes, const calendar& c) {
  auto hour = minutes / 60;
  if (hour >= 1 && hour <= 6)
    return minutes + noon;
  return c.evening && hour >= 7 && hour <= 11 ? minutes + noon : minutes;
}

/// An hour with or without minutes: "3", "3:30", "15.45", "1530h"; not yet placed in a half.
struct hour_reading {
  std::size_t length = 0;
  int minutes = 0;
  bool is_exact = false; ///< with minutes, or in the 24-hour form
};
std::optional<hour_reading> hour_at(const reader& r, std::size_t i) {
  auto hour = digits_of(r[i]);
  if (!hour) {
    auto word = read_count(r, i);
    if (!word || word->length != 1 || word->value > 12 || r.is_number(i))
      return std::nullopt;
    return hour_reading{1, static_cast<int>(word->value) * 60, false};
  }
  if (*hour > 24 || r[i].low.size() > 2)
    return std::nullopt;
  auto minute = digits_of(r[i + 2]);
  bool has_minutes = minute && *minute < 60 && r[i + 2].low.size() == 2 && r[i + 1].glued &&
                     r[i + 2].glued && (r.low(i + 1) == ":" || r.low(i + 1) == "h");
  bool has_point = minute && *minute < 60 && r[i + 2].low.size() == 2 && r[i + 1].glued &&
                   r[i + 2].glued && r.low(i + 1) == "." &&
                   (half_at(r, i + 3) != half::none || r.is_one_of(i + 3, {"uhr", "hrs", "h"}));
  if (has_minutes || has_point)
    return hour_reading{3, static_cast<int>(*hour * 60 + *minute), true};
  return hour_reading{1, static_cast<int>(*hour) * 60, *hour > 12 || *hour == 0};
}

bool is_minute_of_day(int m) { return m >= 0 && m <= day_end; }

/// What follows a bare number and makes it something else than an hour.
bool counts_something(const reader& r, std::size_t i) {
  const auto& t = r[i];
  if (t.what == token::kind::word)
    return t.capital ||
           !r.is_one_of(i, {"and",        "or",    "on",     "tomorrow", "today", "tonight",
                            "if",         "but",   "for",    "in",       "with",  "at",
                            "this",       "next",  "please", "because",  "so",    "would",
                            "is",         "works", "as",     "under",    "to",    "until",
                            "the",        "sharp", "since",  "when",     "works", "ideally",
                            "preferably", "only",  "then",   "onwards"});
  return r.is_one_of(i, {"%", "$", "eur€", "gbp£", "/", "-", ":"}) && t.glued;
}

found clock_word(const reader& r, std::size_t i) {
  if (r.is_one_of(i, {"noon", "midday"}))
    return clock_reading{1, noon, noon};
  if (r.low(i) == "midnight")
    return clock_reading{1, 0, 0};
  for (auto [phrase, from, to] : {
           std::tuple{"first thing in the morning", 8 * 60,  10 * 60},
           std::tuple{"early morning",              6 * 60,  9 * 60 },
           std::tuple{"late morning",               10 * 60, noon   },
           std::tuple{"early afternoon",            noon,    15 * 60},
           std::tuple{"late afternoon",             15 * 60, 18 * 60},
           std::tuple{"early evening",              17 * 60, 20 * 60},
           std::tuple{"morning",                    8 * 60,  noon   },
           std::tuple{"lunchtime",                  noon,    14 * 60},
           std::tuple{"lunch time",                 noon,    14 * 60},
           std::tuple{"afternoon",                  noon,    18 * 60},
           std::tuple{"evening",                    18 * 60, 22 * 60},
           std::tuple{"close of business",          17 * 60, 17 * 60}
  })
    if (auto n = r.says(i, phrase))
      return clock_reading{n, from, to};
  return std::nullopt;
}

/// "half past three", "quarter to 5".
found spoken_fraction(const reader& r, std::size_t i, const calendar& c) {
  auto at = i + (r.low(i) == "a" ? 1 : 0);
  int minutes = r.low(at) == "half" ? 30 : r.low(at) == "quarter" ? 15 : 0;
  auto past = r.low(at + 1) == "past";
  if (minutes == 0 || (!past && r.low(at + 1) != "to"))
    return std::nullopt;
  auto hour = hour_at(r, at + 2);
  if (!hour || hour->is_exact)
    return std::nullopt;
  auto length = at + 2 + hour->length - i;
  auto h = half_at(r, i + length);
  if (h != half::none)
    length += half_length(r, i + length);
  else if (auto n = r.says_any(i + length, {"in the morning"}))
    length += n, h = half::am;
  else if (auto m = r.says_any(i + length, {"in the afternoon", "in the evening"}))
    length += m, h = half::pm;
  auto base = h == half::none ? likely(hour->minutes, c) : with_half(hour->minutes, h);
  auto value = past ? base + minutes : base - minutes;
  if (!is_minute_of_day(value))
    return std::nullopt;
  return clock_reading{length, value, value};
}

/// "3 pm", "15:30", "3 o'clock"; a bare number where the word before it allows one.
found single(const reader& r, std::size_t i, const calendar& c, bool bare) {
  auto hour = hour_at(r, i);
  if (!hour)
    return std::nullopt;
  auto at = i + hour->length;
  int value = hour->minutes;
  if (auto h = half_at(r, at); h != half::none) {
    if (value > 12 * 60 + 59)
      return std::nullopt;
    value = with_half(value, h);
    at += half_length(r, at);
  } else if (r.low(at) == "o'clock" || (r.low(at) == "h" && r[at].glued) || r.low(at) == "uhr") {
    value = hour->is_exact ? value : likely(value, c);
    ++at;
  } else if (hour->length == 3) {
    // "3:30" is in the afternoon, "03:30" and "15:30" are what they say.
    value = r[i].low.size() == 1 ? likely(value, c) : c.evening ? likely(value, c) : value;
    if (r[i].low.starts_with('0'))
      value = hour->minutes;
  } else if (bare && !counts_something(r, at)) {
    value = hour->is_exact ? value : likely(value, c);
  } else if (bare && r.low(at) == "ish") {
    value = likely(value, c);
    ++at;
  } else {
    return std::nullopt;
  }
  if (!is_minute_of_day(value))
    return std::nullopt;
  // "in the morning", "in the evening" say which half.
  if (auto n =
          r.says_any(at, {"in the morning", "in the afternoon", "in the evening", "at night"})) {
    auto morning = r.says(at, "in the morning") > 0;
    auto plain = hour->minutes;
    value = morning ? plain : plain < noon ? plain + noon : plain;
    at += n;
  }
  return clock_reading{at - i, value, value};
}

/// "2-4 pm", "2 to 4", "9:00 - 12:30", and behind "between" also "2 and 4".
found range(const reader& r, std::size_t i, const calendar& c, bool with_and) {
  auto first = hour_at(r, i);
  if (!first)
    return std::nullopt;
  auto at = i + first->length;
  auto first_half = half_at(r, at);
  if (first_half != half::none)
    at += half_length(r, at);
  bool joined = r.is_one_of(at, {"-", "to", "until", "till"}) || (with_and && r.low(at) == "and");
  auto second = joined ? hour_at(r, at + 1) : std::nullopt;
  if (!second)
    return std::nullopt;
  bool is_bare = r.low(at) == "-" && first->length == 1 && first_half == half::none;
  at += 1 + second->length;
  auto second_half = half_at(r, at);
  bool said = second_half != half::none || first->length == 3 || second->length == 3;
  if (second_half != half::none)
    at += half_length(r, at);
  else if (!said && (is_bare || counts_something(r, at)))
    return std::nullopt;
  auto to = second_half != half::none                 ? with_half(second->minutes, second_half)
            : second->is_exact && second->length == 1 ? second->minutes
            : second->length == 3 && r[at - 3].low.size() == 2 && !c.evening
                ? second->minutes
                : likely(second->minutes, c);
  auto from = first_half != half::none    ? with_half(first->minutes, first_half)
              : second_half != half::none ? with_half(first->minutes, second_half)
              : first->length == 3 && r[i].low.size() == 2 && !c.evening
                  ? first->minutes
                  : likely(first->minutes, c);
  // "11 to 1 pm" begins in the morning; "9 to 5" ends in the afternoon.
  if (first_half == half::none && from > to && from >= noon)
    from -= noon;
  if (second_half == half::none && to < from && to < noon)
    to += noon;
  // "6 pm to 1 am" ends another day; here it ends with its own.
  if (second_half == half::am && from >= noon && to < from)
    to = day_end;
  if (!is_minute_of_day(from) || !is_minute_of_day(to) || from >= to)
    return std::nullopt;
  return clock_reading{at - i, from, to};
}

} // namespace

std::optional<clock_reading>
read_clock(const reader& r, std::size_t i, const calendar& c, bool bare) {
  bool between = r.is_one_of(i - 1, {"between", "from"});
  found longest;
  for (auto reading :
       {clock_word(r, i), spoken_fraction(r, i, c), single(r, i, c, bare && !between),
        between || !bare || r.low(i - 1) == "at" ? range(r, i, c, between) : found{}})
    if (reading && (!longest || reading->length > longest->length))
      longest = reading;
  return longest;
}

} // namespace ringmaster::rules
