// What a user asks for in a chat, read as a change of the calendar.

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "domain/assistant.hpp"
#include "domain/calendar.hpp"
#include "domain/calendar_time.hpp"
#include "domain/rules_parts.hpp"
#include "domain/text.hpp"
#include "domain/zone.hpp"

namespace ringmaster::calendar {

using namespace std::chrono;
using rules::reader;
using rules::stretch;

namespace {

// -- words ----------------------------------------------------------------------------------------

/// What may stand in the calendar, so that "cancel the haircut" is a wish and "cancel my
/// subscription" is none.
std::size_t says_occasion(const reader& r, std::size_t i) {
  return r.says_any(
      i, {"appointment", "appointments", "meeting",   "event",       "entry",     "booking",
          "reservation", "session",      "lesson",    "class",       "visit",     "viewing",
          "haircut",     "check-up",     "checkup",   "cleaning",    "massage",   "inspection",
          "delivery",    "pickup",       "eye exam",  "vaccination", "manicure",  "tour",
          "dentist",     "doctor",       "lunch",     "dinner",      "breakfast", "brunch",
          "coffee",      "party",        "birthday",  "anniversary", "trip",      "holiday",
          "vacation",    "interview",    "rehearsal", "training",    "workshop",  "oil change",
          "slot",        "reminder",     "table",     "consultation"});
}

/// "into my calendar", "on the calendar", "from my diary".
std::size_t says_calendar(const reader& r, std::size_t i) {
  auto n = r.says_any(i, {"into", "in", "to", "on", "onto", "from", "off", "out of", "for"});
  auto m = r.says_any(i + n, {"my", "the", "our", "your"});
  auto k = r.says_any(i + n + m, {"calendar", "diary", "agenda", "schedule"});
  return k > 0 && n + m > 0 ? n + m + k : 0;
}

bool names_calendar(const reader& r) {
  for (std::size_t i = 0; i < r.size(); ++i)
    if (says_calendar(r, i) > 0)
      return true;
  return false;
}

bool names_occasion(const reader& r, std::size_t from) {
  for (auto i = from; i < r.size(); ++i)
    if (says_occasion(r, i) > 0)
      return true;
  return false;
}

/// Where the wish itself begins, behind greetings and politeness.
std::size_t skip_manners(const reader& r) {
  std::size_t i = 0;
  while (auto n = r.says_any(
             i, {"please",
                 "can you",
                 "could you",
                 "would you",
                 "can we",
                 "could we",
                 "will you",
                 "hi",
                 "hello",
                 "hey",
                 "ok",
                 "okay",
                 "and",
                 "then",
                 "also",
                 "aloha",
                 "sync",
                 ",",
                 "!",
                 ".",
                 "i want to",
                 "i need to",
                 "i'd like to",
                 "i would like to",
                 "i want you to",
                 "i need you to",
                 "i'd like you to",
                 "i would like you to",
                 "let's",
                 "let us",
                 "go ahead and",
                 "just",
                 "kindly",
                 "thanks",
                 "i have to",
                 "we need to",
                 "we have to",
                 "now",
                 "yes"}))
    i += n;
  return i;
}

struct verb {
  change what;
  std::size_t length = 0;
  bool is_bare = false; ///< with an occasion or a time alone, it is about the calendar
};
std::optional<verb> verb_at(const reader& r, std::size_t i) {
  if (auto n = r.says_any(
          i, {"reschedule", "move", "push back", "push", "shift", "postpone", "bring forward",
              "put off"}))
    return verb{change::move, n, true};
  if (auto n = r.says_any(i, {"change"}))
    return verb{change::move, n, false};
  if (auto n = r.says_any(i, {"cancel", "call off"}))
    return verb{change::cancel, n, true};
  if (auto n = r.says_any(i, {"delete", "remove", "take", "drop", "strike"}))
    return verb{change::cancel, n, false};
  if (auto n = r.says_any(i, {"block out", "block off", "block", "pencil in"}))
    return verb{change::create, n, true};
  if (auto n = r.says_any(
          i, {"put down", "put", "add", "enter", "schedule", "set up", "create", "make",
              "note down", "note", "write down", "write", "save", "plan", "book", "insert"}))
    return verb{change::create, n, false};
  return std::nullopt;
}

// -- days and times -------------------------------------------------------------------------------

/// A day and minutes of the day, as far as they were said.
struct said_time {
  std::optional<rules::day> first, last;
  std::optional<int> from, to; ///< minutes; `to` alone is never there
};

/// "T15:00" of "2026-11-24T15:00" as minutes; none if there is none.
std::optional<int> minutes_in(std::string_view text) {
  auto t = text.find('T');
  if (t == std::string_view::npos || text.size() < t + 6)
    return std::nullopt;
  auto digit = [&](std::size_t k) { return text[t + k] - '0'; };
  return (digit(1) * 10 + digit(2)) * 60 + digit(4) * 10 + digit(5);
}

/// "In the morning" is no time of an entry; "at nine" and "noon" are.
bool has_exact_clock(const reader& r, const rules::time_found& t) {
  for (auto i = t.where.first; i < t.where.last; ++i)
    if (r.is_number(i) || rules::read_count(r, i) || r.is_one_of(i, {"noon", "midday", "midnight"}))
      return t.has_clock;
  return false;
}

said_time read_said(const reader& r, const rules::time_found& t) {
  said_time out;
  const auto& meaning = t.said.meaning;
  if (meaning.empty() || t.is_ambiguous_date)
    return out;
  out.first = t.from;
  out.last = t.to;
  bool is_open = meaning.starts_with("..") || meaning.ends_with("..") ||
                 meaning.ends_with("T24:00") || meaning.find("T00:00/") != std::string::npos;
  if (is_open || !has_exact_clock(r, t))
    return out;
  auto slash = meaning.find('/');
  out.from = minutes_in(meaning.substr(0, slash));
  if (slash != std::string::npos)
    out.to = minutes_in(meaning.substr(slash + 1));
  return out;
}

/// Of a move the later words count: "from Tuesday to Wednesday", "from 3 pm to 4 pm".
said_time merge(const std::vector<said_time>& all, change what) {
  said_time out;
  for (const auto& one : all) {
    bool wins = what == change::move;
    if (one.first && (!out.first || wins))
      out.first = one.first, out.last = one.last;
    if (one.from && (!out.from || wins))
      out.from = one.from, out.to = one.to;
  }
  if (what == change::move) {
    out.first = out.last;
    if (out.to)
      out.from = std::exchange(out.to, std::nullopt);
  }
  return out;
}

/// "for an hour", "for 30 minutes", "for half an hour".
struct length_found {
  stretch where;
  minutes length{};
};
std::optional<length_found> find_length(const reader& r, std::size_t from) {
  for (auto i = from; i < r.size(); ++i) {
    if (r.low(i) != "for")
      continue;
    if (auto n = r.says_any(i + 1, {"half an hour"}))
      return length_found{
          {i, i + 1 + n},
          minutes{30}
      };
    auto count = rules::read_count(r, i + 1);
    if (!count && r.is_one_of(i + 1, {"a", "an"}))
      count = rules::count_reading{1, 1};
    if (!count || count->value < 1 || count->value > 1'440)
      continue;
    auto unit = i + 1 + count->length;
    bool is_hours = r.is_one_of(unit, {"hour", "hours", "hr", "hrs"});
    if (!is_hours && !r.is_one_of(unit, {"minute", "minutes", "min", "mins"}))
      continue;
    auto length = is_hours ? minutes{hours{count->value}} : minutes{count->value};
    if (length <= days{1})
      return length_found{
          {i, unit + 1},
          length
      };
  }
  return std::nullopt;
}

/// What fills a day when nothing else is said.
bool is_day_long(const reader& r) {
  return r.has_any(
      {"all day", "whole day", "all-day", "birthday", "anniversary", "holiday", "vacation",
       "day off", "days off"});
}

// -- titles ---------------------------------------------------------------------------------------

bool is_lead(const reader& r, std::size_t i) {
  return r.is_one_of(i, {"the",  "my",   "our",   "a",    "an",     "on",   "at", "for",  "to",
                         "from", "in",   "by",    ",",    ".",      "!",    "?",  "this", ":",
                         "\"",   "that", "until", "down", "please", "with", "of", "and",  "it"});
}

/// The words from `first` on that are none of the stretches, without what binds them.
std::string title_of(const reader& r, std::size_t first, const std::vector<stretch>& taken) {
  std::vector<std::size_t> kept;
  for (auto i = first; i < r.size(); ++i) {
    bool is_taken =
        std::any_of(taken.begin(), taken.end(), [&](const stretch& s) { return s.covers(i); });
    if (!is_taken) {
      kept.push_back(i);
      continue;
    }
    // "on" of "on Tuesday" goes with the day.
    while (!kept.empty() && kept.back() + 1 == i &&
           r.is_one_of(
               kept.back(), {"on", "at", "for", "to", "from", "in", "by", "until", "the", ","}))
      kept.pop_back();
  }
  auto begin = kept.begin();
  while (begin != kept.end() && is_lead(r, *begin))
    ++begin;
  while (kept.end() != begin && is_lead(r, kept.back()))
    kept.pop_back();
  std::string out;
  for (auto at = begin; at != kept.end(); ++at) {
    bool is_next = at != begin && *at == *(at - 1) + 1;
    out += out.empty() || (is_next && r[*at].glued) ? "" : " ";
    out += r.text(*at, *at + 1);
  }
  // "an event called Yoga" is Yoga.
  for (std::string_view name : {"called ", "named ", "titled "})
    if (auto at = out.find(name); at != std::string::npos)
      out.erase(0, at + name.size());
  while (count_characters(out).value_or(0) > 200)
    out.resize(out.find_last_of(' ') == std::string::npos ? 0 : out.find_last_of(' '));
  if (!count_characters(out) || has_control_character(out))
    return {};
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z')
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

/// Words by which an event is known again: not those that every event has.
std::set<std::string> telling_words(std::string_view text) {
  static const std::set<std::string, std::less<>> common{
      "appointment", "meeting", "event", "entry", "booking",  "reservation", "session", "the",
      "with",        "at",      "for",   "my",    "our",      "a",           "an",      "of",
      "in",          "on",      "to",    "and",   "calendar", "dr",          "mr",      "mrs",
      "ms",          "it",      "that",  "this",  "from",     "next",        "slot",    "visit"};
  reader r{std::string{text}};
  std::set<std::string> out;
  for (std::size_t i = 0; i < r.size(); ++i) {
    auto word = r.low(i);
    if (word.ends_with("'s"))
      word.resize(word.size() - 2);
    if (r[i].what != rules::token::kind::sign && !common.contains(word))
      out.insert(word);
  }
  return out;
}

/// The entry of a day and perhaps a time; `length`: none is an hour.
entry entry_at(
    const said_time& s, const zone& where, std::optional<minutes> length, std::string title) {
  entry e;
  e.title = std::move(title);
  e.timezone = where.name();
  wall_time midnight{*s.first};
  if (!s.from) {
    e.all_day = true;
    e.starts_at = instant_of(where, midnight);
    auto last = std::clamp(*s.last, *s.first, *s.first + days{30});
    e.ends_at = instant_of(where, wall_time{last + days{1}});
    return e;
  }
  e.starts_at = instant_of(where, midnight + minutes{*s.from});
  e.ends_at = e.starts_at + length.value_or(hours{1});
  if (s.to && *s.to > *s.from)
    e.ends_at = std::max(instant_of(where, midnight + minutes{*s.to}), e.starts_at + minutes{1});
  return e;
}

/// What has to be asked back before the wish can be proposed.
std::string find_missing(const wish& w, const said_time& s, const reader& r, instant now) {
  if (w.what == change::cancel)
    return {};
  if (w.what == change::move)
    return s.first || s.from ? "" : "To which day and time shall I move it?";
  if (w.title.empty())
    return "What shall the entry be called?";
  if (!s.first)
    return s.from ? "On which day?" : "On which day and at what time?";
  if (!s.from && !is_day_long(r) && *s.first == *s.last)
    return "At what time?";
  if (w.as && w.as->ends_at <= now)
    return "That is over already. Which day do you mean?";
  return {};
}

} // namespace

std::optional<wish> read_wish(std::string_view words, instant now, std::string_view home) {
  reader r{std::string{trimmed(words)}};
  auto begin = skip_manners(r);
  auto asked = verb_at(r, begin);
  auto where = zone::find(home);
  // "I need to cancel my appointment, how do I do that?" wants to know something.
  if (!asked || !where ||
      r.has_any(
          {"how", "what", "why", "where", "do i", "can i", "will i", "would i", "should i",
           "is there", "are there", "what's"}))
    return std::nullopt;
  auto first = begin + asked->length;

  assistant::briefing about;
  about.now = now;
  about.timezone = std::string{home};
  std::vector<stretch> taken;
  std::vector<said_time> times;
  for (const auto& t : rules::find_times(r, rules::calendar_of(about, r))) {
    if (t.where.first < first)
      continue;
    auto said = read_said(r, t);
    if (said.first || said.from)
      times.push_back(said), taken.push_back(t.where);
  }
  for (auto i = first; i < r.size(); ++i)
    if (auto n = says_calendar(r, i))
      taken.push_back({i, i + n});
  auto length = find_length(r, first);
  if (length)
    taken.push_back(length->where);

  bool in_calendar = names_calendar(r);
  bool has_occasion = names_occasion(r, first);
  // "Book a table for tonight" wants a call, and nothing in the calendar yet.
  bool is_meant = in_calendar || (asked->is_bare && (has_occasion || !times.empty())) ||
                  (has_occasion && !times.empty() && !r.is_one_of(begin, {"book", "make"}));
  if (!is_meant)
    return std::nullopt;

  wish w;
  w.what = asked->what;
  w.title = title_of(r, first, taken);
  auto said = merge(times, w.what);
  if (w.what == change::move) {
    w.keeps_day = said.from && !said.first;
    w.keeps_time = said.first && !said.from;
    if (w.keeps_day)
      said.first = said.last = floor<days>(wall_of(**where, now));
  }
  if (said.first)
    w.as = entry_at(said, **where, length ? std::optional{length->length} : std::nullopt, w.title);
  w.missing = find_missing(w, said, r, now);
  if (w.what == change::create && !w.missing.empty())
    w.as.reset();
  return w;
}

std::optional<entry> moved(const event& e, const wish& w) {
  auto where = zone::find(e.as.timezone);
  if (w.what != change::move || !w.as || !where)
    return std::nullopt;
  // The wish is meant on the clocks on which it was read.
  auto home = zone::find(w.as->timezone);
  auto to = wall_of(home ? **home : **where, w.as->starts_at);
  auto from = wall_of(**where, e.as.starts_at);
  auto on = floor<days>(w.keeps_day ? from : to);
  entry out = e.as;
  if (e.as.all_day && !w.keeps_day) {
    auto length = floor<days>(wall_of(**where, e.as.ends_at)) - floor<days>(from);
    out.starts_at = instant_of(**where, wall_time{on});
    out.ends_at = instant_of(**where, wall_time{on + length});
    return out;
  }
  out.all_day = false;
  auto clock = w.keeps_time ? from - floor<days>(from) : to - floor<days>(to);
  // A time that was said is one of the user's clocks, a time that stays one of the event's.
  out.starts_at = instant_of(w.keeps_time || !home ? **where : **home, wall_time{on} + clock);
  out.ends_at = out.starts_at + (e.as.all_day ? hours{1} : e.as.ends_at - e.as.starts_at);
  return out;
}

std::optional<event> find_meant(const wish& w, std::span<const event> upcoming) {
  auto wanted = telling_words(w.title);
  auto fits = [&](const event& e) {
    if (e.cancelled)
      return false;
    auto known = telling_words(e.as.title + ' ' + e.as.location + ' ' + e.as.notes);
    bool has_words =
        std::all_of(wanted.begin(), wanted.end(), [&](const auto& x) { return known.contains(x); });
    // A cancellation that names a time means what stands there.
    return has_words && (w.what != change::cancel || !w.as || overlap(*w.as, e.as));
  };
  std::optional<event> found;
  for (const auto& e : upcoming) {
    if (!fits(e))
      continue;
    if (found)
      return std::nullopt;
    found = e;
  }
  return found;
}

} // namespace ringmaster::calendar
