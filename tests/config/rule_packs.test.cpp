#define CAF_SUITE rule_packs
#include <caf/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "config/rule_pack_toml.hpp"
#include "domain/calling_hours.hpp"
#include "domain/embedded.hpp"
#include "domain/time.hpp"

using namespace ringmaster;
using namespace ringmaster::config;
using namespace std::chrono_literals;

namespace {

instant at(std::string_view text) { return parse_rfc3339(text).value(); }

callee_place place_of(const std::string& number, std::string_view own = {}) {
  auto reading = read_number(number);
  return locate_callee(reading->number, reading->country, own, reading->kind);
}

/// "open" or "entry zone next": what a pack says of a number at an instant.
std::string said(std::string_view pack, const std::string& number, std::string_view when) {
  const auto* rules = find_rule_pack(pack);
  if (!rules)
    return "no pack";
  auto reading = read_legal(*rules, place_of(number), at(when));
  if (reading.open)
    return "open";
  return reading.entry + " " + reading.zone + " " +
         (reading.next_open_at ? to_rfc3339(*reading.next_open_at) : "never");
}

std::string mistakes_in(std::string_view text) {
  auto read = read_rule_pack(text);
  std::string out;
  if (!read)
    for (const auto& field : read.error().fields)
      out += field.message + '\n';
  return out;
}

constexpr auto head = "id = \"x\"\nversion = 1\ndate = 2026-11-21\ntitle = \"X\"\n";
constexpr auto entry =
    "[[entry]]\nid = \"e\"\nhours = \"08:00-21:00\"\nsource = \"s\"\nsource_date = 2026-11-21\n";

} // namespace

// -- the packs of every installation -------------------------------------------------------------

CAF_TEST(every pack of the binary can be read and names its sources) {
  auto files = embedded::rule_packs();
  CAF_CHECK_EQUAL(files.size(), 2u);
  for (const auto& file : files) {
    auto pack = read_rule_pack(file.text);
    if (!pack) {
      CAF_ERROR(file.name << ": " << pack.error().detail);
      continue;
    }
    CAF_CHECK_EQUAL(pack->id + ".toml", file.name);
    for (const auto& e : pack->entries) {
      CAF_CHECK(!e.source.empty());
      CAF_CHECK_EQUAL(e.source_date.size(), 10u);
    }
  }
  CAF_CHECK(find_rule_pack("default"));
  CAF_CHECK(find_rule_pack("us-strict"));
  CAF_CHECK(!find_rule_pack("none"));
}

CAF_TEST(the default opens at eight and closes at nine by the callees clock) {
  auto ny = "+12125550123";
  CAF_CHECK_EQUAL(
      said("default", ny, "2026-11-23T12:59:59.999999Z"),
      "eight-to-nine America/New_York 2026-11-23T13:00:00Z");
  CAF_CHECK_EQUAL(said("default", ny, "2026-11-23T13:00:00Z"), "open");
  CAF_CHECK_EQUAL(said("default", ny, "2026-11-24T01:59:59.999999Z"), "open");
  CAF_CHECK_EQUAL(
      said("default", ny, "2026-11-24T02:00:00Z"),
      "eight-to-nine America/New_York 2026-11-24T13:00:00Z");
}

CAF_TEST(a split area is open only while all of its clocks are) {
  auto panhandle = "+18505550123"; // Chicago and New York
  CAF_CHECK_EQUAL(
      said("default", panhandle, "2026-11-23T13:30:00Z"),
      "eight-to-nine America/Chicago 2026-11-23T14:00:00Z");
  CAF_CHECK_EQUAL(said("default", panhandle, "2026-11-23T14:00:00Z"), "open");
  CAF_CHECK_EQUAL(said("default", panhandle, "2026-11-24T01:59:59Z"), "open");
  CAF_CHECK_EQUAL(
      said("default", panhandle, "2026-11-24T02:00:00Z"),
      "eight-to-nine America/New_York 2026-11-24T14:00:00Z");
  auto russia = "+79161234567"; // ten hours apart: Kamchatka's evening is Kaliningrad's morning
  CAF_CHECK_EQUAL(
      said("default", russia, "2026-11-23T05:59:59Z"),
      "eight-to-nine Europe/Kaliningrad 2026-11-23T06:00:00Z");
  CAF_CHECK_EQUAL(said("default", russia, "2026-11-23T08:59:59Z"), "open");
  CAF_CHECK_EQUAL(
      said("default", russia, "2026-11-23T09:00:00Z"),
      "eight-to-nine Asia/Anadyr 2026-11-24T06:00:00Z");
}

