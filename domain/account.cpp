#include "domain/account.hpp"

#include <algorithm>
#include <array>

#include "domain/text.hpp"

namespace ringmaster::account {

namespace {

constexpr std::size_t password_least = 12;
constexpr std::size_t password_most = 200;

/// Twelve characters or more that everybody tries first. Compared in lower case.
constexpr auto common = std::to_array<std::string_view>({
    "123456789012",         "1234567890123",
    "12345678901234",       "123456789abc",
    "1q2w3e4r5t6y",         "1qaz2wsx3edc",
    "abcdefghijkl",         "abcdefghijklmnop",
    "administrator",        "administrator1",
    "adminadminadmin",      "changemechangeme",
    "changemenow1",         "correcthorsebatterystaple",
    "iloveyou1234",         "letmeinletmein",
    "letmeinplease",        "passw0rdpassw0rd",
    "password1234",         "password12345",
    "password123456",       "passwordpassword",
    "password1password",    "qwertyqwerty",
    "qwerty123456",         "qwertyuiop12",
    "qwertyuiop123",        "qwertyuiopasdfgh",
    "qwertyuiop[]",         "asdfghjkl123",
    "ringmaster123",        "ringmaster1234",
    "ringmasterringmaster", "supersecret1",
    "supersecretpassword",  "thisisapassword",
    "trustno1trustno1",     "welcome12345",
    "welcomewelcome",       "zaq12wsxcde3",
});

std::string lowered(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// One character over and over, or digits that only count up.
bool is_monotone(std::string_view text) {
  bool same = true;
  bool counts = true;
  for (std::size_t i = 1; i < text.size(); ++i) {
    same = same && text[i] == text[i - 1];
    counts = counts && (text[i] == text[i - 1] + 1 || (text[i - 1] == '9' && text[i] == '0'));
  }
  return same || counts;
}

} // namespace

std::string_view to_string(role r) { return r == role::operator_ ? "operator" : "user"; }

std::optional<role> parse_role(std::string_view name) {
  for (auto r : {role::user, role::operator_})
    if (to_string(r) == name)
      return r;
  return std::nullopt;
}

bool is_address(std::string_view email) {
  auto at = email.find('@');
  return at != std::string_view::npos && at != 0 && at + 1 != email.size() && email.size() <= 320 &&
         email.find_first_of(" \t\r\n\"<>\\\x7f") == std::string_view::npos &&
         std::none_of(email.begin(), email.end(), [](char c) { return c >= 0 && c < ' '; });
}

result<void> check_password(std::string_view password, std::string_view email) {
  auto refuse = [](std::string code, std::string message) {
    return fail_field("/password", std::move(code), std::move(message));
  };
  auto characters = count_characters(password);
  if (!characters)
    return refuse("invalid", "must be UTF-8");
  if (*characters < password_least || *characters > password_most)
    return refuse("out_of_range", "must have 12 to 200 characters");
  auto plain = lowered(password);
  if (plain == lowered(email))
    return refuse("too_easy", "must not be the e-mail address");
  if (is_monotone(plain) || std::find(common.begin(), common.end(), plain) != common.end())
    return refuse("too_easy", "is among the first that anybody would try");
  return {};
}

std::chrono::seconds wait_for_try(
    std::span<const instant> from_here, std::span<const instant> from_anywhere, instant now) {
  using std::chrono::ceil;
  using std::chrono::seconds;
  seconds wait{0};
  // The try that has to leave the minute before another one fits in.
  if (from_here.size() >= tries_a_minute) {
    auto gone = from_here[from_here.size() - tries_a_minute] + std::chrono::minutes(1);
    if (gone > now)
      wait = ceil<seconds>(gone - now);
  }
  if (from_anywhere.size() >= tries_an_hour) {
    bool many = from_anywhere[from_anywhere.size() - tries_an_hour] + std::chrono::hours(1) > now;
    auto next = from_anywhere.back() + slow_pace;
    if (many && next > now)
      wait = std::max(wait, ceil<seconds>(next - now));
  }
  return wait;
}

instant session_end(instant created_at, instant seen_at) {
  return std::min<instant>(created_at + session_most, seen_at + idle_most);
}

bool is_over(const session& s, instant now) { return session_end(s.created_at, s.seen_at) <= now; }

std::string shorten_address(std::string_view address) {
  if (address.find(':') != std::string_view::npos) {
    auto end = address.find(':');
    for (int more = 0; more < 2 && end != std::string_view::npos; ++more)
      end = address.find(':', end + 1);
    bool whole = end != std::string_view::npos &&
                 address.substr(0, end + 1).find("::") == std::string_view::npos;
    return whole ? std::string(address.substr(0, end)) + "::/48"
                 : std::string(address.substr(0, 45));
  }
  auto dot = address.rfind('.');
  return dot == std::string_view::npos ? std::string(address.substr(0, 45))
                                       : std::string(address.substr(0, dot)) + ".0/24";
}

} // namespace ringmaster::account
