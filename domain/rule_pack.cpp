#include "domain/rule_pack.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace ringmaster {

namespace {

using namespace std::chrono;

constexpr std::int32_t day_seconds = 86'400;
constexpr auto horizon = days{400};

/// `HH:MM`, with seconds only if there are any.
std::string shortest(time_of_day t) {
  auto text = to_string(t);
  if (text.ends_with(":00"))
    text.resize(5);
  return text;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ')
    text.remove_suffix(1);
  return text;
}

unsigned monday_based(civil_day day) { return std::chrono::weekday{day}.iso_encoding() - 1; }

template <class List, class Value>
bool contains(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

} // namespace

// -- hours of a day ------------------------------------------------------------------------------

result<day_hours> parse_day_hours(std::string_view text) {
  auto refuse = [] {
    return fail_field(
        "", "bad_hours", "not hours like 08:00-21:00, several with commas, or closed");
  };
  text = trimmed(text);
  day_hours hours;
  if (text == "closed")
    return hours;
  for (;;) {
    auto comma = text.find(',');
    auto part = trimmed(text.substr(0, comma));
    auto dash = part.find('-');
    if (dash == std::string_view::npos)
      return refuse();
    auto from = parse_time_of_day(trimmed(part.substr(0, dash)));
    auto to = parse_time_of_day(trimmed(part.substr(dash + 1)));
    if (!from || !to)
      return refuse();
    if (*from >= *to)
      return fail_field("", "bad_hours", "hours of one day end after they begin");
    if (!hours.empty() && *from <= hours.back().to)
      return fail_field("", "bad_hours", "hours of one day are sorted and apart from each other");
    hours.push_back({*from, *to});
    if (comma == std::string_view::npos)
      return hours;
    text.remove_prefix(comma + 1);
  }
}

std::string to_string(const day_hours& hours) {
  std::string out;
  for (const auto& span : hours)
    out += (out.empty() ? "" : ", ") + shortest(span.from) + "-" + shortest(span.to);
  return out.empty() ? "closed" : out;
}

// -- holidays ------------------------------------------------------------------------------------

// The reckoning of Meeus, Jones and Butcher, for the Gregorian calendar.
civil_day easter_sunday(year y) {
  auto n = static_cast<int>(y);
  auto golden = n % 19;
  auto century = n / 100;
  auto rest = n % 100;
  auto correction = (century + 8) / 25;
  auto moon = (19 * golden + century - century / 4 - (century - correction + 1) / 3 + 15) % 30;
  auto sunday = (32 + 2 * (century % 4) + 2 * (rest / 4) - moon - rest % 4) % 7;
  auto late = (golden + 11 * moon + 22 * sunday) / 451;
  auto sum = moon + sunday - 7 * late + 114;
  return sys_days{y / static_cast<int>(sum / 31) / (sum % 31 + 1)};
}

bool holiday::falls_on(civil_day day_asked) const {
  auto is = [&](civil_day d) {
    auto plain = d - days{shift};
    year_month_day date{plain};
    switch (kind) {
    case rule::date:
      return static_cast<unsigned>(date.month()) == month &&
             static_cast<unsigned>(date.day()) == day;
    case rule::weekday:
      if (static_cast<unsigned>(date.month()) != month || monday_based(plain) != weekday)
        return false;
      return nth < 0
                 ? year_month_day{plain + days{7}}.month() != date.month()
                 : (static_cast<unsigned>(date.day()) - 1) / 7 + 1 == static_cast<unsigned>(nth);
    case rule::easter:
      return plain == easter_sunday(date.year());
    }
    return true;
  };
  if (is(day_asked))
    return true;
  if (kept == observance::none)
    return false;
  auto today = monday_based(day_asked);
  return (today == 0 && is(day_asked - days{1})) ||
         (kept == observance::nearest_weekday && today == 4 && is(day_asked + days{1}));
}

// -- whom a rule holds for -----------------------------------------------------------------------

bool rule_entry::holds_for(const callee_place& callee) const {
  if (!countries.empty() && !callee.country.empty() && !contains(countries, callee.country))
    return false;
  if (states.empty() && area_codes.empty())
    return true;
  if (!callee.area_code.empty() && contains(area_codes, callee.area_code))
    return true;
  if (states.empty())
    return callee.area_code.empty();
  return callee.states.empty() ||
         std::any_of(callee.states.begin(), callee.states.end(), [&](const auto& state) {
           return contains(states, state);
         });
}

// -- hours of a callee ---------------------------------------------------------------------------

/// What a wall clock shows.
struct legal_hours::wall {
  civil_day day;
  std::int32_t second = 0;
  std::int64_t utc = 0; ///< whole seconds
  zone::span span;
};

legal_hours::legal_hours(const rule_pack& pack, const callee_place& callee) : pack_(&pack) {
  if (!callee.known())
    return;
  clocks_ = callee.zones->clocks;
  for (const auto& entry : pack.entries)
    if (entry.holds_for(callee))
      entries_.push_back(&entry);
}

legal_hours::wall legal_hours::wall_at(const zone& clock, instant t) const {
  wall w;
  w.span = clock.at(t);
  w.utc = floor<seconds>(t.time_since_epoch()).count();
  sys_seconds local{seconds{w.utc} + w.span.offset};
  w.day = floor<days>(local);
  w.second = static_cast<std::int32_t>((local - w.day).count());
  return w;
}

const day_hours& legal_hours::hours_of(const rule_entry& entry, civil_day day) const {
  for (auto place : entry.holidays)
    if (pack_->holidays[place].falls_on(day))
      return entry.holiday_hours;
  return entry.days[monday_based(day)];
}

const rule_entry* legal_hours::closed_by(const zone& clock, instant t) const {
  auto w = wall_at(clock, t);
  for (const auto* entry : entries_) {
    const auto& hours = hours_of(*entry, w.day);
    if (std::none_of(hours.begin(), hours.end(), [&](const day_span& span) {
          return span.from.seconds <= w.second && w.second < span.to.seconds;
        }))
      return entry;
  }
  return nullptr;
}

/// The next instant at which this clock's answer may be another: an edge of the hours of its day,
/// the end of the day, or a change of the clock.
instant legal_hours::next_edge(const zone& clock, instant t) const {
  auto w = wall_at(clock, t);
  auto next = day_seconds;
  auto consider = [&](std::int32_t edge) {
    if (edge > w.second)
      next = std::min(next, edge);
  };
  for (const auto* entry : entries_)
    for (const auto& span : hours_of(*entry, w.day)) {
      consider(span.from.seconds);
      consider(span.to.seconds);
    }
  return std::min(instant{seconds{w.utc + next - w.second}}, w.span.end);
}

bool legal_hours::open_at(instant t) const {
  return known() && std::none_of(clocks_.begin(), clocks_.end(), [&](const auto& clock) {
           return closed_by(*clock, t);
         });
}

// From edge to edge of a clock that is closed: no instant before its edge is open.
std::optional<instant> legal_hours::next_open(instant t) const {
  if (!known())
    return std::nullopt;
  for (auto end = t + horizon; t <= end;) {
    auto closed = std::find_if(clocks_.begin(), clocks_.end(), [&](const auto& clock) {
      return closed_by(*clock, t) != nullptr;
    });
    if (closed == clocks_.end())
      return t;
    t = next_edge(**closed, t);
  }
  return std::nullopt;
}

std::optional<instant> legal_hours::next_close(instant t) const {
  if (!known())
    return std::nullopt;
  for (auto end = t + horizon; t <= end;) {
    if (!open_at(t))
      return t;
    auto edge = instant::max();
    for (const auto& clock : clocks_)
      edge = std::min(edge, next_edge(*clock, t));
    t = edge;
  }
  return std::nullopt;
}

legal_reading legal_hours::read(instant t) const {
  legal_reading out;
  if (clocks_.empty()) {
    out.reason = "nobody knows the time zone of this number";
    return out;
  }
  if (entries_.empty()) {
    out.reason = "no rule of the pack " + (pack_ ? pack_->id : std::string{"(none)"}) +
                 " speaks of this number";
    return out;
  }
  for (const auto& clock : clocks_) {
    const auto* entry = closed_by(*clock, t);
    if (!entry)
      continue;
    auto w = wall_at(*clock, t);
    const auto& hours = hours_of(*entry, w.day);
    auto local = shortest({w.second - w.second % 60});
    out.entry = entry->id;
    out.zone = clock->name();
    auto on_holiday = std::find_if(entry->holidays.begin(), entry->holidays.end(), [&](auto place) {
      return pack_->holidays[place].falls_on(w.day);
    });
    if (on_holiday != entry->holidays.end())
      out.reason = "it is " + pack_->holidays[*on_holiday].name + " in " + out.zone + ": " +
                   (hours.empty() ? "no calls" : "calls only " + to_string(hours));
    else if (hours.empty())
      out.reason = "no calls on this day of the week in " + out.zone;
    else
      out.reason =
          "it is " + local + " in " + out.zone + ", and calls are allowed " + to_string(hours);
    out.reason += " (" + entry->id + ")";
    out.next_open_at = next_open(t);
    return out;
  }
  out.open = true;
  out.reason = "inside the legal hours of every zone the number may be in";
  out.closes_at = next_close(t);
  return out;
}

std::optional<std::int32_t> legal_hours::calls_per_day() const {
  std::optional<std::int32_t> least;
  for (const auto* entry : entries_)
    if (entry->calls_per_day)
      least = std::min(least.value_or(*entry->calls_per_day), *entry->calls_per_day);
  return least;
}

std::string_view legal_hours::calls_per_day_entry() const {
  auto least = calls_per_day();
  for (const auto* entry : entries_)
    if (least && entry->calls_per_day == least)
      return entry->id;
  return {};
}

legal_reading read_legal(const rule_pack& pack, const callee_place& callee, instant t) {
  return legal_hours(pack, callee).read(t);
}

// -- two packs -----------------------------------------------------------------------------------

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words)
    out += (out.empty() ? "" : " ") + word;
  return out.empty() ? "-" : out;
}