CAF_TEST(who has no zone is never open) {
  auto reading =
      read_legal(*find_rule_pack("default"), place_of("+18005550123"), at("2026-11-23T17:00:00Z"));
  CAF_CHECK(!reading.open);
  CAF_CHECK(!reading.next_open_at);
  CAF_CHECK_EQUAL(reading.reason, "nobody knows the time zone of this number");
  CAF_CHECK(read_legal(
                *find_rule_pack("default"), place_of("+18005550123", "America/New_York"),
                at("2026-11-23T17:00:00Z"))
                .open);
}

CAF_TEST(both nights in which the clock is set) {
  // New York: 2026-03-08 and 2026-11-01. Eight o'clock comes an hour earlier, then later, in UTC.
  auto ny = "+12125550123";
  CAF_CHECK_EQUAL(
      said("default", ny, "2026-03-07T12:59:59Z"),
      "eight-to-nine America/New_York 2026-03-07T13:00:00Z");
  CAF_CHECK_EQUAL(
      said("default", ny, "2026-03-08T02:00:00Z"),
      "eight-to-nine America/New_York 2026-03-08T12:00:00Z");
  CAF_CHECK_EQUAL(said("default", ny, "2026-03-08T12:00:00Z"), "open");
  CAF_CHECK_EQUAL(
      said("default", ny, "2026-11-01T01:00:00Z"),
      "eight-to-nine America/New_York 2026-11-01T13:00:00Z");
  CAF_CHECK_EQUAL(
      said("default", ny, "2026-11-01T12:59:59Z"),
      "eight-to-nine America/New_York 2026-11-01T13:00:00Z");
  CAF_CHECK_EQUAL(said("default", ny, "2026-11-01T13:00:00Z"), "open");
  // Arizona keeps its clock, the Navajo Nation does not.
  auto navajo = "+19285550123";
  CAF_CHECK_EQUAL(
      said("default", navajo, "2026-03-08T14:59:59Z"),
      "eight-to-nine America/Phoenix 2026-03-08T15:00:00Z");
  CAF_CHECK_EQUAL(said("default", navajo, "2026-03-09T02:59:59Z"), "open");
  CAF_CHECK_EQUAL(
      said("default", navajo, "2026-03-09T03:00:00Z"),
      "eight-to-nine America/Denver 2026-03-09T15:00:00Z");
  auto phoenix = "+16025550123";
  CAF_CHECK_EQUAL(said("default", phoenix, "2026-03-09T03:00:00Z"), "open");
  CAF_CHECK_EQUAL(
      said("default", phoenix, "2026-03-09T04:00:00Z"),
      "eight-to-nine America/Phoenix 2026-03-09T15:00:00Z");
}

CAF_TEST(hours that lie in the night in which the clock is set) {
  auto night = read_rule_pack(
      std::string(head) +
      "[[entry]]\nid = \"n\"\nhours = \"01:30-02:30\"\nsource = \"s\"\nsource_date = 2026-11-21\n");
  CAF_REQUIRE(night);
  legal_hours hours(*night, place_of("+12125550123"));
  // Spring: 02:00 to 03:00 does not exist. Autumn: 01:00 to 02:00 comes twice.
  CAF_CHECK_EQUAL(to_rfc3339(*hours.next_open(at("2026-03-08T00:00:00Z"))), "2026-03-08T06:30:00Z");
  CAF_CHECK_EQUAL(
      to_rfc3339(*hours.next_close(at("2026-03-08T06:30:00Z"))), "2026-03-08T07:00:00Z");
  CAF_CHECK_EQUAL(to_rfc3339(*hours.next_open(at("2026-11-01T00:00:00Z"))), "2026-11-01T05:30:00Z");
  CAF_CHECK_EQUAL(
      to_rfc3339(*hours.next_close(at("2026-11-01T05:30:00Z"))), "2026-11-01T06:00:00Z");
  CAF_CHECK_EQUAL(to_rfc3339(*hours.next_open(at("2026-11-01T06:00:00Z"))), "2026-11-01T06:30:00Z");
  CAF_CHECK_EQUAL(
      to_rfc3339(*hours.next_close(at("2026-11-01T06:30:00Z"))), "2026-11-01T07:30:00Z");
}

