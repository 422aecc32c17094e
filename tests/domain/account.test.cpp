#define CAF_SUITE account

#include <caf/test/unit_test.hpp>

#include <string>
#include <vector>

#include "domain/account.hpp"

using namespace ringmaster;
using namespace std::chrono_literals;

namespace {

const instant noon{std::chrono::seconds(1'780'000'000)};

} // namespace

CAF_TEST(a password is long and not what everybody tries) {
  auto fine = [](const std::string& text) {
    return account::check_password(text, "ann@example.com").has_value();
  };
  CAF_CHECK(fine("four words in a row"));
  CAF_CHECK(fine("Übermütig zwölf"));
  CAF_CHECK(!fine("elevenchars"));
  CAF_CHECK(fine(std::string("twelve chars")));
  CAF_CHECK(fine(std::string(99, 'a') + std::string(101, 'b')));
  CAF_CHECK(!fine(std::string(100, 'a') + std::string(101, 'b')));
  CAF_CHECK(!fine("ANN@example.com"));
  CAF_CHECK(!fine("Password1234"));
  CAF_CHECK(!fine("aaaaaaaaaaaa"));
  CAF_CHECK(!fine("456789012345"));
  CAF_CHECK(!fine("twelve chars\xff"));
  auto why = account::check_password("short", "");
  CAF_CHECK_EQUAL(why.error().fields.at(0).pointer, "/password");
}

CAF_TEST(five tries a minute and twenty an hour and then a delay) {
  std::vector<instant> here, anywhere;
  for (int i = 0; i < 5; ++i) {
    CAF_CHECK(account::wait_for_try(here, anywhere, noon + i * 1s) == 0s);
    here.push_back(noon + i * 1s);
    anywhere.push_back(noon + i * 1s);
  }
  CAF_CHECK(account::wait_for_try(here, anywhere, noon + 10s) == 50s);
  CAF_CHECK(account::wait_for_try(here, anywhere, noon + 60s) == 0s);
  // Somewhere else it is not known of these, but the hour is the user's.
  CAF_CHECK(account::wait_for_try({}, anywhere, noon + 10s) == 0s);
  for (int i = 0; i < 15; ++i)
    anywhere.push_back(noon + 10min + i * 1s);
  auto last = anywhere.back();
  CAF_CHECK(account::wait_for_try({}, anywhere, last + 1s) == 29s);
  CAF_CHECK(account::wait_for_try({}, anywhere, last + 30s) == 0s); // a delay, no lock
  CAF_CHECK(account::wait_for_try({}, anywhere, noon + 61min) == 0s);
}

CAF_TEST(a session ends by rest or by age) {
  account::session s;
  s.created_at = s.seen_at = noon;
  CAF_CHECK(!account::is_over(s, noon + 30min - 1us));
  CAF_CHECK(account::is_over(s, noon + 30min));
  s.seen_at = noon + 11h + 50min;
  CAF_CHECK(!account::is_over(s, noon + 12h - 1us));
  CAF_CHECK(account::is_over(s, noon + 12h));
}

CAF_TEST(an address is told without its last part) {
  CAF_CHECK_EQUAL(account::shorten_address("192.0.2.77"), "192.0.2.0/24");
  CAF_CHECK_EQUAL(account::shorten_address("2001:db8:12:34::1"), "2001:db8:12::/48");
  CAF_CHECK_EQUAL(account::shorten_address("::1"), "::1");
  CAF_CHECK_EQUAL(account::shorten_address("local"), "local");
}

CAF_TEST(roles are told by their names) {
  for (auto r : {account::role::user, account::role::operator_})
    CAF_CHECK(account::parse_role(account::to_string(r)) == r);
  CAF_CHECK(!account::parse_role("admin"));
}
