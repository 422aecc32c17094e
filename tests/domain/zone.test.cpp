#define CAF_SUITE zone
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <rapidcheck.h>

#include "domain/zone.hpp"
#include "domain/zone_aliases.hpp"
#include "domain/zone_rule.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using ringmaster::testing::at;
using namespace std::chrono_literals;

namespace {

/// "offset in minutes, begin, end" of the span around an instant.
std::string span_at(std::string_view name, std::string_view when) {
  auto found = zone::find(name);
  if (!found)
    return "no zone";
  auto span = (*found)->at(at(when));
  return std::to_string(span.offset / 60s) + ' ' + to_rfc3339(span.begin) + ' ' + to_rfc3339(span.end);
}

long offset_minutes(std::string_view name, std::string_view when) {
  return static_cast<long>((*zone::find(name))->at(at(when)).offset / 60s);
}

} // namespace

CAF_TEST(a zone tells its offset and the changes around) {
  CAF_CHECK_EQUAL(
    span_at("America/New_York", "2026-07-01T00:00:00Z"), "-240 2026-03-08T07:00:00Z 2026-11-01T06:00:00Z");
  CAF_CHECK_EQUAL(
    span_at("Europe/London", "2026-12-01T00:00:00Z"), "0 2026-10-25T01:00:00Z 2027-03-28T01:00:00Z");
  CAF_CHECK_EQUAL(
    span_at("Australia/Lord_Howe", "2026-07-01T00:00:00Z"), "630 2026-04-04T15:00:00Z 2026-10-03T15:30:00Z");
  CAF_CHECK_EQUAL(
    span_at("Pacific/Chatham", "2026-07-01T00:00:00Z"), "765 2026-04-04T14:00:00Z 2026-09-26T14:00:00Z");
  CAF_CHECK_EQUAL(offset_minutes("Asia/Kathmandu", "2026-07-01T00:00:00Z"), 345);
}

CAF_TEST(a change belongs to the later span) {
  CAF_CHECK_EQUAL(offset_minutes("America/New_York", "2026-03-08T06:59:59.999999Z"), -300);
  CAF_CHECK_EQUAL(offset_minutes("America/New_York", "2026-03-08T07:00:00Z"), -240);
}

CAF_TEST(Apia skipped a day) {
  CAF_CHECK_EQUAL(offset_minutes("Pacific/Apia", "2011-12-30T09:59:59Z"), -600);
  CAF_CHECK_EQUAL(offset_minutes("Pacific/Apia", "2011-12-30T10:00:00Z"), 840);
}

CAF_TEST(the clock is set in far years too) {
  CAF_CHECK_EQUAL(
    span_at("America/New_York", "2060-07-01T00:00:00Z"), "-240 2060-03-14T07:00:00Z 2060-11-07T06:00:00Z");
  CAF_CHECK_EQUAL(
    span_at("Pacific/Chatham", "2045-01-01T00:00:00Z"), "825 2044-09-24T14:00:00Z 2045-04-01T14:00:00Z");
  CAF_CHECK_EQUAL(
    span_at("Asia/Jerusalem", "2045-07-01T00:00:00Z"), "180 2045-03-24T00:00:00Z 2045-10-28T23:00:00Z");
  CAF_CHECK_EQUAL(
    span_at("America/Nuuk", "2045-07-01T00:00:00Z"), "-60 2045-03-26T01:00:00Z 2045-10-29T01:00:00Z");
}