CAF_TEST(stricter states close earlier and on their days) {
  auto florida = "+13055550123";
  CAF_CHECK_EQUAL(said("us-strict", florida, "2026-11-24T00:59:59Z"), "open");
  CAF_CHECK_EQUAL(
      said("us-strict", florida, "2026-11-24T01:00:00Z"),
      "us-fl America/New_York 2026-11-24T13:00:00Z");
  CAF_CHECK_EQUAL(said("us-strict", "+12125550123", "2026-11-24T01:00:00Z"), "open");
  auto texas = "+12145550123"; // Sunday from noon
  CAF_CHECK_EQUAL(
      said("us-strict", texas, "2026-11-22T17:59:59Z"),
      "us-tx America/Chicago 2026-11-22T18:00:00Z");
  CAF_CHECK_EQUAL(said("us-strict", texas, "2026-11-22T18:00:00Z"), "open");
  CAF_CHECK_EQUAL(
      said("us-strict", texas, "2026-11-23T14:59:59Z"),
      "us-tx America/Chicago 2026-11-23T15:00:00Z");
  auto rhode_island = "+14015550123";
  CAF_CHECK_EQUAL(
      said("us-strict", rhode_island, "2026-11-21T22:00:00Z"),
      "us-ri America/New_York 2026-11-23T14:00:00Z");
  // Thanksgiving of 2026 is November 26; Louisiana keeps the Friday, too, and then comes Saturday.
  auto louisiana = "+15045550123";
  CAF_CHECK_EQUAL(said("us-strict", louisiana, "2026-11-25T20:00:00Z"), "open");
  CAF_CHECK_EQUAL(
      said("us-strict", louisiana, "2026-11-26T02:00:00Z"),
      "us-la America/Chicago 2026-11-28T14:00:00Z");
  // Independence Day of 2026 is a Saturday, kept on the Friday as well; then a Sunday.
  CAF_CHECK_EQUAL(
      said("us-strict", "+12055550123", "2026-07-03T15:00:00Z"),
      "us-al America/Chicago 2026-07-06T13:00:00Z");
  // Mardi Gras and Good Friday go with Easter.
  CAF_CHECK_EQUAL(
      said("us-strict", louisiana, "2026-02-17T18:00:00Z"),
      "us-la America/Chicago 2026-02-18T14:00:00Z");
  CAF_CHECK_EQUAL(
      said("us-strict", louisiana, "2026-04-03T18:00:00Z"),
      "us-la America/Chicago 2026-04-04T13:00:00Z");
  auto puerto_rico = "+17875550123";
  CAF_CHECK_EQUAL(
      said("us-strict", puerto_rico, "2026-11-24T01:00:00Z"),
      "everywhere America/Puerto_Rico 2026-11-24T12:00:00Z");
}

CAF_TEST(the calls in a day are the least that a rule allows) {
  const auto& pack = *find_rule_pack("us-strict");
  legal_hours florida(pack, place_of("+13055550123"));
  CAF_CHECK(florida.calls_per_day() == 3);
  CAF_CHECK_EQUAL(florida.calls_per_day_entry(), "us-fl");
  CAF_CHECK(!legal_hours(pack, place_of("+12125550123")).calls_per_day());
}

CAF_TEST(where the state is not known every state of the country speaks) {
  auto unknown = place_of("+18005550123", "America/New_York");
  legal_hours hours(*find_rule_pack("us-strict"), unknown);
  CAF_CHECK(hours.calls_per_day() == 1);
  CAF_CHECK(!hours.open_at(at("2026-11-22T18:00:00Z"))); // a Sunday
  CAF_CHECK(!hours.open_at(at("2026-11-23T14:30:00Z"))); // before Kentucky's ten o'clock
  CAF_CHECK(hours.open_at(at("2026-11-23T15:30:00Z")));
}

// -- reading -------------------------------------------------------------------------------------

