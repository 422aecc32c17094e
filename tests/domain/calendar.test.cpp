#define CAF_SUITE calendar
#include <caf/test/unit_test.hpp>

#include <string>
#include <vector>

#include "domain/calendar.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using namespace std::string_literals;
using ringmaster::testing::at;

namespace {

calendar::entry_draft draft(std::string start, std::string end = "", std::string zone = "") {
  calendar::entry_draft d;
  d.title = "Dentist";
  d.starts_at = std::move(start);
  d.ends_at = std::move(end);
  d.timezone = std::move(zone);
  return d;
}

/// "start end" in UTC, or the pointers and codes of what is wrong.
std::string read(const calendar::entry_draft& d, std::string_view home = "Europe/Berlin") {
  auto e = calendar::check(d, home);
  std::string out;
  if (e)
    return to_rfc3339(e->starts_at) + ' ' + to_rfc3339(e->ends_at) + (e->all_day ? " all day" : "");
  for (const auto& f : e.error().fields)
    out += (out.empty() ? "" : " ") + f.pointer + ' ' + f.code;
  return out;
}

calendar::entry entry(std::string_view start, std::string_view end) {
  calendar::entry e;
  e.title = "Dentist";
  e.starts_at = at(start);
  e.ends_at = at(end);
  e.timezone = "Europe/Berlin";
  return e;
}

talk::value appointment(std::string date, std::string time, std::string status) {
  talk::value v{"appointment", talk::value_kind::json, {}, {}, {2}, {}};
  v.parts = {
      {"date",   std::move(date)  },
      {"time",   std::move(time)  },
      {"status", std::move(status)}
  };
  return v;
}

} // namespace

CAF_TEST(an entry begins on the clocks of its zone or at an exact moment) {
  CAF_CHECK_EQUAL(read(draft("2026-11-24T15:00")), "2026-11-24T14:00:00Z 2026-11-24T15:00:00Z");
  CAF_CHECK_EQUAL(
      read(draft("2026-11-24T15:00", "", "America/New_York")),
      "2026-11-24T20:00:00Z 2026-11-24T21:00:00Z");
  CAF_CHECK_EQUAL(
      read(draft("2026-11-24T15:00+05:30", "2026-11-24T15:00:00Z")),
      "2026-11-24T09:30:00Z 2026-11-24T15:00:00Z");
  CAF_CHECK_EQUAL(
      read(draft("2026-07-24 15:00:30", "2026-07-24T16:00")),
      "2026-07-24T13:00:30Z 2026-07-24T14:00:00Z");
}

CAF_TEST(a length stands for an end) {
  auto d = draft("2026-11-24T15:00");
  d.duration_minutes = 45;
  CAF_CHECK_EQUAL(read(d), "2026-11-24T14:00:00Z 2026-11-24T14:45:00Z");
  d.ends_at = "2026-11-24T16:00";
  CAF_CHECK_EQUAL(read(d), "/duration_minutes either");
  d.ends_at.clear();
  d.duration_minutes = 44'641;
  CAF_CHECK_EQUAL(read(d), "/duration_minutes out_of_range");
}

CAF_TEST(a whole day has the midnights of its zone) {
  CAF_CHECK_EQUAL(read(draft("2026-11-24")), "2026-11-23T23:00:00Z 2026-11-24T23:00:00Z all day");
  CAF_CHECK_EQUAL(
      read(draft("2026-11-24", "2026-11-27")), "2026-11-23T23:00:00Z 2026-11-26T23:00:00Z all day");
  // The clocks are set on this day: it has 23 hours.
  CAF_CHECK_EQUAL(read(draft("2026-03-29")), "2026-03-28T23:00:00Z 2026-03-29T22:00:00Z all day");
  CAF_CHECK_EQUAL(read(draft("2026-11-24", "2026-11-24")), "/ends_at not_after_start");
  CAF_CHECK_EQUAL(read(draft("2026-11-24", "2026-11-24T15:00")), "/ends_at mixed");
}

CAF_TEST(clocks that are set skip and repeat times) {
  // 02:30 does not exist; the entry begins right after the gap.
  CAF_CHECK_EQUAL(read(draft("2026-03-29T02:30")), "2026-03-29T01:00:00Z 2026-03-29T02:00:00Z");
  // 02:30 comes twice; the first is meant.
  CAF_CHECK_EQUAL(read(draft("2026-10-25T02:30")), "2026-10-25T00:30:00Z 2026-10-25T01:30:00Z");
}