CAF_TEST(aliases lead to the zone of today) {
  for (auto [alias, canonical] :
       {std::pair{"Asia/Calcutta", "Asia/Kolkata"}, {"Asia/Saigon", "Asia/Ho_Chi_Minh"},
        {"Asia/Katmandu", "Asia/Kathmandu"}, {"Europe/Kiev", "Europe/Kyiv"},
        {"America/Buenos_Aires", "America/Argentina/Buenos_Aires"},
        {"America/Indianapolis", "America/Indiana/Indianapolis"}, {"US/Eastern", "America/New_York"},
        {"Asia/Rangoon", "Asia/Yangon"}, {"America/Godthab", "America/Nuuk"},
        {"Pacific/Enderbury", "Pacific/Kanton"}, {"Etc/UTC", "UTC"}, {"Zulu", "UTC"},
        {"Greenwich", "GMT"}}) {
    auto found = zone::find(alias);
    auto today = zone::find(canonical);
    CAF_REQUIRE(found);
    CAF_REQUIRE(today);
    CAF_CHECK_EQUAL((*found)->name(), canonical);
    CAF_CHECK(*found == *today);
  }
}

CAF_TEST(every alias resolves and none leads to another) {
  std::set<std::string_view> names;
  for (const auto& entry : zone_aliases())
    names.insert(entry.alias);
  CAF_CHECK(names.size() >= 100u);
  for (const auto& entry : zone_aliases()) {
    CAF_CHECK(!names.contains(entry.canonical));
    CAF_CHECK(zone::find(entry.alias).has_value());
    CAF_CHECK_EQUAL(canonical_zone(entry.alias), entry.canonical);
  }
  CAF_CHECK_EQUAL(canonical_zone("Europe/Berlin"), "Europe/Berlin");
}

CAF_TEST(UTC and GMT are zones without changes) {
  for (auto name : {"UTC", "GMT", "Etc/UTC", "Etc/GMT"}) {
    auto found = zone::find(name);
    CAF_REQUIRE(found);
    auto span = (*found)->at(at("2026-07-01T00:00:00Z"));
    CAF_CHECK(span.offset == 0s);
    CAF_CHECK(span.begin == instant::min());
    CAF_CHECK(span.end == instant::max());
  }
}

CAF_TEST(names that are no zones are refused) {
  for (auto name :
       {"", "Mars/Olympus", "america/new_york", "AMERICA/NEW_YORK", "America/New York", " UTC", "UTC ",
        "../etc/passwd", "/etc/passwd", "/usr/share/zoneinfo/UTC", "America/../UTC", "America//New_York",
        "America/", "America", "posixrules", "localtime", "Factory", "leapseconds", "tzdata.zi",
        "zone.tab", "right/UTC", "posix/UTC", "EST5EDT4", "+02:00", "UTC+2", "UTC\nEurope/Berlin", "Z"}) {
    auto found = zone::find(name);
    CAF_CHECK(!found);
    if (!found) {
      CAF_CHECK(found.error().code == errc::invalid);
      CAF_CHECK_EQUAL(found.error().fields.at(0).pointer, "/timezone");
    }
  }
  CAF_CHECK(!zone::find(std::string(65, 'a')));
  CAF_CHECK(!zone::find(std::string(1'000'000, '/')));
  CAF_CHECK(!zone::find(std::string_view{"UTC\0", 4}));
}

CAF_TEST(no text makes the search fall over) {
  CAF_CHECK(rc::check("arbitrary names are found or refused", [](const std::string& name) {
    auto found = zone::find(name);
    RC_ASSERT((found.has_value() || found.error().code == errc::invalid));
  }));
}

CAF_TEST(all accepted names are listed once and sorted) {
  const auto& names = zone::names();
  CAF_CHECK(names.size() > 400u);
  for (std::size_t i = 1; i < names.size(); ++i)
    CAF_CHECK(names[i - 1].name < names[i].name);
  auto canonical_of = [&](std::string_view name) -> std::string {
    auto found = std::find_if(names.begin(), names.end(), [&](const auto& n) { return n.name == name; });
    return found == names.end() ? "missing" : found->canonical;
  };
  CAF_CHECK_EQUAL(canonical_of("America/New_York"), "America/New_York");
  CAF_CHECK_EQUAL(canonical_of("Asia/Calcutta"), "Asia/Kolkata");
  CAF_CHECK_EQUAL(canonical_of("UTC"), "UTC");
  CAF_CHECK_EQUAL(canonical_of("localtime"), "missing");
  CAF_CHECK_EQUAL(canonical_of("Factory"), "missing");
  for (const auto& each : names) {
    auto found = zone::find(each.name);
    CAF_REQUIRE(found);
    CAF_CHECK_EQUAL((*found)->name(), each.canonical);
  }
}

