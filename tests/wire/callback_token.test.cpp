#define CAF_SUITE callback_token

#include <caf/test/unit_test.hpp>

#include <rapidcheck.h>

#include <string>

#include "wire/callback_token.hpp"

using namespace ringmaster;
using namespace ringmaster::wire;

namespace {

uuid any_uuid() {
  uuid made;
  for (auto& byte : made.bytes)
    byte = *rc::gen::arbitrary<std::uint8_t>();
  return made;
}

} // namespace

CAF_TEST(a token names its user and attempt) {
  CAF_CHECK(rc::check("tokens round trip", [] {
    user_id user{any_uuid()};
    attempt_id attempt{any_uuid()};
    auto token = write_callback_token("key", user, attempt);
    RC_ASSERT(token.size() == 64u);
    RC_ASSERT(
        token.find_first_not_of(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
        std::string::npos);
    auto read = read_callback_token("key", token);
    RC_ASSERT(read.has_value());
    RC_ASSERT(read->user == user);
    RC_ASSERT(read->attempt == attempt);
  }));
}

CAF_TEST(a changed token is told at once) {
  CAF_CHECK(rc::check("every other character at every place is refused", [] {
    auto token = write_callback_token("key", user_id{any_uuid()}, attempt_id{any_uuid()});
    auto at = *rc::gen::inRange<std::size_t>(0, token.size());
    auto other =
        *rc::gen::suchThat(rc::gen::arbitrary<char>(), [&](char c) { return c != token[at]; });
    token[at] = other;
    RC_ASSERT(!read_callback_token("key", token));
  }));
}

CAF_TEST(another key and other lengths are refused) {
  user_id user{{{1}}};
  attempt_id attempt{{{2}}};
  auto token = write_callback_token("key", user, attempt);
  CAF_CHECK(!read_callback_token("kez", token));
  CAF_CHECK(!read_callback_token("key", ""));
  CAF_CHECK(!read_callback_token("key", token.substr(1)));
  CAF_CHECK(!read_callback_token("key", token + "A"));
  CAF_CHECK(!read_callback_token("key", token + "===="));
  // User and attempt do not trade places.
  CAF_CHECK(write_callback_token("key", user_id{{{2}}}, attempt_id{{{1}}}) != token);
}

CAF_TEST(a relay token names its session too and nothing else opens it) {
  CAF_CHECK(rc::check("relay tokens round trip", [] {
    user_id user{any_uuid()};
    attempt_id attempt{any_uuid()};
    auto session = *rc::gen::arbitrary<std::int32_t>();
    auto token = write_relay_token("key", user, attempt, session);
    auto read = read_relay_token("key", token);
    RC_ASSERT(read.has_value());
    RC_ASSERT(read->user == user);
    RC_ASSERT(read->attempt == attempt);
    RC_ASSERT(read->session == session);
    RC_ASSERT(!read_relay_token("kez", token));
    RC_ASSERT(!read_callback_token("key", token));
    RC_ASSERT(!read_relay_token("key", write_callback_token("key", user, attempt)));
    auto at = *rc::gen::inRange<std::size_t>(0, token.size());
    auto other =
        *rc::gen::suchThat(rc::gen::arbitrary<char>(), [&](char c) { return c != token[at]; });
    token[at] = other;
    RC_ASSERT(!read_relay_token("key", token));
  }));
  user_id user{{{1}}};
  attempt_id attempt{{{2}}};
  CAF_CHECK(
      write_relay_token("key", user, attempt, 1) != write_relay_token("key", user, attempt, 2));
}
