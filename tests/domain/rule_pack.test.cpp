#define CAF_SUITE rule_pack
#include <caf/test/unit_test.hpp>

#include <string>

#include "domain/rule_pack.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using namespace std::chrono;

namespace {

holiday nth_weekday(unsigned weekday, int nth, unsigned month, int shift = 0) {
  holiday h;
  h.kind = holiday::rule::weekday;
  h.weekday = weekday;
  h.nth = nth;
  h.month = month;
  h.shift = shift;
  return h;
}

holiday on_date(unsigned month, unsigned day, holiday::observance kept) {
  holiday h;
  h.month = month;
  h.day = day;
  h.kept = kept;
  return h;
}

/// The days of a year on which it falls, "MM-DD MM-DD".
std::string days_of(const holiday& h, int in) {
  std::string out;
  for (sys_days d{year{in} / 1 / 1}; d < sys_days{year{in + 1} / 1 / 1}; d += days{1})
    if (h.falls_on(d)) {
      year_month_day date{d};
      auto two = [](unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); };
      out += (out.empty() ? "" : " ") + two(static_cast<unsigned>(date.month())) + "-" +
             two(static_cast<unsigned>(date.day()));
    }
  return out;
}

} // namespace

CAF_TEST(easter falls where the church says) {
  const std::pair<int, unsigned> known[] = {
      {1961, 402},
      {2000, 423},
      {2008, 323},
      {2011, 424},
      {2019, 421},
      {2024, 331},
      {2025, 420},
      {2026, 405},
      {2027, 328},
      {2030, 421},
      {2038, 425},
      {2076, 419}
  };
  for (auto [in, day] : known) {
    year_month_day easter{easter_sunday(year{in})};
    CAF_CHECK_EQUAL(
        static_cast<unsigned>(easter.month()) * 100 + static_cast<unsigned>(easter.day()), day);
  }
}

CAF_TEST(weekdays of a month are counted from both ends) {
  CAF_CHECK_EQUAL(days_of(nth_weekday(3, 4, 11), 2026), "11-26");
  CAF_CHECK_EQUAL(days_of(nth_weekday(3, 4, 11, 1), 2026), "11-27");
  CAF_CHECK_EQUAL(days_of(nth_weekday(0, -1, 5), 2026), "05-25");
  CAF_CHECK_EQUAL(days_of(nth_weekday(0, -1, 5), 2027), "05-31");
  CAF_CHECK_EQUAL(days_of(nth_weekday(0, 1, 9), 2026), "09-07");
  CAF_CHECK_EQUAL(days_of(nth_weekday(0, 1, 11, 1), 2026), "11-03");
}

CAF_TEST(a holiday is kept on its own day and on the working day beside it) {
  using enum holiday::observance;
  CAF_CHECK_EQUAL(days_of(on_date(7, 4, none), 2026), "07-04");
  CAF_CHECK_EQUAL(days_of(on_date(7, 4, nearest_weekday), 2026), "07-03 07-04"); // a Saturday
  CAF_CHECK_EQUAL(days_of(on_date(7, 4, nearest_weekday), 2027), "07-04 07-05"); // a Sunday
  CAF_CHECK_EQUAL(days_of(on_date(7, 4, nearest_weekday), 2028), "07-04");
  CAF_CHECK_EQUAL(days_of(on_date(7, 4, monday), 2026), "07-04");
  CAF_CHECK_EQUAL(days_of(on_date(7, 4, monday), 2027), "07-04 07-05");
  // New Year's Day of 2028 is a Saturday: the Friday belongs to the year before.
  CAF_CHECK_EQUAL(days_of(on_date(1, 1, nearest_weekday), 2027), "01-01 12-31");
}

CAF_TEST(hours of a day are read and written) {
  CAF_CHECK_EQUAL(to_string(*parse_day_hours("08:00-21:00")), "08:00-21:00");
  CAF_CHECK_EQUAL(
      to_string(*parse_day_hours(" 10:00 - 13:00,14:00-24:00 ")), "10:00-13:00, 14:00-24:00");
  CAF_CHECK(parse_day_hours("closed")->empty());
  for (auto wrong :
       {"", "08:00", "08:00-08:00", "09:00-08:00", "08:00-25:00", "08:00-12:00,",
        "08:00-12:00,11:00-13:00"})
    CAF_CHECK(!parse_day_hours(wrong));
}

CAF_TEST(a rule holds for those whom it names and for those of whom nothing is known) {
  rule_entry florida;
  florida.countries = {"US"};
  florida.states = {"FL"};
  callee_place callee;
  callee.country = "US";
  callee.states = {"FL"};
  CAF_CHECK(florida.holds_for(callee));
  callee.states = {"GA"};
  CAF_CHECK(!florida.holds_for(callee));
  callee.states = {};
  CAF_CHECK(florida.holds_for(callee));
  callee.country = "DE";
  CAF_CHECK(!florida.holds_for(callee));
  callee.country = "";
  CAF_CHECK(florida.holds_for(callee));

  rule_entry panhandle;
  panhandle.countries = {"US"};
  panhandle.area_codes = {"850"};
  callee.country = "US";
  callee.area_code = "850";
  CAF_CHECK(panhandle.holds_for(callee));
  callee.area_code = "305";
  CAF_CHECK(!panhandle.holds_for(callee));
  callee.area_code = "";
  CAF_CHECK(panhandle.holds_for(callee));
  CAF_CHECK(rule_entry{}.holds_for(callee));
}
