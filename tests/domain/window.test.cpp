#define CAF_SUITE window
#include <caf/test/unit_test.hpp>

#include <string>
#include <vector>

#include "domain/window.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using ringmaster::testing::at;
using ringmaster::testing::shown;
using namespace std::chrono_literals;

namespace {

const std::vector<std::string> week{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
const std::vector<std::string> workdays{"mon", "tue", "wed", "thu", "fri"};

calling_window make(
  std::string_view zone, std::string_view start, std::string_view end, const std::vector<std::string>& days = week) {
  auto made = calling_window::parse(zone, start, end, days);
  if (!made)
    throw std::invalid_argument(made.error().detail);
  return *made;
}

/// The changes after an instant, the next `count` of them, and what each does.
std::string changes(const calling_window& w, std::string_view from, int count) {
  std::string out;
  auto t = at(from);
  for (int i = 0; i < count; ++i) {
    auto change = w.next_change(t);
    if (!change)
      return out + "never";
    t = *change;
    out += (w.open_at(t) ? "opens " : "closes ") + to_rfc3339(t) + '\n';
  }
  return out;
}

std::string mistakes(
  std::string_view zone, std::string_view start, std::string_view end, const std::vector<std::string>& days) {
  auto made = calling_window::parse(zone, start, end, days);
  std::string out;
  if (!made)
    for (const auto& field : made.error().fields)
      out += field.pointer + ' ' + field.code + '\n';
  return out;
}

} // namespace

// -- texts ----------------------------------------------------------------------------------------

CAF_TEST(days are read in any case and written short) {
  auto days = parse_weekdays({"Mon", "TUESDAY", "sunday"});
  CAF_REQUIRE(days);
  CAF_CHECK(days->bits == 0b100'0011);
  CAF_CHECK(to_strings(*days) == (std::vector<std::string>{"mon", "tue", "sun"}));
}

CAF_TEST(days that are unknown or twice or missing are refused) {
  auto code = [](const std::vector<std::string>& names) {
    auto days = parse_weekdays(names);
    return days ? std::string{"none"} : days.error().fields.at(0).pointer + ' ' + days.error().fields.at(0).code;
  };
  CAF_CHECK_EQUAL(code({}), "/allowed_days_of_week no_days");
  CAF_CHECK_EQUAL(code({"mon", "mo"}), "/allowed_days_of_week/1 unknown_day");
  CAF_CHECK_EQUAL(code({"mond"}), "/allowed_days_of_week/0 unknown_day");
  CAF_CHECK_EQUAL(code({""}), "/allowed_days_of_week/0 unknown_day");
  CAF_CHECK_EQUAL(code({"mon", "tue", "Monday"}), "/allowed_days_of_week/2 duplicate_day");
}

CAF_TEST(times of day are read with or without seconds) {
  auto seconds = [](std::string_view text) {
    auto t = parse_time_of_day(text);
    return t ? t->seconds : -1;
  };
  CAF_CHECK_EQUAL(seconds("00:00"), 0);
  CAF_CHECK_EQUAL(seconds("09:30"), 34'200);
  CAF_CHECK_EQUAL(seconds("23:59:59"), 86'399);
  CAF_CHECK_EQUAL(seconds("24:00"), 86'400);
  CAF_CHECK_EQUAL(seconds("24:00:00"), 86'400);
  for (auto text : {"", "9:00", "09", "0900", "24:00:01", "24:01", "25:00", "09:60", "09:00:60", "09-00", "09:00:",
                    "09:00:0", " 9:00", "-1:00", "ab:cd", "09:00Z", "09:00:00.5", "+9:00", "09:00pm", "0x:00"})
    CAF_CHECK_EQUAL(seconds(text), -1);
  CAF_CHECK_EQUAL(to_string(time_of_day{34'200}), "09:30:00");
  CAF_CHECK_EQUAL(to_string(time_of_day{86'400}), "24:00:00");
}

CAF_TEST(all mistakes of a window are told together) {
  CAF_CHECK_EQUAL(
    mistakes("Mars/Olympus", "9", "18", {"fun"}),
    "/timezone unknown_timezone\n/allowed_call_start_time bad_time\n/allowed_call_end_time bad_time\n"
    "/allowed_days_of_week/0 unknown_day\n");
  CAF_CHECK_EQUAL(mistakes("UTC", "09:00", "09:00", week), "/allowed_call_end_time empty_window\n");
  CAF_CHECK_EQUAL(mistakes("UTC", "24:00", "09:00", week), "/allowed_call_start_time bad_time\n");
  CAF_CHECK_EQUAL(mistakes("UTC", "00:00", "24:00", {}), "/allowed_days_of_week no_days\n");
  CAF_CHECK_EQUAL(mistakes("UTC", "00:00", "24:00", week), "");
}

CAF_TEST(numbers out of range make no window) {
  CAF_CHECK(!calling_window::make("UTC", {-1}, {3600}, {1}));
  CAF_CHECK(!calling_window::make("UTC", {86'400}, {3600}, {1}));
  CAF_CHECK(!calling_window::make("UTC", {0}, {86'401}, {1}));
  CAF_CHECK(!calling_window::make("UTC", {0}, {-5}, {1}));
  CAF_CHECK(!calling_window::make("UTC", {0}, {3600}, {0}));
  CAF_CHECK(!calling_window::make("UTC", {0}, {3600}, {0x80}));
  CAF_CHECK(calling_window::make("UTC", {0}, {86'400}, {0x7f}));
}

// -- plain weeks ----------------------------------------------------------------------------------

CAF_TEST(the start is inside and the end is not) {
  auto w = make("America/New_York", "09:00", "18:00", workdays);
  CAF_CHECK(!w.open_at(at("2026-11-23T13:59:59.999999Z")));
  CAF_CHECK(w.open_at(at("2026-11-23T14:00:00Z")));
  CAF_CHECK(w.open_at(at("2026-11-23T22:59:59.999999Z")));
  CAF_CHECK(!w.open_at(at("2026-11-23T23:00:00Z")));
}

CAF_TEST(a weekend is skipped) {
  auto w = make("America/New_York", "09:00", "18:00", workdays);
  CAF_CHECK_EQUAL(
    changes(w, "2026-11-27T20:00:00Z", 3),
    "closes 2026-11-27T23:00:00Z\nopens 2026-11-30T14:00:00Z\ncloses 2026-11-30T23:00:00Z\n");
}

CAF_TEST(a reading says why and until when) {
  auto w = make("America/New_York", "09:00", "18:00", workdays);
  auto inside = w.read(at("2026-11-23T15:00:00Z"));
  CAF_CHECK(inside.open);
  CAF_CHECK_EQUAL(inside.reason, "inside the calling window");
  CAF_CHECK_EQUAL(shown(inside.closes_at), "2026-11-23T23:00:00Z");
  CAF_CHECK_EQUAL(shown(inside.next_open_at), "never");
  auto evening = w.read(at("2026-11-24T00:00:00Z"));
  CAF_CHECK(!evening.open);
  CAF_CHECK_EQUAL(evening.reason, "outside 09:00-18:00 America/New_York");
  CAF_CHECK_EQUAL(shown(evening.next_open_at), "2026-11-24T14:00:00Z");
  CAF_CHECK_EQUAL(shown(evening.closes_at), "never");
  auto saturday = w.read(at("2026-11-28T15:00:00Z"));
  CAF_CHECK_EQUAL(saturday.reason, "saturday is not an allowed day");
  CAF_CHECK_EQUAL(shown(saturday.next_open_at), "2026-11-30T14:00:00Z");
  CAF_CHECK_EQUAL(
    make("UTC", "09:00:30", "24:00").read(at("2026-11-23T00:00:00Z")).reason, "outside 09:00:30-24:00 UTC");
}

CAF_TEST(the part after midnight belongs to the day of the opening) {
  auto w = make("UTC", "22:00", "06:00", {"fri"});
  CAF_CHECK_EQUAL(
    changes(w, "2026-11-23T00:00:00Z", 3),
    "opens 2026-11-27T22:00:00Z\ncloses 2026-11-28T06:00:00Z\nopens 2026-12-04T22:00:00Z\n");
  CAF_CHECK(!w.open_at(at("2026-11-27T03:00:00Z")));
  CAF_CHECK_EQUAL(w.read(at("2026-11-27T03:00:00Z")).reason, "outside 22:00-06:00 UTC");
  CAF_CHECK(w.open_at(at("2026-11-28T03:00:00Z")));
}

CAF_TEST(a night from Sunday reaches into Monday) {
  auto w = make("UTC", "22:00", "06:00", {"sun"});
  CAF_CHECK_EQUAL(changes(w, "2026-11-22T12:00:00Z", 2), "opens 2026-11-22T22:00:00Z\ncloses 2026-11-23T06:00:00Z\n");
  CAF_CHECK(w.open_at(at("2026-11-23T00:00:00Z")));
}

CAF_TEST(whole days join without a seam) {
  auto w = make("UTC", "00:00", "24:00", workdays);
  CAF_CHECK_EQUAL(changes(w, "2026-11-23T12:00:00Z", 2), "closes 2026-11-28T00:00:00Z\nopens 2026-11-30T00:00:00Z\n");
  auto around_sunday = make("UTC", "00:00", "24:00", {"sat", "sun", "mon"});
  CAF_CHECK_EQUAL(changes(around_sunday, "2026-11-29T12:00:00Z", 1), "closes 2026-12-01T00:00:00Z\n");
}

CAF_TEST(a whole week never closes) {
  auto w = make("America/New_York", "00:00", "24:00");
  CAF_CHECK(w.always_open());
  CAF_CHECK_EQUAL(changes(w, "2026-11-23T12:00:00Z", 1), "never");
  auto reading = w.read(at("2026-11-01T06:00:00Z"));
  CAF_CHECK(reading.open);
  CAF_CHECK(!reading.closes_at);
  CAF_CHECK(w.next_openings(at("2026-11-23T12:00:00Z"), 5).empty());
  CAF_CHECK(!make("UTC", "00:00", "23:59:59").always_open());
}

CAF_TEST(a window that closes for one second a day is told exactly) {
  auto w = make("UTC", "10:00", "09:59:59");
  CAF_CHECK_EQUAL(changes(w, "2026-11-23T12:00:00Z", 2), "closes 2026-11-24T09:59:59Z\nopens 2026-11-24T10:00:00Z\n");
}

CAF_TEST(midnight is an end as 00 and as 24) {
  for (auto end : {"00:00", "24:00"})
    CAF_CHECK_EQUAL(
      changes(make("UTC", "09:00", end, {"mon"}), "2026-11-23T10:00:00Z", 2),
      "closes 2026-11-24T00:00:00Z\nopens 2026-11-30T09:00:00Z\n");
}

CAF_TEST(the next openings leave out the present one) {
  auto w = make("UTC", "09:00", "18:00", {"mon", "wed"});
  auto openings = w.next_openings(at("2026-11-23T10:00:00Z"), 3);
  CAF_REQUIRE_EQUAL(openings.size(), 3u);
  CAF_CHECK_EQUAL(to_rfc3339(openings[0]), "2026-11-25T09:00:00Z");
  CAF_CHECK_EQUAL(to_rfc3339(openings[1]), "2026-11-30T09:00:00Z");
  CAF_CHECK_EQUAL(to_rfc3339(openings[2]), "2026-12-02T09:00:00Z");
  CAF_CHECK(w.next_openings(at("2026-11-23T10:00:00Z"), 0).empty());
}

// -- the nights on which the clock is set ---------------------------------------------------------

CAF_TEST(a start inside the gap opens right after it in New York) {
  auto w = make("America/New_York", "02:30", "04:00");
  CAF_CHECK_EQUAL(
    changes(w, "2026-03-08T05:00:00Z", 3),
    "opens 2026-03-08T07:00:00Z\ncloses 2026-03-08T08:00:00Z\nopens 2026-03-09T06:30:00Z\n");
}

CAF_TEST(a window wholly in the gap does not open that day) {
  CAF_CHECK_EQUAL(
    changes(make("America/New_York", "02:10", "02:50"), "2026-03-07T12:00:00Z", 1), "opens 2026-03-09T06:10:00Z\n");
  CAF_CHECK_EQUAL(
    changes(make("America/New_York", "02:10", "02:50", {"sun"}), "2026-03-07T12:00:00Z", 1),
    "opens 2026-03-15T06:10:00Z\n");
  CAF_CHECK_EQUAL(
    changes(make("Europe/London", "01:00", "02:00", {"sun"}), "2026-03-28T12:00:00Z", 1),
    "opens 2026-04-05T00:00:00Z\n");
  CAF_CHECK_EQUAL(
    changes(make("Australia/Lord_Howe", "02:00", "02:20", {"sun"}), "2026-10-03T00:00:00Z", 1),
    "opens 2026-10-10T15:00:00Z\n");
}

CAF_TEST(an end inside the gap closes at the gap) {
  CAF_CHECK_EQUAL(
    changes(make("America/New_York", "01:00", "02:30"), "2026-03-08T05:30:00Z", 2),
    "opens 2026-03-08T06:00:00Z\ncloses 2026-03-08T07:00:00Z\n");
}

CAF_TEST(both readings of the overlap count in New York) {
  CAF_CHECK_EQUAL(
    changes(make("America/New_York", "01:30", "01:45"), "2026-11-01T04:00:00Z", 4),
    "opens 2026-11-01T05:30:00Z\ncloses 2026-11-01T05:45:00Z\n"
    "opens 2026-11-01T06:30:00Z\ncloses 2026-11-01T06:45:00Z\n");
  CAF_CHECK_EQUAL(
    changes(make("America/New_York", "00:30", "01:30"), "2026-11-01T04:00:00Z", 4),
    "opens 2026-11-01T04:30:00Z\ncloses 2026-11-01T05:30:00Z\n"
    "opens 2026-11-01T06:00:00Z\ncloses 2026-11-01T06:30:00Z\n");
  // Open through both readings: no seam.
  CAF_CHECK_EQUAL(
    changes(make("America/New_York", "00:30", "02:30"), "2026-11-01T05:00:00Z", 1), "closes 2026-11-01T07:30:00Z\n");
}

CAF_TEST(both nights of London) {
  CAF_CHECK_EQUAL(
    changes(make("Europe/London", "01:30", "03:00"), "2026-03-28T12:00:00Z", 2),
    "opens 2026-03-29T01:00:00Z\ncloses 2026-03-29T02:00:00Z\n");
  CAF_CHECK_EQUAL(
    changes(make("Europe/London", "01:00", "01:20"), "2026-10-24T12:00:00Z", 4),
    "opens 2026-10-25T00:00:00Z\ncloses 2026-10-25T00:20:00Z\n"
    "opens 2026-10-25T01:00:00Z\ncloses 2026-10-25T01:20:00Z\n");
}

CAF_TEST(both nights of Lord Howe move by half an hour) {
  CAF_CHECK_EQUAL(
    changes(make("Australia/Lord_Howe", "02:10", "03:00"), "2026-10-03T00:00:00Z", 2),
    "opens 2026-10-03T15:30:00Z\ncloses 2026-10-03T16:00:00Z\n");
  CAF_CHECK_EQUAL(
    changes(make("Australia/Lord_Howe", "01:40", "01:50"), "2026-04-04T00:00:00Z", 4),
    "opens 2026-04-04T14:40:00Z\ncloses 2026-04-04T14:50:00Z\n"
    "opens 2026-04-04T15:10:00Z\ncloses 2026-04-04T15:20:00Z\n");
}

CAF_TEST(an overlap can close a window before its end and open it again) {
  // At 02:00 the clock of New York goes back to 01:00: the window of 02:00 has not begun.
  CAF_CHECK_EQUAL(
    changes(make("America/New_York", "02:00", "03:00"), "2026-11-01T05:00:00Z", 2),
    "opens 2026-11-01T07:00:00Z\ncloses 2026-11-01T08:00:00Z\n");
  // In Nuuk the overlap lies across midnight: Sunday begins, becomes Saturday, and begins again.
  CAF_CHECK_EQUAL(
    changes(make("America/Nuuk", "00:00", "24:00", {"sun"}), "2026-10-24T12:00:00Z", 2),
    "opens 2026-10-25T02:00:00Z\ncloses 2026-10-26T02:00:00Z\n");
}

CAF_TEST(Apia never had that Friday) {
  CAF_CHECK_EQUAL(
    changes(make("Pacific/Apia", "09:00", "17:00", {"fri"}), "2011-12-29T20:00:00Z", 1), "opens 2012-01-05T19:00:00Z\n");
  // The night from Thursday would reach into Friday, which is Saturday.
  CAF_CHECK_EQUAL(
    changes(make("Pacific/Apia", "22:00", "06:00", {"thu"}), "2011-12-29T20:00:00Z", 2),
    "opens 2011-12-30T08:00:00Z\ncloses 2011-12-30T10:00:00Z\n");
}

CAF_TEST(odd offsets are told to the minute) {
  CAF_CHECK_EQUAL(changes(make("Asia/Kathmandu", "09:00", "18:00"), "2026-11-23T00:00:00Z", 1), "opens 2026-11-23T03:15:00Z\n");
  CAF_CHECK_EQUAL(changes(make("Pacific/Chatham", "09:00", "18:00"), "2026-07-01T12:00:00Z", 1), "opens 2026-07-01T20:15:00Z\n");
  CAF_CHECK_EQUAL(changes(make("Pacific/Chatham", "03:00", "03:30"), "2026-09-26T12:00:00Z", 1), "opens 2026-09-27T13:15:00Z\n");
}

CAF_TEST(windows of far years follow the clock) {
  CAF_CHECK_EQUAL(changes(make("America/New_York", "09:00", "18:00"), "2060-07-01T04:00:00Z", 1), "opens 2060-07-01T13:00:00Z\n");
  CAF_CHECK_EQUAL(changes(make("Asia/Tokyo", "09:00", "18:00"), "9999-12-01T12:00:00Z", 1), "opens 9999-12-02T00:00:00Z\n");
}