CAF_TEST(many threads find the same zones) {
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (auto& mine : wrong)
    threads.emplace_back([&mine] {
      for (const auto& each : zone::names())
        if (auto found = zone::find(each.name); !found || (*found)->name() != each.canonical)
          ++mine;
    });
  for (auto& each : threads)
    each.join();
  for (auto count : wrong)
    CAF_CHECK_EQUAL(count, 0);
}

CAF_TEST(spans follow each other and change the offset) {
  for (const auto& each : zone::names()) {
    auto found = *zone::find(each.name);
    auto span = found->at(at("1970-01-01T00:00:00Z"));
    int steps = 0;
    int wrong = span.begin == instant::min() ? 0 : 1;
    for (; span.end != instant::max() && steps < 1000; ++steps) {
      auto next = found->at(span.end);
      if (next.begin != span.end || next.offset == span.offset || found->at(span.end - 1us).offset != span.offset)
        ++wrong;
      span = next;
    }
    CAF_CHECK_EQUAL(wrong, 0);
    CAF_CHECK(steps < 1000);
  }
}

// -- rules --------------------------------------------------------------------------------------------

CAF_TEST(rules of zone files are read) {
  auto east = zone_rule::parse("EST5EDT,M3.2.0,M11.1.0");
  CAF_REQUIRE(east);
  auto steps = east->steps(2045, 2045);
  CAF_REQUIRE_EQUAL(steps.size(), 2u);
  CAF_CHECK_EQUAL(to_rfc3339(steps[0].at), "2045-03-12T07:00:00Z");
  CAF_CHECK(steps[0].offset == -4h);
  CAF_CHECK_EQUAL(to_rfc3339(steps[1].at), "2045-11-05T06:00:00Z");
  CAF_CHECK(steps[1].offset == -5h);
  auto fixed = zone_rule::parse("<+0545>-5:45");
  CAF_REQUIRE(fixed);
  CAF_CHECK(fixed->standard == 345min);
  CAF_CHECK(fixed->steps(2045, 2050).empty());
}

CAF_TEST(odd rules are read too) {
  auto first_step = [](std::string_view text) -> std::string {
    auto rule = zone_rule::parse(text);
    return rule ? to_rfc3339(rule->steps(2045, 2045).at(0).at) : "none";
  };
  CAF_CHECK_EQUAL(first_step("<-02>2<-01>,M3.5.0/-1,M10.5.0/0"), "2045-03-26T01:00:00Z");
  CAF_CHECK_EQUAL(first_step("IST-2IDT,M3.4.4/26,M10.5.0"), "2045-03-24T00:00:00Z");
  CAF_CHECK_EQUAL(first_step("IST-1GMT0,M10.5.0,M3.5.0/1"), "2045-03-26T01:00:00Z");
  CAF_CHECK_EQUAL(first_step("AAA3BBB,J60/0,J300"), "2045-03-01T03:00:00Z");
  CAF_CHECK_EQUAL(first_step("AAA3BBB,59/0,300"), "2045-03-01T03:00:00Z");
  for (auto text : {"", "EST", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0",
                    "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,M3.2.0,M11.1.0 ", "<EST5EDT", "5", "EST999",
                    "EST5EDT,J0,J366"})
    CAF_CHECK(!zone_rule::parse(text));
}

CAF_TEST(no text makes the reader of rules fall over) {
  CAF_CHECK(rc::check("arbitrary rules are read or refused", [] {
    auto text = *rc::gen::container<std::string>(rc::gen::element(
      'E', 'S', 'T', '5', '0', '1', '9', ',', 'M', '.', '3', 'J', '/', '-', '+', ':', '<', '>'));
    if (auto rule = zone_rule::parse(text))
      RC_ASSERT(rule->steps(2040, 2041).size() <= 4u);
  }));
}