CAF_TEST(every mistake of an entry is told) {
  auto d = draft("tomorrow", "", "Mars/Olympus");
  d.title = " ";
  d.notes = std::string(4'001, 'x');
  CAF_CHECK_EQUAL(read(d), "/title empty /notes too_long /timezone unknown_timezone");
  CAF_CHECK_EQUAL(read(draft("tomorrow")), "/starts_at not_a_time");
  CAF_CHECK_EQUAL(read(draft("")), "/starts_at empty");
  CAF_CHECK_EQUAL(read(draft("2026-02-30T15:00")), "/starts_at not_a_time");
  CAF_CHECK_EQUAL(read(draft("2026-11-24T15:00", "2026-11-24T14:00")), "/ends_at not_after_start");
  CAF_CHECK_EQUAL(read(draft("2026-11-24T15:00", "2026-12-25T15:01")), "/ends_at too_long");
  CAF_CHECK_EQUAL(
      read(draft("2026-11-24", "2026-12-25")), "2026-11-23T23:00:00Z 2026-12-24T23:00:00Z all day");
  CAF_CHECK_EQUAL(read(draft("2026-11-24", "2026-12-26")), "/ends_at too_long");
}

CAF_TEST(an entry that is typed again is the same) {
  for (auto d :
       {draft("2026-11-24T15:00"), draft("2026-11-24", "2026-11-27"), draft("2026-10-25T02:30"),
        draft("2026-11-24T15:00:10Z")}) {
    auto once = calendar::check(d, "Europe/Berlin");
    CAF_REQUIRE(once);
    auto twice = calendar::check(calendar::typed(*once), "UTC");
    CAF_REQUIRE(twice);
    CAF_CHECK(*once == *twice);
  }
}

CAF_TEST(touching entries do not overlap) {
  auto a = entry("2026-11-24T14:00:00Z", "2026-11-24T15:00:00Z");
  CAF_CHECK(!calendar::overlap(a, entry("2026-11-24T15:00:00Z", "2026-11-24T16:00:00Z")));
  CAF_CHECK(!calendar::overlap(a, entry("2026-11-24T13:00:00Z", "2026-11-24T14:00:00Z")));
  CAF_CHECK(calendar::overlap(a, entry("2026-11-24T14:59:00Z", "2026-11-24T16:00:00Z")));
  CAF_CHECK(calendar::overlap(a, entry("2026-11-24T10:00:00Z", "2026-11-24T20:00:00Z")));
}

CAF_TEST(only aloha and sync propose and their parts must fit) {
  calendar::proposal_draft d;
  d.as = entry("2026-11-24T14:00:00Z", "2026-11-24T15:00:00Z");
  CAF_CHECK(calendar::check(d));
  d.who = knowledge::agent::aloha;
  CAF_CHECK(calendar::check(d));
  for (auto who : {knowledge::agent::studio, knowledge::agent::insight}) {
    d.who = who;
    auto refused = calendar::check(d);
    CAF_REQUIRE(!refused);
    CAF_CHECK(refused.error().code == errc::forbidden);
  }
  d.who = knowledge::agent::sync;
  d.what = calendar::change::move;
  auto refused = calendar::check(d);
  CAF_REQUIRE(!refused);
  CAF_CHECK_EQUAL(refused.error().fields.at(0).pointer, "/event_id"s);
  d.event = event_id{{{1}}};
  CAF_CHECK(calendar::check(d));
  d.what = calendar::change::create;
  CAF_CHECK(!calendar::check(d));
  d.event.reset();
  d.as.ends_at = d.as.starts_at;
  CAF_CHECK(!calendar::check(d));
}

CAF_TEST(a proposal is decided once and edited only before) {
  calendar::proposal p;
  p.as = entry("2026-11-24T14:00:00Z", "2026-11-24T15:00:00Z");
  calendar::act edit = calendar::edit{p.as}, yes = calendar::approve{}, no = calendar::reject{};
  CAF_CHECK(calendar::decide(p, edit) == calendar::status::pending);
  CAF_CHECK(calendar::decide(p, yes) == calendar::status::approved);
  CAF_CHECK(calendar::decide(p, no) == calendar::status::rejected);
  p.what = calendar::change::cancel;
  CAF_CHECK(calendar::decide(p, yes) == calendar::status::approved);
  auto fixed = calendar::decide(p, edit);
  CAF_REQUIRE(!fixed);
  CAF_CHECK(fixed.error().code == errc::wrong_state);
  CAF_CHECK((fixed.error().allowed_transitions == std::vector{"approve"s, "reject"s}));
  for (auto state : {calendar::status::approved, calendar::status::rejected}) {
    p.state = state;
    for (const auto& act : {edit, yes, no}) {
      auto late = calendar::decide(p, act);
      CAF_REQUIRE(!late);
      CAF_CHECK(late.error().code == errc::wrong_state);
      CAF_CHECK(late.error().allowed_transitions.empty());
    }
  }
  calendar::proposal fresh;
  fresh.as = p.as;
  auto wordy = calendar::decide(fresh, calendar::reject{std::string(501, 'x')});
  CAF_REQUIRE(!wordy);
  CAF_CHECK_EQUAL(wordy.error().fields.at(0).pointer, "/note"s);
  auto broken = calendar::edit{fresh.as};
  broken.as.title.clear();
  CAF_CHECK(!calendar::decide(fresh, broken));
}

CAF_TEST(a booked appointment becomes an entry and nothing else does) {
  talk::findings all;
  all.summary = "The dentist has a free slot.";
  auto read = [&](const talk::value& v) {
    return calendar::entry_of(v, all, "Dr. Smith", "Europe/Berlin");
  };
  auto e = read(appointment("2026-11-24", "15:00", "booked"));
  CAF_REQUIRE(e);
  CAF_CHECK_EQUAL(e->title, "Appointment with Dr. Smith"s);
  CAF_CHECK_EQUAL(e->notes, "The dentist has a free slot."s);
  CAF_CHECK_EQUAL(to_rfc3339(e->starts_at), "2026-11-24T14:00:00Z"s);
  CAF_CHECK(!read(appointment("2026-11-24", "15:00", "offered")));
  CAF_CHECK(!read(appointment("2026-11-24", "", "booked")));
  CAF_CHECK(!read(appointment("", "15:00", "booked")));
  CAF_CHECK(!read(appointment("2026-11-31", "15:00", "booked")));
  auto doubtful = appointment("2026-11-24", "15:00", "booked");
  doubtful.contradiction = "the callee said 3 pm and later 4 pm";
  CAF_CHECK(!read(doubtful));
  all.values.push_back({"confirmation_number", talk::value_kind::text, "A-17", {}, {4}, {}});
  all.values.push_back({"business_name", talk::value_kind::text, "Smile", {}, {1}, {}});
  auto numbered = calendar::entry_of(appointment("2026-11-24", "15:00", "booked"), all, "", "UTC");
  CAF_REQUIRE(numbered);
  CAF_CHECK_EQUAL(numbered->title, "Appointment with Smile"s);
  CAF_CHECK_EQUAL(numbered->notes, "The dentist has a free slot.\nConfirmation number: A-17"s);
  all.wrong_number = true;
  CAF_CHECK(!read(appointment("2026-11-24", "15:00", "booked")));
}

CAF_TEST(times are shown for people) {
  auto e = entry("2026-11-24T14:00:00Z", "2026-11-24T15:00:00Z");
  CAF_CHECK_EQUAL(calendar::show_when(e), "Tue 24 Nov 2026, 15:00 to 16:00 (Europe/Berlin)"s);
  e.ends_at = at("2026-11-24T23:30:00Z");
  CAF_CHECK_EQUAL(
      calendar::show_when(e), "Tue 24 Nov 2026, 15:00 to Wed 25 Nov 2026, 00:30 (Europe/Berlin)"s);
  auto day = calendar::check(draft("2026-11-24"), "Europe/Berlin");
  CAF_REQUIRE(day);
  CAF_CHECK_EQUAL(calendar::show_when(*day), "Tue 24 Nov 2026, all day"s);
  auto days = calendar::check(draft("2026-11-24", "2026-11-27"), "Europe/Berlin");
  CAF_REQUIRE(days);
  CAF_CHECK_EQUAL(calendar::show_when(*days), "Tue 24 Nov 2026 to Thu 26 Nov 2026, all day"s);
}
