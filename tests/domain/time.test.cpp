#define CAF_SUITE time
#include <caf/test/unit_test.hpp>

#include <string>

#include <rapidcheck.h>

#include "domain/time.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using ringmaster::testing::at;
using namespace std::chrono;
using namespace std::chrono_literals;

namespace {

std::string reread(std::string_view text) {
  auto read = parse_rfc3339(text);
  return read ? to_rfc3339(*read) : std::string{ringmaster::to_string(read.error().code)};
}

std::string reread_mail(std::string_view text) {
  auto read = parse_rfc2822(text);
  return read ? to_rfc3339(*read) : std::string{ringmaster::to_string(read.error().code)};
}

} // namespace

CAF_TEST(an instant is written to the microsecond only where there are any) {
  instant t{seconds{1795228664}};
  CAF_CHECK_EQUAL(to_rfc3339(t), "2026-11-21T02:37:44Z");
  CAF_CHECK_EQUAL(to_rfc3339(t + 250ms), "2026-11-21T02:37:44.250000Z");
  CAF_CHECK_EQUAL(to_rfc3339(t + 1us), "2026-11-21T02:37:44.000001Z");
  CAF_CHECK_EQUAL(to_rfc3339(instant{}), "1970-01-01T00:00:00Z");
}

CAF_TEST(any offset is read) {
  CAF_CHECK_EQUAL(reread("2026-12-01T14:00:00Z"), "2026-12-01T14:00:00Z");
  CAF_CHECK_EQUAL(reread("2026-12-01t14:00:00z"), "2026-12-01T14:00:00Z");
  CAF_CHECK_EQUAL(reread("2026-12-01T14:00:00+02:00"), "2026-12-01T12:00:00Z");
  CAF_CHECK_EQUAL(reread("2026-12-01T00:15:00+05:45"), "2026-11-30T18:30:00Z");
  CAF_CHECK_EQUAL(reread("2026-12-31T23:30:00-01:00"), "2027-01-01T00:30:00Z");
  CAF_CHECK_EQUAL(reread("2026-12-01T14:00:00-00:00"), "2026-12-01T14:00:00Z");
}

CAF_TEST(up to nine fraction digits are read and cut) {
  CAF_CHECK_EQUAL(reread("2026-12-01T14:00:00.5Z"), "2026-12-01T14:00:00.500000Z");
  CAF_CHECK_EQUAL(reread("2026-12-01T14:00:00.123456Z"), "2026-12-01T14:00:00.123456Z");
  CAF_CHECK_EQUAL(reread("2026-12-01T14:00:00.123456999Z"), "2026-12-01T14:00:00.123456Z");
  CAF_CHECK_EQUAL(reread("2026-12-01T14:00:00.000Z"), "2026-12-01T14:00:00Z");
  CAF_CHECK_EQUAL(reread("2026-12-01T14:00:00.1234567891Z"), "malformed");
  CAF_CHECK_EQUAL(reread("2026-12-01T14:00:00.Z"), "malformed");
}

CAF_TEST(what is no instant is malformed) {
  for (auto text :
       {"", "2026-12-01", "2026-12-01T14:00:00", "2026-12-01 14:00:00Z", "2026-12-01T14:00Z",
        "2026-13-01T14:00:00Z", "2026-00-01T14:00:00Z", "2026-02-29T14:00:00Z",
        "2026-04-31T14:00:00Z", "2026-12-01T24:00:00Z", "2026-12-01T14:60:00Z",
        "2016-12-31T23:59:60Z", "2026-12-01T14:00:00+24:00", "2026-12-01T14:00:00+02",
        "2026-12-01T14:00:00+0200", "2026-12-01T14:00:00Z ", " 2026-12-01T14:00:00Z",
        "1969-12-31T23:59:59Z", "1970-01-01T00:30:00+01:00", "9999-12-31T23:30:00-01:00",
        "10000-01-01T00:00:00Z", "+2026-12-01T14:00:00Z", "2026-1-01T14:00:00Z", "now"})
    CAF_CHECK_EQUAL(reread(text), "malformed");
}

CAF_TEST(leap days are read in leap years only) {
  CAF_CHECK_EQUAL(reread("2028-02-29T00:00:00Z"), "2028-02-29T00:00:00Z");
  CAF_CHECK_EQUAL(reread("2000-02-29T00:00:00Z"), "2000-02-29T00:00:00Z");
  CAF_CHECK_EQUAL(reread("2100-02-29T00:00:00Z"), "malformed");
}

CAF_TEST(the carrier form is written and read) {
  CAF_CHECK_EQUAL(to_rfc2822(at("2010-08-31T20:36:29Z")), "Tue, 31 Aug 2010 20:36:29 +0000");
  CAF_CHECK_EQUAL(to_rfc2822(at("2026-11-01T00:00:00.9Z")), "Sun, 01 Nov 2026 00:00:00 +0000");
  CAF_CHECK_EQUAL(reread_mail("Tue, 31 Aug 2010 20:36:29 +0000"), "2010-08-31T20:36:29Z");
  CAF_CHECK_EQUAL(reread_mail("Tue, 31 Aug 2010 22:36:29 +0200"), "2010-08-31T20:36:29Z");
  CAF_CHECK_EQUAL(reread_mail("Sun, 1 Nov 2026 00:00:00 GMT"), "2026-11-01T00:00:00Z");
}

CAF_TEST(a broken carrier date is malformed) {
  for (auto text :
       {"", "Tue, 31 Aug 2010 20:36:29", "Wed, 31 Aug 2010 20:36:29 +0000",
        "Tue, 31 aug 2010 20:36:29 +0000", "Tue, 32 Aug 2010 20:36:29 +0000",
        "Tue, 31 Aug 2010 20:36 +0000", "Tue, 31 Aug 10 20:36:29 +0000",
        "2010-08-31T20:36:29Z", "Tue, 31 Aug 2010 20:36:29 +0000 (UTC)", "Tue, 31 Jun 2010 20:36:29 +0000"})
    CAF_CHECK_EQUAL(reread_mail(text), "malformed");
}

CAF_TEST(every instant reads back from both forms) {
  CAF_CHECK(rc::check("RFC 3339 is exact and RFC 2822 exact to the second", [] {
    auto micros = *rc::gen::inRange<std::int64_t>(0, 253402300800'000000);
    instant t{microseconds{micros}};
    auto read = parse_rfc3339(to_rfc3339(t));
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == t);
    auto mail = parse_rfc2822(to_rfc2822(t));
    RC_ASSERT(mail.has_value());
    RC_ASSERT(*mail == floor<seconds>(t));
  }));
}

CAF_TEST(no text makes the readers fall over) {
  CAF_CHECK(rc::check("arbitrary texts are read or refused", [](const std::string& text) {
    if (auto read = parse_rfc3339(text))
      RC_ASSERT(read->time_since_epoch().count() >= 0);
    if (auto read = parse_rfc2822(text))
      RC_ASSERT(read->time_since_epoch().count() >= 0);
  }));
}
