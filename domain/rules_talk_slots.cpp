// Moments: which are offered, which fit, which is taken.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <tuple>
#include <utility>

#include "domain/rules_talk.hpp"

namespace ringmaster::rules {

namespace {

using std::chrono::days;

constexpr int day_end = 24 * 60;

/// "not on Monday", "no mornings", "we do not have Tuesday": denied within the same clause.
bool is_denied(const reader& r, std::size_t i) {
  for (std::size_t k = i; k-- > 0 && k + 7 > i;) {
    if (r.ends_sentence(k) || r.is_one_of(k, {",", "but", "so", "we", "i", "only", "or"}))
      return false;
    if (r.is_one_of(
            k, {"not", "no", "never", "except", "avoid", "don't", "can't", "cannot", "isn't",
                "without", "nothing", "unavailable", "won't"}))
      // "no later than" and "not before" are bounds, which belong to the time itself.
      return true;
  }
  return false;
}

/// "3 pm is taken", "Tuesday is not possible".
bool is_denied_behind(const reader& r, std::size_t i) {
  for (auto k = i; k < i + 5 && k < r.size(); ++k) {
    if (r.ends_sentence(k) || r.is_one_of(k, {",", "but", "or", "and", "if", "?"}))
      return false;
    if (r.is_one_of(
            k, {"taken", "gone", "full", "already", "unavailable", "impossible", "isn't", "not"}))
      return true;
  }
  return false;
}

int minute_of(std::string_view t) { // "15:30"
  return t.size() < 5 ? 0
                      : ((t[0] - '0') * 10 + (t[1] - '0')) * 60 + (t[3] - '0') * 10 + (t[4] - '0');
}

/// The time of day in one side of a meaning: "2026-11-24T15:00", "T15:00".
std::optional<int> clock_in(std::string_view side) {
  auto at = side.find('T');
  if (at == std::string_view::npos)
    return std::nullopt;
  return minute_of(side.substr(at + 1));
}

struct sides {
  std::string_view first, last;
  bool open_first, open_last;
};
sides split(std::string_view meaning) {
  auto slash = meaning.find('/');
  auto first = meaning.substr(0, slash);
  auto last = slash == std::string_view::npos ? first : meaning.substr(slash + 1);
  return {first, last, first == "..", last == ".."};
}

slot slot_of(const time_found& t) {
  slot s;
  auto m = split(t.said.meaning);
  if (t.from && t.to && *t.from == *t.to)
    s.on = *t.from;
  auto first = clock_in(m.first), last = clock_in(m.last);
  if (first || last) {
    s.from = m.open_first ? 0 : first.value_or(0);
    s.to = m.open_last ? day_end : last.value_or(day_end);
  }
  return s;
}

int weekday_at(const reader& r, std::size_t i) {
  constexpr auto names = std::to_array<std::string_view>(
      {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"});
  for (std::size_t n = 0; n < names.size(); ++n)
    if (r.low(i) == names[n] || (r.low(i).size() == names[n].size() + 1 &&
                                 r.low(i).starts_with(names[n]) && r.low(i).back() == 's'))
      return static_cast<int>(n);
  return -1;
}

/// "Only Tuesdays or Thursdays", "no weekends", "not on a Monday".
unsigned weekdays_in(const reader& r) {
  unsigned allowed = 0, denied = 0;
  for (std::size_t i = 0; i < r.size(); ++i) {
    unsigned bits = 0;
    if (r.is_one_of(i, {"weekend", "weekends"}))
      bits = 0x41;
    else if (r.is_one_of(i, {"weekday", "weekdays"}))
      bits = 0x3e;
    else if (auto n = weekday_at(r, i); n >= 0) {
      bool plural = r.low(i).back() == 's';
      if (plural || is_denied(r, i))
        bits = 1u << n;
    }
    (is_denied(r, i) ? denied : allowed) |= bits;
  }
  return (allowed ? allowed : 0x7fu) & ~denied;
}

bool within(const slot& s, const slot& window) {
  if (s.on && window.on && *s.on != *window.on)
    return false;
  if (s.from && window.from)
    return *s.from < *window.to
               ? *s.from >= *window.from || (!s.has_clock() && *s.to > *window.from)
               : *s.from == *window.to && s.has_clock();
  return true;
}

std::string clock_words(int minute) {
  if (minute == 12 * 60)
    return "noon";
  auto hour = minute / 60 % 24;
  auto text = std::to_string(hour % 12 == 0 ? 12 : hour % 12);
  if (auto rest = minute % 60; rest != 0)
    text += (rest < 10 ? ":0" : ":") + std::to_string(rest);
  return text + (hour < 12 ? " am" : " pm");
}

} // namespace

namespace {

/// "Good morning" names no time, and the "7" of "7 is fine" is one.
std::string without_manners(std::string_view text) {
  reader r{std::string{text}};
  std::string out;
  std::size_t at = 0;
  for (std::size_t i = 0; i < r.size(); ++i) {
    auto begin = r[i].begin;
    auto n =
        r.is_one_of(i, {"good", "nice", "lovely", "great", "wonderful", "pleasant"}) &&
                r.is_one_of(i + 1, {"morning", "afternoon", "evening", "night", "day", "weekend"})
            ? 2
            : 0;
    bool starts = i == 0 || r.ends_sentence(i - 1) ||
                  r.is_one_of(i - 1, {",", "about", "then", "but", "well", "okay", "yes", "sure"});
    auto hour = read_count(r, i);
    bool is_hour =
        hour && hour->length == 1 && hour->value >= 1 && hour->value <= 12 && r.low(i) != "one";
    // "At 7 we could do it."
    if (is_hour && r.low(i - 1) == "at" && r.is_one_of(i + 1, {"we", "i", "you", "it", "they"})) {
      out += r.all().substr(at, r[i].end - at) + " o'clock";
      at = r[i].end;
      continue;
    }
    bool bare = starts && is_hour &&
                (r.is_one_of(
                     i + 1, {"is", "works", "work", "would", "could", "should", "it", "then",
                             "sounds", "or"}) ||
                 (r.low(i - 1) == "about" && (i + 1 == r.size() || r.ends_sentence(i + 1))));
    if (n == 0 && !bare)
      continue;
    out += r.all().substr(at, begin - at);
    out += bare ? "at " : "";
    at = bare ? begin : r[i + 1].end;
  }
  return out + r.all().substr(at);
}

} // namespace

std::vector<slot> slots_in(std::string_view text, const calendar& c) {
  reader r{without_manners(text)};
  std::vector<slot> out;
  std::optional<day> last;
  for (const auto& t : find_times(r, c)) {
    if (t.said.meaning.empty() || t.is_past || is_denied(r, t.where.first) ||
        is_denied_behind(r, t.where.last))
      continue;
    auto s = slot_of(t);
    if (!s.on && t.from) // a span of days is no offer
      continue;
    if (!s.on && s.from)
      s.on = last;
    last = s.on ? s.on : last;
    if (std::find(out.begin(), out.end(), s) == out.end())
      out.push_back(s);
  }
  // "3 pm on Tuesday" and "Tuesday ... we have 3 or 4 pm": a day alone lends itself to the times.
  bool has_clock =
      std::any_of(out.begin(), out.end(), [](const slot& s) { return s.from.has_value(); });
  if (has_clock)
    std::erase_if(out, [&](const slot& s) {
      return !s.from && std::any_of(out.begin(), out.end(), [&](const slot& o) {
        return o.from && o.on == s.on;
      });
    });
  return out;
}

wished wished_in(std::string_view text, const calendar& c, bool is_move) {
  reader r{std::string{text}};
  wished w;
  w.weekdays = weekdays_in(r);
  auto times = find_times(r, c);
  // "Move it from Tuesday to Thursday": where it stands now is no wish.
  auto to = std::find_if(times.begin(), times.end(), [&](const time_found& t) {
    return r.is_one_of(t.where.first - 1, {"to", "until", "into"}) ||
           r.says(t.where.first, "after") > 0;
  });
  if (is_move && to != times.end())
    times.erase(times.begin(), to);
  for (const auto& t : times) {
    if (t.said.meaning.empty() || t.is_past)
      continue;
    auto m = split(t.said.meaning);
    bool denied = is_denied(r, t.where.first);
    auto s = slot_of(t);
    if (t.from && t.to && *t.to - *t.from < days{62}) {
      if (t.is_limit && (m.open_first || m.open_last)) {
        // An open side: every day up to it, or from it on.
        for (auto d = m.open_first ? c.today : *t.from;
             d <= (m.open_first ? *t.to : *t.from + days{60}); d += days{1})
          w.days.push_back({d, {}, {}});
        continue;
      }
      for (auto d = *t.from; d <= *t.to; d += days{1}) {
        slot one{d, {}, {}};
        if (s.from && *s.from != *s.to)
          one.from = s.from, one.to = s.to;
        (denied ? w.never : w.days).push_back(one);
      }
    }
    if (!s.from || (t.from && *s.from != *s.to))
      continue;
    if (s.has_clock()) {
      if (denied)
        w.never.push_back(s);
      else if (!w.ideal)
        w.ideal = s.from;
    } else if (denied) {
      w.never.push_back({{}, s.from, s.to});
    } else if (t.is_limit && (m.open_first || m.open_last)) {
      w.bounds.push_back({{}, s.from, s.to});
    } else {
      w.hours.push_back({{}, s.from, s.to});
    }
  }
  return w;
}

bool fits(const slot& s, const wished& w) {
  auto is_in = [&](const slot& window) { return within(s, window); };
  if (s.on) {
    std::chrono::weekday d{*s.on};
    if ((w.weekdays & (1u << d.c_encoding())) == 0)
      return false;
  }
  if (!w.days.empty() && s.on && std::none_of(w.days.begin(), w.days.end(), is_in))
    return false;
  if (!w.hours.empty() && s.from && std::none_of(w.hours.begin(), w.hours.end(), is_in))
    return false;
  if (s.from && !std::all_of(w.bounds.begin(), w.bounds.end(), is_in))
    return false;
  return std::none_of(w.never.begin(), w.never.end(), [&](const slot& n) {
    bool same_day = n.on ? s.on == n.on : true;
    bool same_time =
        n.from ? s.from && *s.from >= *n.from && (*s.from < *n.to || *s.from == *n.from) : true;
    return same_day && same_time;
  });
}

std::optional<slot>
choose(const std::vector<slot>& offered, const wished& hard, const wished& soft) {
  std::optional<slot> best;
  auto ideal = hard.ideal ? hard.ideal : soft.ideal;
  auto cost = [&](const slot& s) {
    auto distance = ideal && s.from ? std::abs(*s.from - *ideal) : 0;
    return std::tuple{
        fits(s, soft) ? 0 : 1, distance, s.on.value_or(day{days{999'999}}), s.from.value_or(0)};
  };
  for (const auto& s : offered)
    if (fits(s, hard) && (!best || cost(s) < cost(*best)))
      best = s;
  // Of a span, the part that fits: "any time after 1 pm" with a wish for 3 pm.
  if (best && best->from && !best->has_clock()) {
    auto from = *best->from;
    for (const auto& b : hard.bounds)
      from = std::max(from, *b.from);
    if (ideal && *ideal >= from && *ideal <= *best->to)
      from = *ideal;
    best->from = best->to = from;
  }
  return best;
}

std::string say_slot(const slot& s, bool with_date) {
  std::string out;
  if (s.on) {
    constexpr auto names = std::to_array<const char*>(
        {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"});
    constexpr auto months = std::to_array<const char*>(
        {"January", "February", "March", "April", "May", "June", "July", "August", "September",
         "October", "November", "December"});
    out = names[std::chrono::weekday{*s.on}.c_encoding()];
    std::chrono::year_month_day date{*s.on};
    if (with_date)
      out += std::string{", "} + months[static_cast<unsigned>(date.month()) - 1] + " " +
             std::to_string(static_cast<unsigned>(date.day()));
  }
  if (s.from)
    out += (out.empty() ? "" : " at ") + clock_words(*s.from);
  return out;
}

} // namespace ringmaster::rules
