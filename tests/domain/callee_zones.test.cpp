#define CAF_SUITE callee_zones
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "domain/callee_zones.hpp"
#include "domain/embedded.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using ringmaster::testing::at;

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words)
    out += (out.empty() ? "" : " ") + word;
  return out;
}

/// What is known of a number, as the numbering plan reads it: "by | states | zones".
std::string placed(const std::string& number, std::string_view own = {}) {
  auto reading = read_number(number);
  if (!reading)
    return "unreadable: " + number;
  auto place = locate_callee(reading->number, reading->country, own, reading->kind);
  return std::string{to_string(place.by)} + " | " + joined(place.states) + " | " +
         joined(place.zones->names);
}

/// The offsets from UTC, in hours, that the clocks of a number show at an instant.
std::string offsets(const std::string& number, std::string_view when) {
  auto reading = read_number(number);
  if (!reading)
    return "unreadable: " + number;
  auto place = locate_callee(reading->number, reading->country, {}, reading->kind);
  std::set<long> seen;
  for (const auto& clock : place.zones->clocks)
    seen.insert(
        std::chrono::duration_cast<std::chrono::minutes>(clock->at(at(when)).offset).count());
  std::string out;
  for (auto minutes : seen) {
    auto text = std::to_string(minutes / 60);
    if (minutes % 60 != 0)
      text += ":" + std::to_string(std::abs(minutes % 60));
    out += (out.empty() ? "" : " ") + text;
  }
  return out;
}

constexpr auto winter = "2026-01-15T18:00:00Z";
constexpr auto summer = "2026-07-15T18:00:00Z";

} // namespace

// -- the golden table ----------------------------------------------------------------------------

CAF_TEST(an area code with one zone has that zone) {
  CAF_CHECK_EQUAL(placed("+12125550123"), "area_code | NY | America/New_York");
  CAF_CHECK_EQUAL(placed("+14155550123"), "area_code | CA | America/Los_Angeles");
  CAF_CHECK_EQUAL(placed("+13125550123"), "area_code | IL | America/Chicago");
  CAF_CHECK_EQUAL(placed("+19155550123"), "area_code | TX | America/Denver");
  CAF_CHECK_EQUAL(placed("+18085550123"), "area_code | HI | Pacific/Honolulu");
  CAF_CHECK_EQUAL(placed("+14165550123"), "area_code | ON | America/Toronto");
  CAF_CHECK_EQUAL(placed("+19025550123"), "area_code | NS PE | America/Glace_Bay America/Halifax");
}

