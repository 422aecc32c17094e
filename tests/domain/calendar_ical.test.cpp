#define CAF_SUITE calendar_ical
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "domain/calendar.hpp"
#include "domain/text.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using namespace std::string_literals;
using ringmaster::testing::at;

namespace {

calendar::event make_event(std::string title, std::string start, std::string zone) {
  calendar::entry_draft d;
  d.title = "x";
  d.starts_at = std::move(start);
  d.timezone = std::move(zone);
  calendar::event e;
  e.id = event_id::parse("0192f0c4-0000-7000-8000-000000000001").value();
  e.as = calendar::check(d, "UTC").value();
  e.as.title = std::move(title);
  e.created_at = at("2026-11-01T10:00:00Z");
  e.updated_at = at("2026-11-02T10:00:00Z");
  return e;
}

std::string write(const std::vector<calendar::event>& all) {
  return calendar::write_ical(all, "Ringmaster", at("2026-11-20T10:00:00Z"));
}

/// The content lines, unfolded.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.find("\r\n", at);
    auto line = text.substr(at, end - at);
    if (line.starts_with(' ') && !out.empty())
      out.back() += line.substr(1);
    else
      out.push_back(line);
    at = end == std::string::npos ? text.size() : end + 2;
  }
  return out;
}

bool has(const std::string& text, const std::string& line) {
  auto all = lines_of(text);
  return std::find(all.begin(), all.end(), line) != all.end();
}

/// What is wrong with the form of an object; empty if nothing is.
std::string mistakes_of(const std::string& text) {
  if (!text.ends_with("END:VCALENDAR\r\n"))
    return "no end";
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.find("\r\n", at);
    if (end == std::string::npos)
      return "a line without its end";
    auto line = text.substr(at, end - at);
    if (line.size() > 75)
      return "a long line";
    if (!count_characters(line))
      return "a character cut in two";
    for (char c : line)
      if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f)
        return "a control character";
    at = end + 2;
  }
  std::vector<std::string> open;
  for (const auto& line : lines_of(text)) {
    auto colon = line.find(':');
    if (colon == std::string::npos || colon == 0)
      return "a line without a name: " + line;
    if (line.starts_with("BEGIN:"))
      open.push_back(line.substr(6));
    if (line.starts_with("END:")) {
      if (open.empty() || open.back() != line.substr(4))
        return "wrongly nested";
      open.pop_back();
    }
  }
  return open.empty() ? "" : "left open";
}

} // namespace

CAF_TEST(an event is written with what programs need) {
  auto e = make_event("Dentist", "2026-11-24T15:00", "Europe/Berlin");
  e.sequence = 2;
  e.as.location = "Main Street 1, Berlin";
  e.as.notes = "Bring:\r\nthe card; and\\or cash";
  auto text = write({e});
  CAF_CHECK_EQUAL(mistakes_of(text), ""s);
  for (auto line :
       {"VERSION:2.0", "PRODID:-//Ringmaster//Calendar//EN", "X-WR-CALNAME:Ringmaster",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
        "UID:0192f0c4-0000-7000-8000-000000000001@ringmaster", "DTSTAMP:20261102T100000Z",
        "CREATED:20261101T100000Z", "LAST-MODIFIED:20261102T100000Z", "SEQUENCE:2",
        "DTSTART;TZID=Europe/Berlin:20261124T150000", "DTEND;TZID=Europe/Berlin:20261124T160000",
        "STATUS:CONFIRMED", "SUMMARY:Dentist", "LOCATION:Main Street 1\\, Berlin",
        "DESCRIPTION:Bring:\\nthe card\\; and\\\\or cash", "TZID:Europe/Berlin"}) {
    CAF_MESSAGE(line);
    CAF_CHECK(has(text, line));
  }
  CAF_CHECK(text.find("METHOD") == std::string::npos);
  e.cancelled = true;
  CAF_CHECK(has(write({e}), "STATUS:CANCELLED"));
}

