#define CAF_SUITE webhook_signature

#include <caf/test/unit_test.hpp>

#include <string>
#include <vector>

#include "wire/webhook_signature.hpp"

using namespace ringmaster::wire;

namespace {

const std::string id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::int64_t at = 1614265330;
const std::string body = R"({"test": 2432232314})";

} // namespace

CAF_TEST(a signature equals the vector of the standard) {
  auto secret = read_webhook_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  CAF_REQUIRE(secret.has_value());
  CAF_CHECK_EQUAL(secret->size(), 24u);
  std::vector<std::string> one{*secret};
  CAF_CHECK_EQUAL(
      sign_webhook(one, id, at, body), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  // Each part of the signed text counts.
  CAF_CHECK(sign_webhook(one, id + "x", at, body) != sign_webhook(one, id, at, body));
  CAF_CHECK(sign_webhook(one, id, at + 1, body) != sign_webhook(one, id, at, body));
  CAF_CHECK(sign_webhook(one, id, at, body + " ") != sign_webhook(one, id, at, body));
}

CAF_TEST(two secrets sign both with a space between) {
  // The second was computed with openssl dgst -mac HMAC.
  std::vector<std::string> both{
      *read_webhook_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
      "0123456789abcdef0123456789abcdef"};
  CAF_CHECK_EQUAL(
      sign_webhook(both, id, at, body), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= "
                                        "v1,hK4CWvngkaAwjY1pABLuUbOIkEJjW9tAapq1no4ojG0=");
  CAF_CHECK_EQUAL(sign_webhook({}, id, at, body), "");
}

CAF_TEST(secrets are read back and others are not ) {
  std::string bytes(32, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(i * 37);
  CAF_CHECK(read_webhook_secret(show_webhook_secret(bytes)) == bytes);
  CAF_CHECK(read_webhook_secret(show_webhook_secret(std::string(24, 'x'))).has_value());
  CAF_CHECK(read_webhook_secret(show_webhook_secret(std::string(64, 'x'))).has_value());
  CAF_CHECK(!read_webhook_secret(show_webhook_secret(std::string(23, 'x'))));
  CAF_CHECK(!read_webhook_secret(show_webhook_secret(std::string(65, 'x'))));
  CAF_CHECK(!read_webhook_secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
  CAF_CHECK(!read_webhook_secret("whsec_"));
  CAF_CHECK(!read_webhook_secret("whsec_%%%%"));
}