CAF_TEST(split area codes have every clock of theirs in winter and in summer) {
  struct row {
    const char *number, *winter, *summer;
  };
  // Offsets as the borders of the zones give them, not as our list does.
  const std::vector<row> table{
      {"+12085550123", "-8 -7",    "-7 -6"      }, // Idaho
      {"+19865550123", "-8 -7",    "-7 -6"      },
      {"+12195550123", "-6 -5",    "-5 -4"      }, // north-west Indiana
      {"+15745550123", "-6 -5",    "-5 -4"      },
      {"+18125550123", "-6 -5",    "-5 -4"      },
      {"+19305550123", "-6 -5",    "-5 -4"      },
      {"+12705550123", "-6 -5",    "-5 -4"      }, // Kentucky
      {"+13645550123", "-6 -5",    "-5 -4"      },
      {"+16065550123", "-6 -5",    "-5 -4"      },
      {"+13085550123", "-7 -6",    "-6 -5"      }, // Nebraska
      {"+14025550123", "-7 -6",    "-6 -5"      },
      {"+14235550123", "-6 -5",    "-5 -4"      }, // Tennessee
      {"+19315550123", "-6 -5",    "-5 -4"      },
      {"+14325550123", "-7 -6",    "-6 -5"      }, // west Texas
      {"+15415550123", "-8 -7",    "-7 -6"      }, // Malheur, Oregon
      {"+14585550123", "-8 -7",    "-7 -6"      },
      {"+16055550123", "-7 -6",    "-6 -5"      }, // South Dakota
      {"+17015550123", "-7 -6",    "-6 -5"      }, // North Dakota
      {"+16205550123", "-7 -6",    "-6 -5"      }, // Kansas
      {"+17855550123", "-7 -6",    "-6 -5"      },
      {"+17755550123", "-8 -7",    "-7 -6"      }, // Nevada: West Wendover, Jackpot
      {"+18505550123", "-6 -5",    "-5 -4"      }, // the panhandle of Florida
      {"+14485550123", "-6 -5",    "-5 -4"      },
      {"+13345550123", "-6 -5",    "-5 -4"      }, // Phenix City, Alabama
      {"+19065550123", "-6 -5",    "-5 -4"      }, // Upper Peninsula of Michigan
      {"+19285550123", "-7",       "-7 -6"      }, // Arizona, the Navajo Nation
      {"+16025550123", "-7",       "-7"         },
      {"+15055550123", "-7",       "-6"         }, // New Mexico, also of the Navajo Nation
      {"+19075550123", "-10 -9",   "-9 -8"      }, // Alaska, the Aleutians
      {"+18085550123", "-10",      "-10"        },
      {"+17095550123", "-4 -3:30", "-3 -2:30"   }, // Newfoundland and Labrador
      {"+14185550123", "-5 -4",    "-4 -3"      }, // Cote-Nord and the Magdalen Islands
      {"+13675550123", "-5 -4",    "-4 -3"      },
      {"+15815550123", "-5 -4",    "-4 -3"      },
      {"+18075550123", "-6 -5",    "-5 -4"      }, // north-west Ontario
      {"+12505550123", "-8 -7",    "-7 -6"      }, // British Columbia
      {"+12365550123", "-8 -7",    "-7 -6"      },
      {"+17785550123", "-8 -7",    "-7 -6"      },
      {"+16725550123", "-8 -7",    "-7 -6"      },
      {"+16045550123", "-8",       "-7"         },
      {"+13065550123", "-7 -6",    "-6 -5"      }, // Saskatchewan, Lloydminster, Creighton
      {"+18675550123", "-7 -6 -5", "-7 -6 -5 -4"}, // the territories
      {"+17875550123", "-4",       "-4"         }, // Puerto Rico
      {"+19395550123", "-4",       "-4"         },
      {"+13405550123", "-4",       "-4"         }, // US Virgin Islands
      {"+16715550123", "10",       "10"         }, // Guam
      {"+16705550123", "10",       "10"         },
      {"+16845550123", "-11",      "-11"        }, // American Samoa
      {"+18765550123", "-5",       "-5"         }, // Jamaica
      {"+18095550123", "-4",       "-4"         }, // Dominican Republic
      {"+12425550123", "-5",       "-4"         }, // Bahamas
      {"+14415550123", "-4",       "-3"         }, // Bermuda
      {"+12465550123", "-4",       "-4"         }, // Barbados
      {"+13455550123", "-5",       "-5"         }, // Cayman
      {"+18685550123", "-4",       "-4"         }, // Trinidad
      {"+16495550123", "-5",       "-4"         }, // Turks and Caicos
  };
  for (const auto& r : table) {
    CAF_CHECK_EQUAL(
        r.number + (": " + offsets(r.number, winter)), r.number + (": " + std::string{r.winter}));
    CAF_CHECK_EQUAL(
        r.number + (": " + offsets(r.number, summer)), r.number + (": " + std::string{r.summer}));
  }
}

CAF_TEST(countries with one zone and with many) {
  CAF_CHECK_EQUAL(placed("+442079460123"), "country |  | Europe/London");
  CAF_CHECK_EQUAL(placed("+81312345678"), "country |  | Asia/Tokyo");
  CAF_CHECK_EQUAL(placed("+33123456789"), "country |  | Europe/Paris");
  CAF_CHECK_EQUAL(placed("+911123456789"), "country |  | Asia/Kolkata");
  CAF_CHECK_EQUAL(placed("+493012345678"), "country |  | Europe/Berlin Europe/Busingen");
  CAF_CHECK_EQUAL(
      placed("+34912345678"), "country |  | Africa/Ceuta Atlantic/Canary Europe/Madrid");
  CAF_CHECK_EQUAL(
      placed("+351212345678"), "country |  | Atlantic/Azores Atlantic/Madeira Europe/Lisbon");
  CAF_CHECK_EQUAL(placed("+6493001234"), "country |  | Pacific/Auckland Pacific/Chatham");
  CAF_CHECK_EQUAL(offsets("+493012345678", winter), "1");
  CAF_CHECK_EQUAL(offsets("+34912345678", summer), "1 2");
  CAF_CHECK_EQUAL(offsets("+61212345678", winter), "8 8:45 9:30 10 10:30 11");
  CAF_CHECK_EQUAL(offsets("+5511912345678", winter), "-5 -4 -3 -2");
  CAF_CHECK_EQUAL(offsets("+525512345678", winter), "-8 -7 -6 -5");
  CAF_CHECK_EQUAL(offsets("+79161234567", winter), "2 3 4 5 6 7 8 9 10 11 12");
}

CAF_TEST(what nobody can place has no zone) {
  for (auto number :
       {"+18005550123", "+18885550123", "+15005550123", "+17005550123", "+12115550123"}) {
    auto place = locate_callee(phone_number::from_canonical(number), "US");
    CAF_CHECK(!place.known());
    CAF_CHECK(place.by == place_basis::unknown);
  }
  // The country helps no number of +1, and no country helps nobody.
  CAF_CHECK(!locate_callee(phone_number::from_canonical("+12995550123"), "US").known());
  CAF_CHECK(!locate_callee(phone_number::from_canonical("+442079460123"), "").known());
  CAF_CHECK(!locate_callee(phone_number::from_canonical("+442079460123"), "QQ").known());
  CAF_CHECK(!locate_callee(phone_number{}, "").known());
}