CAF_TEST(a zone is told by every change of the years of its events) {
  auto text = write({make_event("x", "2026-11-24T15:00", "Europe/Berlin")});
  // Winter of 2025, summer of 2026, winter of 2026.
  auto wanted = "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n"
                "BEGIN:STANDARD\r\nDTSTART:20251026T030000\r\nTZOFFSETFROM:+0200\r\n"
                "TZOFFSETTO:+0100\r\nEND:STANDARD\r\n"
                "BEGIN:DAYLIGHT\r\nDTSTART:20260329T020000\r\nTZOFFSETFROM:+0100\r\n"
                "TZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\n"
                "BEGIN:STANDARD\r\nDTSTART:20261025T030000\r\nTZOFFSETFROM:+0200\r\n"
                "TZOFFSETTO:+0100\r\nEND:STANDARD\r\n"
                "END:VTIMEZONE\r\n"s;
  CAF_CHECK(text.find(wanted) != std::string::npos);
  auto still = write({make_event("x", "2026-11-24T15:00", "Asia/Kolkata")});
  CAF_CHECK(has(still, "TZOFFSETTO:+0530"));
  CAF_CHECK(has(still, "DTSTART;TZID=Asia/Kolkata:20261124T150000"));
}

CAF_TEST(UTC and whole days need no zone) {
  auto utc = write({make_event("x", "2026-11-24T15:00", "UTC")});
  CAF_CHECK(has(utc, "DTSTART:20261124T150000Z"));
  CAF_CHECK(utc.find("VTIMEZONE") == std::string::npos);
  auto day = write({make_event("x", "2026-11-24", "America/New_York")});
  CAF_CHECK(has(day, "DTSTART;VALUE=DATE:20261124"));
  CAF_CHECK(has(day, "DTEND;VALUE=DATE:20261125"));
  CAF_CHECK(day.find("VTIMEZONE") == std::string::npos);
}

CAF_TEST(a time that comes twice is written in UTC) {
  auto start = [](std::string at) {
    auto text = write({make_event("x", std::move(at), "Europe/Berlin")});
    for (const auto& line : lines_of(text.substr(text.find("VEVENT"))))
      if (line.starts_with("DTSTART"))
        return line;
    return "none"s;
  };
  CAF_CHECK_EQUAL(start("2026-10-24T23:59:59Z"), "DTSTART;TZID=Europe/Berlin:20261025T015959"s);
  CAF_CHECK_EQUAL(start("2026-10-25T00:00:00Z"), "DTSTART:20261025T000000Z"s);
  CAF_CHECK_EQUAL(start("2026-10-25T01:59:59Z"), "DTSTART:20261025T015959Z"s);
  CAF_CHECK_EQUAL(start("2026-10-25T02:00:00Z"), "DTSTART;TZID=Europe/Berlin:20261025T030000"s);
  CAF_CHECK_EQUAL(start("2026-03-29T00:59:59Z"), "DTSTART;TZID=Europe/Berlin:20260329T015959"s);
  CAF_CHECK_EQUAL(start("2026-03-29T01:00:00Z"), "DTSTART;TZID=Europe/Berlin:20260329T030000"s);
}

CAF_TEST(an object without events is one too) {
  auto text = write({});
  CAF_CHECK_EQUAL(mistakes_of(text), ""s);
  CAF_CHECK(has(text, "BEGIN:VTIMEZONE"));
}

CAF_TEST(the same events give the same text) {
  auto e = make_event("Dentist", "2026-11-24T15:00", "Europe/Berlin");
  std::vector all{e};
  auto now = calendar::write_ical(all, "R", at("2026-11-20T10:00:00Z"));
  auto later = calendar::write_ical(all, "R", at("2026-12-20T10:00:00Z"));
  CAF_CHECK_EQUAL(now, later);
}

CAF_TEST(any bytes in any text give a well formed object) {
  auto holds = rc::check([](const std::string& title, const std::string& notes) {
    auto e = make_event(title, "2026-11-24T15:00", "Europe/Berlin");
    e.as.notes = notes + "\xF0\x9F\x98\x80 \xE2\x82\xAC \xC3\x28 \x01\r\n;,\\" + title;
    e.as.location = notes;
    RC_ASSERT(mistakes_of(write({e})) == "");
  });
  CAF_CHECK(holds);
}

CAF_TEST(long words of many bytes are folded between characters) {
  for (std::size_t shift = 0; shift < 8; ++shift) {
    std::string title(shift, 'a');
    for (int i = 0; i < 60; ++i)
      title += i % 3 == 0 ? "\xF0\x9F\x98\x80" : i % 3 == 1 ? "\xE2\x82\xAC" : "\xC3\xA4";
    auto text = write({make_event(title, "2026-11-24T15:00", "UTC")});
    CAF_CHECK_EQUAL(mistakes_of(text), ""s);
    CAF_CHECK(has(text, "SUMMARY:" + title));
  }
}