CAF_TEST(a small pack is read whole) {
  auto pack = read_rule_pack(
      std::string(head) +
      "[[holiday]]\nid = \"h\"\nname = \"H\"\nweekday = \"mon\"\nnth = -1\nmonth = 5\nshift = "
      "1\nobserved = \"monday\"\n"
      "[[entry]]\nid = \"e\"\ncountries = [\"US\"]\nstates = [\"FL\"]\narea_codes = [\"850\"]\n"
      "hours = \"10:00-13:00, 14:00-20:00\"\ndays = { sun = \"closed\" }\nholidays = "
      "[\"h\"]\nholiday_hours = \"12:00-13:00\"\n"
      "calls_per_day = 2\nsource = \"s\"\nsource_date = 2026-01-02\nnote = \"n\"\n");
  CAF_REQUIRE(pack);
  const auto& e = pack->entries.at(0);
  CAF_CHECK_EQUAL(to_string(e.days[0]), "10:00-13:00, 14:00-20:00");
  CAF_CHECK_EQUAL(to_string(e.days[6]), "closed");
  CAF_CHECK_EQUAL(to_string(e.holiday_hours), "12:00-13:00");
  CAF_CHECK_EQUAL(e.line, 13u);
  CAF_CHECK_EQUAL(e.source_date, "2026-01-02");
  CAF_CHECK(e.calls_per_day == 2);
  CAF_CHECK_EQUAL(pack->holidays.at(0).shift, 1);
}

CAF_TEST(every mistake is told with its line) {
  CAF_CHECK_EQUAL(
      mistakes_in("id = "),
      "line 1: Error while parsing key-value pair: encountered end-of-file\n");
  CAF_CHECK_EQUAL(
      mistakes_in("id = \"X!\"\nversion = 0\ndate = \"today\"\ntitle = \"\"\nwrong = 1\n"),
      "line 1: an id is made of a-z, 0-9 and hyphens, at most 40\n"
      "line 1: a pack needs an [[entry]]: without a rule nobody may be called\n"
      "line 2: 'version' is a whole number from 1 to 1000000\n"
      "line 3: 'date' is a date like 2026-11-21\n"
      "line 4: 'title' is missing\n"
      "line 5: 'wrong' is not known here\n");
  CAF_CHECK_EQUAL(
      mistakes_in(std::string(head) + entry + entry), "line 10: the entry 'e' stands twice\n");
  auto one = [](const std::string& lines) {
    return mistakes_in(
        std::string(head) + "[[entry]]\nid = \"e\"\nsource = \"s\"\nsource_date = 2026-11-21\n" +
        lines);
  };
  CAF_CHECK_EQUAL(
      one("hours = \"21:00-08:00\"\n"), "line 9: 'hours': hours of one day end after they begin\n");
  CAF_CHECK_EQUAL(
      one("hours = \"8-21\"\n"),
      "line 9: 'hours': not hours like 08:00-21:00, several with commas, or closed\n");
  CAF_CHECK_EQUAL(
      one("hours = \"08:00-12:00, 12:00-13:00\"\n"),
      "line 9: 'hours': hours of one day are sorted and apart from each other\n");
  CAF_CHECK_EQUAL(
      one("days = { mon = \"closed\", tue = \"closed\", wed = \"closed\", thu = \"closed\", fri = "
          "\"closed\", sat = \"closed\" }\n"),
      "line 5: no hours for sun: write 'hours', or each day in 'days'\n");
  CAF_CHECK_EQUAL(
      one("hours = \"closed\"\ndays = { monday = \"closed\" }\n"),
      "line 10: 'monday' is no day: mon, tue, wed, thu, fri, sat, sun\n");
  CAF_CHECK_EQUAL(
      one("hours = \"closed\"\nholidays = [\"h\"]\n"),
      "line 10: the holiday 'h' does not stand in this file\n");
  CAF_CHECK_EQUAL(
      one("hours = \"closed\"\nstates = [\"FL\"]\n"),
      "line 5: 'states' and 'area_codes' need their 'countries'\n");
  CAF_CHECK_EQUAL(
      one("hours = \"closed\"\ncountries = [\"us\"]\n"),
      "line 10: 'countries' is a list like [\"US\", \"CA\"]\n");
  CAF_CHECK_EQUAL(
      one("hours = \"closed\"\ncalls_per_day = 0\n"),
      "line 10: 'calls_per_day' is a whole number from 1 to 1000\n");
  auto holiday = [](const std::string& lines) {
    return mistakes_in(
        std::string(head) + "[[holiday]]\nid = \"h\"\nname = \"H\"\n" + lines + entry);
  };
  CAF_CHECK_EQUAL(
      holiday("date = \"02-30\"\n"), "line 8: 'date' is month and day, like \"07-04\"\n");
  CAF_CHECK_EQUAL(holiday(""), "line 5: a holiday has one of 'date', 'weekday' and 'easter'\n");
  CAF_CHECK_EQUAL(
      holiday("weekday = \"mon\"\nmonth = 5\nnth = 5\n"),
      "line 10: 'nth' is a whole number from -1 to 4\n");
  CAF_CHECK_EQUAL(
      holiday("easter = 0\nobserved = \"tuesday\"\n"),
      "line 9: 'observed' is \"monday\" or \"nearest_weekday\"\n");
}

