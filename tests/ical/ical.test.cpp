// The iCalendar output in the eyes of a parser that is not ours (validate.mjs).

#define CAF_SUITE ical

#include <caf/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "domain/calendar.hpp"
#include "domain/time.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/temp_folder.hpp"

using namespace ringmaster;
using namespace std::string_literals;
using json = nlohmann::json;

namespace {

/// Where script/test installs the parser.
const auto folder = std::filesystem::path(RINGMASTER_BINARY_DIR) / "ical";

struct verdict {
  int code = -1;
  std::string said;
};

verdict validate(const std::string& text) {
  support::temp_folder place;
  auto file = place / "calendar.ics";
  support::write_text(file, text);
  support::launch what;
  what.program = "/usr/bin/env";
  what.arguments = {"node", (folder / "validate.mjs").string()};
  what.input = file;
  what.output = place / "said";
  support::child_process child(what);
  verdict out;
  out.code = child.wait(std::chrono::seconds(60)).value_or(-1);
  out.said = child.output();
  return out;
}

instant at(std::string_view text) { return parse_rfc3339(text).value(); }

calendar::event make_event(
    std::uint8_t n, std::string title, std::string start, std::string zone, int minutes = 60) {
  calendar::entry_draft d;
  d.title = "x";
  d.starts_at = std::move(start);
  d.timezone = std::move(zone);
  if (d.starts_at.find(':') != std::string::npos)
    d.duration_minutes = minutes;
  calendar::event e;
  e.id.value.bytes[15] = n;
  e.as = calendar::check(d, "UTC").value();
  e.as.title = std::move(title);
  e.created_at = at("2026-01-01T10:00:00Z");
  e.updated_at = at("2026-01-02T10:00:00Z");
  return e;
}

std::string write(const std::vector<calendar::event>& all) {
  return calendar::write_ical(all, "Ringmaster", at("2026-11-20T10:00:00Z"));
}

/// Everything that can go wrong with a text.
const auto hostile =
    "Dentist; Dr. O\"Hara, \\n and \\; a:b\tend \xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80 "
    "and words enough to be folded more than once between characters"s;

std::vector<calendar::event> fixed_set() {
  std::vector<calendar::event> all;
  std::uint8_t n = 0;
  // On both sides of every change of the clocks, in zones of all kinds.
  for (auto zone :
       {"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
        "Pacific/Chatham", "America/Sao_Paulo", "Africa/Casablanca", "UTC"})
    for (auto start :
         {"2025-12-31T23:30", "2026-03-08T03:30", "2026-03-29T03:30", "2026-04-05T04:30",
          "2026-07-01T12:00", "2026-10-25T04:30", "2026-11-01T12:00", "2028-02-29T09:15"})
      all.push_back(make_event(++n, hostile, start, zone, 90));
  // The hour that comes twice.
  all.push_back(make_event(++n, "first", "2026-10-25T00:30:00Z", "Europe/Berlin", 30));
  all.push_back(make_event(++n, "second", "2026-10-25T01:30:00Z", "Europe/Berlin", 30));
  all.push_back(make_event(++n, "over the change", "2026-03-28T22:00", "Europe/Berlin", 720));
  return all;
}

} // namespace

CAF_TEST(another parser is installed) {
  CAF_MESSAGE("script/test copies tests/ical to " << folder.string() << " and runs npm ci there");
  CAF_REQUIRE(std::filesystem::exists(folder / "node_modules" / "ical.js"));
  support::launch what;
  support::temp_folder place;
  what.program = "/usr/bin/env";
  what.arguments = {"node", "--version"};
  what.output = place / "said";
  support::child_process child(what);
  CAF_CHECK(child.wait(std::chrono::seconds(60)) == 0);
}

CAF_TEST(another parser reads every event at its moment with its words) {
  auto all = fixed_set();
  all[3].cancelled = true;
  all[3].sequence = 7;
  all[4].as.notes = "one\r\ntwo\nthree";
  all[4].as.location = "Main Street 1, Berlin; 2nd floor";
  auto read = validate(write(all));
  CAF_MESSAGE(read.said.substr(0, 2000));
  CAF_REQUIRE_EQUAL(read.code, 0);
  auto doc = json::parse(read.said);
  CAF_CHECK_EQUAL(doc["name"].get<std::string>(), "Ringmaster"s);
  CAF_CHECK_EQUAL(doc["zones"].size(), 7u);
  CAF_REQUIRE_EQUAL(doc["events"].size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& event = doc["events"][i];
    CAF_MESSAGE(event.dump());
    CAF_CHECK_EQUAL(event["start"]["at"].get<std::string>(), to_rfc3339(all[i].as.starts_at));
    CAF_CHECK_EQUAL(event["end"]["at"].get<std::string>(), to_rfc3339(all[i].as.ends_at));
    CAF_CHECK_EQUAL(event["summary"].get<std::string>(), all[i].as.title);
    CAF_CHECK_EQUAL(event["uid"].get<std::string>(), to_string(all[i].id) + "@ringmaster");
    CAF_CHECK_EQUAL(event["status"].get<std::string>(), i == 3 ? "CANCELLED"s : "CONFIRMED"s);
  }
  CAF_CHECK_EQUAL(doc["events"][3]["sequence"].get<int>(), 7);
  CAF_CHECK_EQUAL(doc["events"][4]["description"].get<std::string>(), "one\ntwo\nthree"s);
  CAF_CHECK_EQUAL(
      doc["events"][4]["location"].get<std::string>(), "Main Street 1, Berlin; 2nd floor"s);
}

CAF_TEST(another parser reads whole days as dates) {
  auto read = validate(write(
      {make_event(1, "day", "2026-03-29", "Europe/Berlin"),
       make_event(2, "day", "2026-12-31", "Pacific/Kiritimati")}));
  CAF_MESSAGE(read.said);
  CAF_REQUIRE_EQUAL(read.code, 0);
  auto doc = json::parse(read.said);
  CAF_CHECK_EQUAL(doc["events"][0]["start"]["date"].get<std::string>(), "2026-03-29"s);
  CAF_CHECK_EQUAL(doc["events"][0]["end"]["date"].get<std::string>(), "2026-03-30"s);
  CAF_CHECK_EQUAL(doc["events"][1]["start"]["date"].get<std::string>(), "2026-12-31"s);
  CAF_CHECK_EQUAL(doc["events"][1]["end"]["date"].get<std::string>(), "2027-01-01"s);
}

CAF_TEST(another parser takes a calendar without events) {
  auto read = validate(write({}));
  CAF_MESSAGE(read.said);
  CAF_CHECK_EQUAL(read.code, 0);
}

CAF_TEST(what is broken is noticed) {
  auto good = write({make_event(1, "day", "2026-11-24T15:00", "Europe/Berlin")});
  auto without = [&](const std::string& part, const std::string& instead) {
    auto text = good;
    auto found = text.find(part);
    CAF_REQUIRE(found != std::string::npos);
    return text.replace(found, part.size(), instead);
  };
  CAF_CHECK_EQUAL(validate(good).code, 0);
  CAF_CHECK(validate(without("DTSTAMP:20260102T100000Z\r\n", "")).code != 0);
  CAF_CHECK(validate(without("TZID:Europe/Berlin", "TZID:Europe/Bonn")).code != 0);
  CAF_CHECK(validate(without("SUMMARY:day", "SUMMARY:" + std::string(80, 'x'))).code != 0);
  CAF_CHECK(validate(without("END:VEVENT\r\n", "")).code != 0);
  CAF_CHECK(validate(without("VERSION:2.0\r\n", "VERSION:2.0\n")).code != 0);
}
