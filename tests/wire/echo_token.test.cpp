#define CAF_SUITE echo_token

#include <caf/test/unit_test.hpp>

#include <string>

#include "wire/callback_token.hpp"
#include "wire/echo_token.hpp"

using namespace ringmaster;
using namespace ringmaster::wire;

CAF_TEST(an echo token is read under its key alone and in one spelling) {
  echo_nonce nonce{};
  for (std::size_t i = 0; i < nonce.size(); ++i)
    nonce[i] = static_cast<std::uint8_t>(17 * i);
  const auto token = write_echo_token("key", nonce);
  CAF_CHECK_EQUAL(token.size(), 43u);
  auto read = read_echo_token("key", token);
  CAF_REQUIRE(read.has_value());
  CAF_CHECK(*read == nonce);
  CAF_CHECK(!read_echo_token("other", token));
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto bent = token;
    bent[i] = bent[i] == 'A' ? 'B' : 'A';
    CAF_CHECK(!read_echo_token("key", bent));
  }
  CAF_CHECK(!read_echo_token("key", ""));
  CAF_CHECK(!read_echo_token("key", token + "A"));
  CAF_CHECK(!read_echo_token("key", std::string(5000, 'A')));
}

CAF_TEST(an echo token is no callback token and the other way round) {
  echo_nonce nonce{};
  CAF_CHECK(!read_callback_token("key", write_echo_token("key", nonce)));
  CAF_CHECK(!read_echo_token("key", write_callback_token("key", user_id{}, attempt_id{})));
}

CAF_TEST(a proof holds for its key its nonce and its words) {
  echo_nonce nonce{}, other{};
  other[3] = 1;
  const auto proof = echo_proof("key", nonce, "fits /a/");
  CAF_CHECK_EQUAL(echo_proof("key", nonce, "fits /a/"), proof);
  CAF_CHECK(echo_proof("key", nonce, "wrong /a/") != proof);
  CAF_CHECK(echo_proof("key", other, "fits /a/") != proof);
  CAF_CHECK(echo_proof("other", nonce, "fits /a/") != proof);
}
