// The calendar as other programs read it: iCalendar, RFC 5545.

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "domain/calendar.hpp"
#include "domain/calendar_time.hpp"
#include "domain/text.hpp"
#include "domain/zone.hpp"

namespace ringmaster::calendar {

using namespace std::chrono;

namespace {

/// Bytes of a line, its end not counted.
constexpr std::size_t line_most = 75;

/// Between which instants a zone is needed.
struct zone_use {
  std::shared_ptr<const zone> where;
  instant first{}, last{};
};
/// By name, so that the same events give the same text.
using zone_uses = std::map<std::string, zone_use>;

// -- text -----------------------------------------------------------------------------------------

/// The length of the valid UTF-8 sequence that begins at `i`; 0 if none does.
std::size_t sequence_at(std::string_view text, std::size_t i) {
  auto lead = static_cast<unsigned char>(text[i]);
  std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  auto piece = text.substr(i, length);
  return count_characters(piece) == std::size_t{1} ? piece.size() : 0;
}

/// A TEXT value of any bytes: control characters are left out, and what is no UTF-8 becomes the
/// replacement character.
std::string escaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    auto length = sequence_at(text, i);
    char c = text[i];
    if (length == 0)
      out += "\uFFFD";
    else if (length > 1)
      out += text.substr(i, length);
    else if (c == '\\' || c == ';' || c == ',')
      (out += '\\') += c;
    else if (c == '\n' || (c == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')))
      out += "\\n";
    else if (c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f))
      out += c;
    i += std::max<std::size_t>(length, 1);
  }
  return out;
}

class writer {
public:
  /// One content line, folded between characters.
  void line(std::string_view text) {
    std::size_t room = line_most;
    while (text.size() > room) {
      auto cut = room;
      while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80)
        --cut;
      (out_ += text.substr(0, cut)) += "\r\n ";
      text.remove_prefix(cut);
      room = line_most - 1; // the blank in front counts too
    }
    (out_ += text) += "\r\n";
  }
  void property(std::string name, std::string_view value) { line((name += ':') += value); }
  /// Left out where there is nothing to say.
  void text(std::string name, std::string_view value) {
    if (!trimmed(value).empty())
      property(std::move(name), escaped(value));
  }
  std::string take() { return std::move(out_); }

private:
  std::string out_;
};

std::string in_utc(instant t) { return basic_time(floor<seconds>(t)) + 'Z'; }

// -- zones ----------------------------------------------------------------------------------------

/// "+0100"; seconds only where a zone had them once.
std::string show_offset(seconds offset) {
  auto total = offset.count() < 0 ? -offset.count() : offset.count();
  char text[32];
  auto h = static_cast<int>(total / 3600 % 100), m = static_cast<int>(total / 60 % 60),
       s = static_cast<int>(total % 60);
  if (s != 0)
    std::snprintf(text, sizeof text, "%c%02d%02d%02d", offset.count() < 0 ? '-' : '+', h, m, s);
  else
    std::snprintf(text, sizeof text, "%c%02d%02d", offset.count() < 0 ? '-' : '+', h, m);
  return text;
}

/// From when on an offset is in force, told by the clocks before.
void write_observance(writer& out, wall_time since, seconds before, seconds after) {
  const char* kind = after > before ? "DAYLIGHT" : "STANDARD";
  out.property("BEGIN", kind);
  out.property("DTSTART", basic_time(since));
  out.property("TZOFFSETFROM", show_offset(before));
  out.property("TZOFFSETTO", show_offset(after));
  out.property("END", kind);
}

/// Every change of the years of the events, one by one: no rule can be misread.
void write_zone(writer& out, const std::string& name, const zone_use& use) {
  const auto& where = *use.where;
  auto year_of = [](instant t) { return year_month_day{floor<days>(t)}.year(); };
  const instant from = sys_days{year_of(use.first) / January / 1};
  const instant until = sys_days{(year_of(use.last) + years{1}) / January / 1};
  const instant epoch{};
  out.property("BEGIN", "VTIMEZONE");
  out.property("TZID", name);
  auto span = where.at(from);
  if (span.begin < epoch)
    write_observance(out, wall_time{}, span.offset, span.offset);
  else
    span = where.at(span.begin - microseconds{1});
  while (span.end < until) {
    auto next = where.at(span.end);
    write_observance(out, floor<seconds>(next.begin + span.offset), span.offset, next.offset);
    span = next;
  }
  out.property("END", "VTIMEZONE");
}