CAF_TEST(a file that is not there is not found) {
  auto read = load_rule_pack("/nowhere/pack.toml");
  CAF_REQUIRE(!read);
  CAF_CHECK(read.error().code == errc::not_found);
}

namespace {

/// A folder of its own, gone with the test.
struct folder {
  std::filesystem::path path;
  folder() {
    std::string name = (std::filesystem::temp_directory_path() / "rule-packs-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  void write(const char* name, const std::string& text) const {
    std::ofstream(path / name) << text;
  }
};

} // namespace

CAF_TEST(an installation has the packs of the binary and of its folder) {
  folder f;
  f.write("mine.toml", std::string(head) + entry);
  f.write("readme.txt", "no pack");
  auto library = rule_library::load(f.path.string());
  CAF_REQUIRE(library);
  CAF_CHECK_EQUAL(library->all().size(), built_in_rule_packs().size() + 1);
  CAF_CHECK((library->find("x") && library->find("default") && !library->find("y")));
  CAF_CHECK(rule_library::load("")->find("us-strict"));
}

CAF_TEST(a folder with a mistake is told with file and line) {
  folder f;
  f.write("a.toml", std::string(head) + entry);
  f.write("b.toml", std::string(head) + entry);
  f.write(
      "c.toml",
      "id = \"default\"\nversion = 1\ndate = 2026-11-21\ntitle = \"X\"\n" + std::string(entry));
  f.write("d.toml", std::string(head) + entry + "wrong = 1\n");
  auto library = rule_library::load(f.path.string());
  CAF_REQUIRE(!library);
  std::string told;
  for (const auto& field : library.error().fields)
    told += field.message.substr(f.path.string().size() + 1) + '\n';
  CAF_CHECK_EQUAL(
      told, "b.toml: another pack is called x\nc.toml: another pack is called default\n"
            "d.toml: line 10: 'wrong' is not known here\n");
  CAF_CHECK(rule_library::load("/nowhere/at/all").error().code == errc::not_found);
}

CAF_TEST(two packs differ where they say different things) {
  auto a = read_rule_pack(std::string(head) + entry);
  auto text = std::string(head) + entry;
  text.replace(text.find("21:00"), 5, "20:00");
  auto b = read_rule_pack(
      text +
      "[[entry]]\nid = \"f\"\nhours = \"closed\"\nsource = \"s\"\nsource_date = 2026-11-21\n");
  CAF_REQUIRE((a && b));
  CAF_CHECK(compare(*a, *a).empty());
  auto lines = compare(*a, *b);
  CAF_REQUIRE_EQUAL(lines.size(), 8u);
  CAF_CHECK_EQUAL(lines.front(), "entry e, mon: 08:00-21:00 -> 08:00-20:00");
  CAF_CHECK_EQUAL(lines.back(), "entry f: new");
  auto back = compare(*b, *a);
  CAF_CHECK_EQUAL(back.front(), "entry f: gone");
  CAF_CHECK_EQUAL(back.back(), "entry e, sun: 08:00-20:00 -> 08:00-21:00");
}

// -- any number, any time ------------------------------------------------------------------------

CAF_TEST(no instant is open outside any clock and any rule) {
  const std::vector<std::string> numbers{
      "+12125550123",  "+18505550123",  "+19285550123", "+19075550123", "+12085550123",
      "+15045550123",  "+14015550123",  "+17095550123", "+18675550123", "+61212345678",
      "+442079460123", "+551112345678", "+79161234567"};
  CAF_CHECK(rc::check("open means open by every clock of the callee", [&] {
    const auto& number = *rc::gen::elementOf(numbers);
    const auto& pack = *find_rule_pack(*rc::gen::element("default", "us-strict"));
    auto place = place_of(number);
    auto t = at("2024-01-01T00:00:00Z") +
             std::chrono::seconds{*rc::gen::inRange<std::int64_t>(0, 8 * 366 * 86'400)};
    legal_hours hours(pack, place);
    auto open = hours.open_at(t);
    for (const auto& clock : place.zones->clocks) {
      auto local =
          std::chrono::floor<std::chrono::seconds>(t.time_since_epoch()) + clock->at(t).offset;
      auto of_day = (local % 24h + 24h) % 24h;
      if (open)
        RC_ASSERT((of_day >= 8h && of_day < 21h));
    }
    // Next and last are the nearest: nothing between is otherwise, by a look at every quarter hour.
    auto next = open ? hours.next_close(t) : hours.next_open(t);
    RC_ASSERT(next);
    RC_ASSERT((*next > t && hours.open_at(*next) != open));
    RC_ASSERT(hours.open_at(*next - 1us) == open);
    for (auto between = t; between < *next; between += 15min)
      RC_ASSERT(hours.open_at(between) == open);
    auto reading = hours.read(t);
    RC_ASSERT(
        (reading.open == open && !reading.reason.empty() &&
         (open ? reading.closes_at : reading.next_open_at) == next));
  }));
}

CAF_TEST(the effective hours are those that all parts allow) {
  CAF_CHECK(rc::check("the window the law and the quiet times together", [] {
    auto window = calling_window::make(
        *rc::gen::element("America/New_York", "Europe/Berlin", "UTC"),
        {*rc::gen::inRange(0, 24) * 3600}, {*rc::gen::inRange(0, 24) * 3600 + 1800},
        {static_cast<std::uint8_t>(*rc::gen::inRange(1, 128))});
    RC_PRE(window.has_value());
    std::vector<calling_window> quiet;
    if (*rc::gen::arbitrary<bool>())
      quiet.push_back(
          *calling_window::parse("America/Chicago", "12:00", "13:00", {"mon", "wed", "sun"}));
    legal_hours legal(
        *find_rule_pack("us-strict"),
        place_of(*rc::gen::element<std::string>("+18505550123", "+12145550123")));
    calling_hours all{&*window, &legal, quiet};
    auto t = at("2026-01-01T00:00:00Z") +
             std::chrono::seconds{*rc::gen::inRange<std::int64_t>(0, 400 * 86'400)};
    auto expected =
        window->open_at(t) && legal.open_at(t) && (quiet.empty() || !quiet[0].open_at(t));
    RC_ASSERT(all.open_at(t) == expected);
    auto reading = read_hours(all, t);
    RC_ASSERT(reading.open == expected);
    auto next = expected ? all.next_close(t) : all.next_open(t);
    if (!next)
      return;
    RC_ASSERT(
        (*next > t && all.open_at(*next) != expected && all.open_at(*next - 1us) == expected));
    for (auto between = t; between < std::min(*next, t + 24h * 10); between += 10min)
      RC_ASSERT(all.open_at(between) == expected);
  }));
}

CAF_TEST(what is missing is closed) {
  legal_hours none;
  auto window = calling_window::parse(
      "UTC", "00:00", "24:00", {"mon", "tue", "wed", "thu", "fri", "sat", "sun"});
  auto now = at("2026-11-23T17:00:00Z");
  legal_hours known(*find_rule_pack("default"), place_of("+12125550123"));
  CAF_CHECK((calling_hours{&*window, &known, {}}.open_at(now)));
  CAF_CHECK(!(calling_hours{nullptr, &known, {}}.open_at(now)));
  CAF_CHECK(!(calling_hours{&*window, nullptr, {}}.open_at(now)));
  CAF_CHECK(!(calling_hours{&*window, &none, {}}.open_at(now)));
  CAF_CHECK(!(calling_hours{&*window, &none, {}}.next_open(now)));
  CAF_CHECK(read_hours({nullptr, &known, {}}, now).held_by == hours_part::window);
  CAF_CHECK(read_hours({&*window, nullptr, {}}, now).held_by == hours_part::legal);
}