std::string day_text(const holiday& h) {
  static constexpr std::array<std::string_view, 7> names{"mon", "tue", "wed", "thu",
                                                         "fri", "sat", "sun"};
  std::string out;
  switch (h.kind) {
  case holiday::rule::date:
    out = std::to_string(h.month) + "/" + std::to_string(h.day);
    break;
  case holiday::rule::weekday:
    out = (h.nth < 0 ? std::string{"last"} : "#" + std::to_string(h.nth)) + " " +
          std::string{names[h.weekday % 7]} + " of month " + std::to_string(h.month);
    break;
  case holiday::rule::easter:
    out = "Easter";
    break;
  }
  if (h.shift != 0)
    out += (h.shift > 0 ? " +" : " ") + std::to_string(h.shift) + " days";
  if (h.kept != holiday::observance::none)
    out += h.kept == holiday::observance::monday ? ", kept on monday"
                                                 : ", kept on the nearest weekday";
  return out;
}

/// What an entry says, each part with its name.
std::vector<std::pair<std::string, std::string>>
parts_of(const rule_pack& pack, const rule_entry& e) {
  static constexpr std::array<std::string_view, 7> names{"mon", "tue", "wed", "thu",
                                                         "fri", "sat", "sun"};
  std::vector<std::pair<std::string, std::string>> out{
      {"countries",  joined(e.countries) },
      {"states",     joined(e.states)    },
      {"area_codes", joined(e.area_codes)}
  };
  for (std::size_t i = 0; i < 7; ++i)
    out.emplace_back(names[i], to_string(e.days[i]));
  std::vector<std::string> ids;
  for (auto place : e.holidays)
    ids.push_back(pack.holidays[place].id);
  std::sort(ids.begin(), ids.end());
  out.emplace_back("holidays", joined(ids));
  out.emplace_back("holiday_hours", e.holidays.empty() ? "-" : to_string(e.holiday_hours));
  out.emplace_back("calls_per_day", e.calls_per_day ? std::to_string(*e.calls_per_day) : "-");
  out.emplace_back("source", e.source);
  out.emplace_back("source_date", e.source_date);
  out.emplace_back("note", e.note.empty() ? "-" : e.note);
  return out;
}