/// The zones of the events that are shown in one.
zone_uses zones_of(std::span<const event> all) {
  zone_uses out;
  for (const auto& e : all) {
    if (e.as.timezone == "UTC" || e.as.all_day)
      continue;
    auto where = zone::find(e.as.timezone);
    if (!where)
      continue;
    auto [at, is_new] =
        out.try_emplace((*where)->name(), zone_use{*where, e.as.starts_at, e.as.ends_at});
    at->second.first = std::min(at->second.first, e.as.starts_at);
    at->second.last = std::max(at->second.last, e.as.ends_at);
  }
  return out;
}

// -- events ---------------------------------------------------------------------------------------

/// True if the clocks show this time twice, because they are set back around it.
bool comes_twice(const zone& where, instant t) {
  auto span = where.at(t);
  if (span.end != instant::max())
    if (auto next = where.at(span.end).offset; t >= span.end - (span.offset - next))
      return true;
  if (span.begin == instant::min())
    return false;
  return t < span.begin + (where.at(span.begin - microseconds{1}).offset - span.offset);
}

/// DTSTART or DTEND. Which of two equal times is meant, programs do not agree on: such a one is
/// written in UTC.
void write_moment(writer& out, std::string name, const entry& e, instant t, const zone* where) {
  auto shown = where ? wall_of(*where, t) : floor<seconds>(t);
  if (e.all_day)
    out.property(name + ";VALUE=DATE", basic_date(shown));
  else if (!where || where->name() == "UTC" || comes_twice(*where, t))
    out.property(name, in_utc(t));
  else
    out.property(name + ";TZID=" + where->name(), basic_time(shown));
}

void write_event(writer& out, const event& e, instant now) {
  auto found = zone::find(e.as.timezone);
  const zone* where = found ? found->get() : nullptr;
  out.property("BEGIN", "VEVENT");
  out.property("UID", to_string(e.id) + "@ringmaster");
  // In a calendar that is published, the stamp is the time of the last revision.
  out.property("DTSTAMP", in_utc(std::min(e.updated_at, now)));
  out.property("CREATED", in_utc(e.created_at));
  out.property("LAST-MODIFIED", in_utc(e.updated_at));
  out.property("SEQUENCE", std::to_string(std::max(e.sequence, 0)));
  write_moment(out, "DTSTART", e.as, e.as.starts_at, where);
  write_moment(out, "DTEND", e.as, e.as.ends_at, where);
  out.property("STATUS", e.cancelled ? "CANCELLED" : "CONFIRMED");
  out.property("SUMMARY", escaped(e.as.title));
  out.text("LOCATION", e.as.location);
  out.text("DESCRIPTION", e.as.notes);
  out.text("X-RINGMASTER-AGENT", knowledge::to_string(e.who));
  out.property("END", "VEVENT");
}

} // namespace

std::string write_ical(std::span<const event> all, std::string_view name, instant now) {
  writer out;
  out.property("BEGIN", "VCALENDAR");
  out.property("VERSION", "2.0");
  out.property("PRODID", "-//Ringmaster//Calendar//EN");
  out.property("CALSCALE", "GREGORIAN");
  out.text("NAME", name);
  out.text("X-WR-CALNAME", name);
  out.property("REFRESH-INTERVAL;VALUE=DURATION", "PT15M");
  out.property("X-PUBLISHED-TTL", "PT15M");
  auto zones = zones_of(all);
  // An object must hold something; one without events has the zone that needs no data.
  if (auto utc = zone::find("UTC"); all.empty() && utc)
    zones.try_emplace("UTC", zone_use{*utc, now, now});
  for (const auto& [zone_name, use] : zones)
    write_zone(out, zone_name, use);
  for (const auto& e : all)
    write_event(out, e, now);
  out.property("END", "VCALENDAR");
  return out.take();
}

} // namespace ringmaster::calendar
