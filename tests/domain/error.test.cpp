#define CAF_SUITE error
#include <caf/test/unit_test.hpp>

#include <set>
#include <string>

#include "domain/error.hpp"

using namespace ringmaster;

CAF_TEST(every code has its own name) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(errc::internal); ++i)
    names.emplace(to_string(static_cast<errc>(i)));
  CAF_CHECK_EQUAL(names.size(), static_cast<std::size_t>(errc::internal) + 1);
  CAF_CHECK_EQUAL(to_string(errc::wrong_state), "wrong_state");
  CAF_CHECK_EQUAL(to_string(errc::window_closed), "window_closed");
  CAF_CHECK_EQUAL(to_string(errc::internal), "internal");
}

CAF_TEST(a value that is no code has a name too) {
  CAF_CHECK_EQUAL(to_string(static_cast<errc>(200)), "?");
}

CAF_TEST(a refused field is an invalid request with one located mistake) {
  result<int> refused = fail_field("/name", "empty", "must not be empty");
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().code == errc::invalid);
  CAF_CHECK_EQUAL(refused.error().detail, "must not be empty");
  CAF_REQUIRE_EQUAL(refused.error().fields.size(), 1u);
  CAF_CHECK_EQUAL(refused.error().fields[0].pointer, "/name");
  CAF_CHECK_EQUAL(refused.error().fields[0].code, "empty");
}
