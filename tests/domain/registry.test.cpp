#define CAF_SUITE registry

#include <caf/test/unit_test.hpp>

#include "domain/registry.hpp"

using namespace ringmaster;
using std::chrono::days;
using std::chrono::sys_days;

CAF_TEST(a copy is fresh for thirty one days) {
  const sys_days day{days(20'000)};
  CAF_CHECK(registry_fresh(day, instant(day)));
  CAF_CHECK(registry_fresh(day, instant(day + days(31)) + std::chrono::hours(23)));
  CAF_CHECK(!registry_fresh(day, instant(day + days(32))));
}

CAF_TEST(a list of a day to come is refused with its other mistakes) {
  const sys_days today{days(20'000)};
  CAF_CHECK(registry::check({"ftc-415", "US-DNC", today}, instant(today)).has_value());
  CAF_CHECK(registry::check({"ftc-415", "US-DNC", today + days(1)}, instant(today)).has_value());
  auto wrong = registry::check({"FTC 415", "us", today + days(2)}, instant(today));
  CAF_REQUIRE(!wrong.has_value());
  CAF_CHECK_EQUAL(wrong.error().fields.size(), 3u);
}