template <class List>
auto find_id(const List& list, const std::string& id) {
  return std::find_if(list.begin(), list.end(), [&](const auto& x) { return x.id == id; });
}

} // namespace

std::vector<std::string> compare(const rule_pack& before, const rule_pack& after) {
  std::vector<std::string> out;
  auto differ = [&](const std::string& what, const std::string& a, const std::string& b) {
    if (a != b)
      out.push_back(what + ": " + a + " -> " + b);
  };
  differ("id", before.id, after.id);
  differ("version", std::to_string(before.version), std::to_string(after.version));
  differ("date", before.date, after.date);
  differ("title", before.title, after.title);
  for (const auto& h : before.holidays)
    if (find_id(after.holidays, h.id) == after.holidays.end())
      out.push_back("holiday " + h.id + ": gone");
  for (const auto& h : after.holidays) {
    auto old = find_id(before.holidays, h.id);
    if (old == before.holidays.end())
      out.push_back("holiday " + h.id + ": new, " + day_text(h));
    else
      differ("holiday " + h.id, day_text(*old), day_text(h));
  }
  for (const auto& e : before.entries)
    if (find_id(after.entries, e.id) == after.entries.end())
      out.push_back("entry " + e.id + ": gone");
  for (const auto& e : after.entries) {
    auto old = find_id(before.entries, e.id);
    if (old == before.entries.end()) {
      out.push_back("entry " + e.id + ": new");
      continue;
    }
    auto a = parts_of(before, *old);
    auto b = parts_of(after, e);
    for (std::size_t i = 0; i < a.size(); ++i)
      differ("entry " + e.id + ", " + a[i].first, a[i].second, b[i].second);
  }
  return out;
}

} // namespace ringmaster