CAF_TEST(a number that the plan does not know may be in any country of its calling code) {
  auto place =
      locate_callee(phone_number::from_canonical("+61899999999"), "AU", {}, number_class::unknown);
  CAF_CHECK(place.by == place_basis::calling_code);
  auto has = [&](std::string_view name) {
    return std::find(place.zones->names.begin(), place.zones->names.end(), name) !=
           place.zones->names.end();
  };
  CAF_CHECK((has("Australia/Perth") && has("Indian/Christmas") && has("Indian/Cocos")));
  CAF_CHECK(
      !locate_callee(phone_number::from_canonical("+21000000000"), "", {}, number_class::unknown)
           .known());
}

CAF_TEST(the zone of the target counts alone) {
  CAF_CHECK_EQUAL(placed("+18505550123", "America/Chicago"), "target | FL | America/Chicago");
  CAF_CHECK_EQUAL(placed("+18005550123", "US/Eastern"), "target |  | US/Eastern");
  CAF_CHECK_EQUAL(placed("+442079460123", "Mars/Olympus"), "unknown |  | ");
}

// -- the lists -----------------------------------------------------------------------------------

CAF_TEST(the lists are whole and every zone in them is known) {
  const auto& book = zone_book::built_in();
  CAF_CHECK(book.area_count() >= 450);
  CAF_CHECK(book.country_count() >= 240);
  for (int code = 200; code < 1000; ++code)
    if (const auto* area = book.find_area(std::to_string(code))) {
      if (area->zones->clocks.empty())
        CAF_ERROR("a zone of area code " << code << " is unknown");
      if (area->country == "US" || area->country == "CA")
        CAF_CHECK(!area->states.empty());
    }
  // What the plan calls geographic is on the list.
  for (int code = 200; code < 1000; ++code) {
    if (code % 100 == 55 || code / 10 % 10 == 9)
      continue;
    auto reading = read_number("+1" + std::to_string(code) + "5550123");
    if (!reading ||
        (reading->kind != number_class::geographic && reading->kind != number_class::mobile))
      continue;
    const auto* area = book.find_area(std::to_string(code));
    if (!area)
      CAF_ERROR("area code " << code << " is missing");
    else
      CAF_CHECK_EQUAL(area->country, reading->country);
  }
}

CAF_TEST(no geographic code stands for a service) {
  for (auto code : {"500", "521", "522", "533", "544", "566", "577", "588", "600", "622", "633",
                    "700", "710", "800", "833", "844", "855", "866", "877", "888", "900"})
    CAF_CHECK(!zone_book::built_in().find_area(code));
}

CAF_TEST(every mistake in a list is told with its line) {
  auto read = zone_book::parse(
      "area_code,country,states,zones\n"
      "212,US,NY,America/New_York\n"
      "# a comment\n"
      "212,US,NY,America/New_York\n"
      "12,US,NY,America/New_York\n"
      "213,USA,CA,America/Los_Angeles\n"
      "214,US,TX\n",
      "country,calling_code,zones\nDE,49,\n");
  CAF_REQUIRE(!read);
  std::string told;
  for (const auto& field : read.error().fields)
    told += field.message + '\n';
  CAF_CHECK_EQUAL(
      told,
      "line 4: the area code 212 stands twice\nline 5: '12' is no area code\n"
      "line 6: 'USA' is no country\nline 7: a row has 4 cells\nline 2: a country needs a zone\n");
}

CAF_TEST(a row with a zone that is unknown here has none) {
  auto book = zone_book::parse(
      "area_code,country,states,zones\n212,US,NY,America/New_York Mars/Olympus\n",
      "country,calling_code,zones\nDE,49,Europe/Berlin\n");
  CAF_REQUIRE(book);
  CAF_CHECK(!book->locate(phone_number::from_canonical("+12125550123"), "US").known());
  CAF_CHECK(book->locate(phone_number::from_canonical("+493012345678"), "DE").known());
}

CAF_TEST(any digits are placed or unknown and never in another country) {
  CAF_CHECK(rc::check("a place rests on what the number says", [] {
    auto digits =
        "+1" + std::to_string(*rc::gen::inRange<std::int64_t>(2'000'000'000, 9'999'999'999));
    auto place = locate_callee(phone_number::from_canonical(digits), "US");
    const auto* area = zone_book::built_in().find_area(digits.substr(2, 3));
    RC_ASSERT(place.known() == (area != nullptr));
    RC_ASSERT(place.area_code == digits.substr(2, 3));
    if (area)
      RC_ASSERT(place.zones->names == area->zones->names);
  }));
}
