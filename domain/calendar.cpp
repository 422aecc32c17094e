#include "domain/calendar.hpp"

#include <array>
#include <cstdio>
#include <utility>

#include "domain/calendar_time.hpp"
#include "domain/mistakes.hpp"
#include "domain/text.hpp"
#include "domain/time.hpp"
#include "domain/words.hpp"
#include "domain/zone.hpp"

namespace ringmaster::calendar {

using namespace std::chrono;

namespace {

constexpr auto changes = vocabulary_of<change>("create", "move", "cancel");
constexpr auto statuses = vocabulary_of<status>("pending", "approved", "rejected");
constexpr auto origins = vocabulary_of<origin>("chat", "call", "task", "api");
static_assert(changes.words.size() == static_cast<std::size_t>(change::cancel) + 1);
static_assert(statuses.words.size() == static_cast<std::size_t>(status::rejected) + 1);
static_assert(origins.words.size() == static_cast<std::size_t>(origin::api) + 1);

constexpr auto longest = days{31};
constexpr std::int64_t minutes_most = 44'640;
constexpr std::size_t note_most = 500;

// -- moments as typed -----------------------------------------------------------------------------

/// A moment or a day, in a zone.
struct moment {
  instant at{};
  wall_time shown{}; ///< on the zone's clocks
  bool is_day = false;
};

/// "2026-11-24T15:00+01:00" lacks only its seconds.
std::string with_seconds(std::string_view text) {
  std::string out{text};
  if (out.size() > 16 && out[13] == ':' && out[16] != ':')
    out.insert(16, ":00");
  return out;
}

result<moment> read_moment(std::string_view text, const zone& where) {
  text = trimmed(text);
  if (auto wall = read_wall(text))
    return moment{instant_of(where, wall->shown), wall->shown, wall->is_day};
  auto exact = parse_rfc3339(with_seconds(text));
  if (!exact)
    return fail(
        errc::malformed, "must be like 2026-11-24T15:00, with or without an offset, or 2026-11-24");
  instant second = floor<seconds>(*exact);
  return moment{second, wall_of(where, second), false};
}

/// Where an entry ends, or what is wrong with it.
void read_end(
    mistakes& wrong, const entry_draft& d, const zone& where, const moment& start, entry& out) {
  bool has_end = !trimmed(d.ends_at).empty();
  if (has_end && d.duration_minutes) {
    wrong.add("/duration_minutes", "either", "give ends_at or duration_minutes, not both");
    return;
  }
  if (!has_end) {
    auto length = minutes{d.duration_minutes.value_or(start.is_day ? 1'440 : 60)};
    if (length.count() < 1 || length.count() > minutes_most)
      return; // told already
    if (start.is_day && length % days{1} != minutes{0})
      wrong.add("/duration_minutes", "not_whole_days", "a whole day lasts 1440 minutes");
    // Days are counted on the calendar: one with a change of the clocks has 23 or 25 hours.
    out.ends_at = start.is_day ? instant_of(where, start.shown + length) : start.at + length;
    return;
  }
  auto end = read_moment(d.ends_at, where);
  if (!end) {
    wrong.add("/ends_at", "not_a_time", std::move(end.error().detail));
    return;
  }
  if (end->is_day != start.is_day)
    wrong.add("/ends_at", "mixed", "start and end are both days, or both have a time");
  else if (end->at <= start.at)
    wrong.add(
        "/ends_at", "not_after_start",
        start.is_day ? "must be the day after the last one" : "must be after starts_at");
  else if (start.is_day ? end->shown - start.shown > longest : end->at - start.at > longest)
    wrong.add("/ends_at", "too_long", "must be at most 31 days after starts_at");
  out.ends_at = end->at;
}

void check_texts(
    mistakes& wrong, const std::string& title, const std::string& location,
    const std::string& notes) {
  wrong.check_text("/title", title, 1, 200);
  wrong.check_text("/location", location, 0, 500);
  wrong.check_text("/notes", notes, 0, 4'000, true);
}

/// An entry that did not come through `check` of its draft.
void check_entry(mistakes& wrong, const entry& e) {
  check_texts(wrong, e.title, e.location, e.notes);
  if (!zone::find(e.timezone))
    wrong.add("/timezone", "unknown_timezone", "is not a time zone of this installation");
  // A whole month with a change of the clocks is an hour longer.
  if (e.ends_at <= e.starts_at)
    wrong.add("/ends_at", "not_after_start", "must be after starts_at");
  else if (e.ends_at - e.starts_at > longest + (e.all_day ? hours{3} : hours{0}))
    wrong.add("/ends_at", "too_long", "must be at most 31 days after starts_at");
}

// -- moments as shown -----------------------------------------------------------------------------

std::string show_day(wall_time t) {
  constexpr std::array<const char*, 7> weekday_names{"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  auto date = floor<days>(t);
  year_month_day parts{date};
  return std::string{weekday_names[weekday{date}.c_encoding()]} + ' ' +
         std::to_string(static_cast<unsigned>(parts.day())) + ' ' +
         month_names[static_cast<unsigned>(parts.month()) - 1] + ' ' +
         std::to_string(static_cast<int>(parts.year()));
}

std::string show_clock(wall_time t) {
  hh_mm_ss clock{t - floor<days>(t)};
  char text[16];
  std::snprintf(
      text, sizeof text, "%02d:%02d", static_cast<int>(clock.hours().count()) % 100,
      static_cast<int>(clock.minutes().count()) % 100);
  return text;
}

// -- findings of calls ----------------------------------------------------------------------------

const std::string* part(const talk::value& v, std::string_view name) {
  for (const auto& [key, text] : v.parts)
    if (key == name && !text.empty())
      return &text;
  return nullptr;
}

/// The first value of a key that is known and not contradicted.
const std::string* known_value(const talk::findings& all, std::string_view key) {
  for (const auto& v : all.values)
    if (v.key == key && v.contradiction.empty() && !trimmed(v.text).empty())
      return &v.text;
  return nullptr;
}

std::string titled(std::string_view whom) {
  auto title = "Appointment with " + std::string{trimmed(whom)};
  bool fits = count_characters(title).value_or(201) <= 200 && !has_control_character(title);
  return fits && !trimmed(whom).empty() ? title : "Appointment";
}

} // namespace

std::string_view to_string(change c) { return changes[c]; }
std::optional<change> parse_change(std::string_view text) { return changes.find(text); }
std::string_view to_string(status s) { return statuses[s]; }
std::optional<status> parse_status(std::string_view text) { return statuses.find(text); }
std::string_view to_string(origin o) { return origins[o]; }
std::optional<origin> parse_origin(std::string_view text) { return origins.find(text); }

result<entry> check(const entry_draft& d, std::string_view home) {
  mistakes wrong;
  entry out;
  check_texts(wrong, d.title, d.location, d.notes);
  auto name = trimmed(d.timezone).empty() ? home : trimmed(d.timezone);
  auto where = zone::find(name);
  if (!where)
    wrong.add("/timezone", "unknown_timezone", std::move(where.error().detail));
  if (d.duration_minutes)
    wrong.check_range<std::int64_t>("/duration_minutes", *d.duration_minutes, 1, minutes_most);
  if (trimmed(d.starts_at).empty()) {
    wrong.add("/starts_at", "empty", "must not be empty");
  } else if (where) {
    auto start = read_moment(d.starts_at, **where);
    if (!start) {
      wrong.add("/starts_at", "not_a_time", std::move(start.error().detail));
    } else {
      out.starts_at = start->at;
      out.all_day = start->is_day;
      read_end(wrong, d, **where, *start, out);
    }
  }
  if (!wrong.none())
    return fail(wrong.take());
  out.title = trimmed(d.title);
  out.location = trimmed(d.location);
  out.notes = trimmed(d.notes);
  out.timezone = (*where)->name();
  return out;
}

entry_draft typed(const entry& e) {
  entry_draft d{e.title, e.location, e.notes, {}, {}, {}, e.timezone};
  auto where = zone::find(e.timezone);
  auto write = [&](instant t) {
    if (!e.all_day || !where)
      return to_rfc3339(t);
    auto date = basic_date(wall_of(**where, t));
    return date.substr(0, 4) + '-' + date.substr(4, 2) + '-' + date.substr(6);
  };
  d.starts_at = write(e.starts_at);
  d.ends_at = write(e.ends_at);
  return d;
}

result<void> check(const proposal_draft& d) {
  if (!knowledge::may(d.who, knowledge::power::propose_calendar))
    return fail(
        errc::forbidden,
        std::string{knowledge::to_string(d.who)} + " does not propose changes of the calendar");
  mistakes wrong;
  check_entry(wrong, d.as);
  wrong.check_text("/reason", d.reason, 0, 500, true);
  if (d.what == change::create && d.event)
    wrong.add("/event_id", "unexpected", "a new event has no id yet");
  if (d.what != change::create && !d.event)
    wrong.add("/event_id", "missing", "which event is it that changes?");
  if (!wrong.none())
    return fail(wrong.take());
  return {};
}

std::optional<entry> entry_of(
    const talk::value& appointment, const talk::findings& all, std::string_view whom,
    std::string_view home) {
  const auto *date = part(appointment, "date"), *time = part(appointment, "time"),
             *state = part(appointment, "status");
  bool is_sure = appointment.key == "appointment" && state && *state == "booked" &&
                 appointment.contradiction.empty() && !all.wrong_number;
  if (!is_sure || !date || !time)
    return std::nullopt;
  entry_draft d;
  const auto* business = known_value(all, "business_name");
  d.title = titled(trimmed(whom).empty() && business ? *business : std::string{whom});
  d.notes = all.summary;
  const auto* code = part(appointment, "confirmation_number");
  if (!code)
    code = known_value(all, "confirmation_number");
  if (code)
    d.notes += (d.notes.empty() ? "Confirmation number: " : "\nConfirmation number: ") + *code;
  d.starts_at = *date + 'T' + *time;
  auto checked = check(d, home);
  if (!checked)
    return std::nullopt;
  return std::move(*checked);
}

bool overlap(const entry& a, const entry& b) {
  return a.starts_at < b.ends_at && b.starts_at < a.ends_at;
}

// -- the life of a proposal -----------------------------------------------------------------------

std::string_view name_of(const act& a) {
  constexpr std::array<std::string_view, 3> names{"approve", "reject", "edit"};
  static_assert(std::variant_size_v<act> == names.size());
  return names[a.index()];
}

const std::vector<step>& steps() {
  static const std::vector<step> all{
      {status::pending, "edit",    status::pending },
      {status::pending, "approve", status::approved},
      {status::pending, "reject",  status::rejected},
  };
  return all;
}

result<status> decide(const proposal& now, const act& what) {
  const auto name = name_of(what);
  const auto* changed = std::get_if<edit>(&what);
  bool is_editable = now.what != change::cancel;
  std::vector<std::string> allowed;
  std::optional<status> next;
  for (const auto& s : steps()) {
    if (s.from != now.state || (s.on == "edit" && !is_editable))
      continue;
    allowed.emplace_back(s.on);
    if (s.on == name)
      next = s.to;
  }
  if (!next) {
    error why{.code = errc::wrong_state, .detail = {}};
    why.detail = now.state == status::pending
                     ? "a cancellation is approved or rejected as it is"
                     : "the proposal is " + std::string{to_string(now.state)} + " already";
    why.current_status = to_string(now.state);
    why.allowed_transitions = std::move(allowed);
    return fail(std::move(why));
  }
  mistakes wrong;
  if (changed)
    check_entry(wrong, changed->as);
  if (const auto* yes = std::get_if<approve>(&what))
    wrong.check_text("/note", yes->note, 0, note_most, true);
  if (const auto* no = std::get_if<reject>(&what))
    wrong.check_text("/note", no->note, 0, note_most, true);
  if (!wrong.none())
    return fail(wrong.take());
  return *next;
}

std::string show_when(const entry& e) {
  auto where = zone::find(e.timezone);
  auto shown = [&](instant t) { return where ? wall_of(**where, t) : floor<seconds>(t); };
  auto from = shown(e.starts_at), to = shown(e.ends_at);
  if (e.all_day) {
    auto last = to - days{1};
    bool is_one = floor<days>(last) <= floor<days>(from);
    return show_day(from) + (is_one ? "" : " to " + show_day(last)) + ", all day";
  }
  bool same_day = floor<days>(from) == floor<days>(to);
  return show_day(from) + ", " + show_clock(from) + " to " + (same_day ? "" : show_day(to) + ", ") +
         show_clock(to) + " (" + (where ? e.timezone : "UTC") + ')';
}

} // namespace ringmaster::calendar
