#define CAF_SUITE digest

#include <caf/test/unit_test.hpp>

#include <rapidcheck.h>

#include <string>
#include <vector>

#include "wire/digest.hpp"

using namespace ringmaster::wire;

namespace {

std::span<const std::uint8_t> bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

} // namespace

CAF_TEST(hashes equal the published vectors) {
  CAF_CHECK_EQUAL(
    to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CAF_CHECK_EQUAL(
    to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 2202, cases 1, 2 and 6; RFC 4231, cases 1, 2 and 6.
  CAF_CHECK_EQUAL(
    to_hex(hmac_sha1(std::string(20, '\x0b'), "Hi There")),
    "b617318655057264e28bc0b6fb378c8ef146be00");
  CAF_CHECK_EQUAL(
    to_hex(hmac_sha1("Jefe", "what do ya want for nothing?")),
    "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  CAF_CHECK_EQUAL(
    to_hex(hmac_sha1(
      std::string(80, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
    "aa4ae5e15272d00e95705637ce8a3b55ed402112");
  CAF_CHECK_EQUAL(
    to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CAF_CHECK_EQUAL(
    to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CAF_CHECK_EQUAL(
    to_hex(hmac_sha256(
      std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

CAF_TEST(base64 equals the published vectors) {
  const std::vector<std::pair<std::string, std::string>> vectors{
    {"", ""},         {"f", "Zg=="},         {"fo", "Zm8="},        {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) {
    CAF_CHECK_EQUAL(to_base64(bytes(plain)), coded);
    CAF_CHECK(from_base64(coded) == plain);
  }
  CAF_CHECK_EQUAL(to_base64url(bytes("\xfb\xff\xfe")), "-__-");
  CAF_CHECK_EQUAL(to_base64url(bytes("f")), "Zg");
}

CAF_TEST(only the canonical spelling of base64 is read) {
  for (std::string_view text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v=", "Z", "=", "Zm9v\n", "Zm 9", "-_-_", "Zg==Zg=="})
    CAF_CHECK(!from_base64(text));
  for (std::string_view text : {"Z", "Zh", "Zg==", "Zm9", "+/+/", "Zm9v "})
    CAF_CHECK(!from_base64url(text));
}

CAF_TEST(any bytes survive both codings) {
  CAF_CHECK(rc::check("base64 round trips", [](const std::vector<std::uint8_t>& data) {
    std::string text(data.begin(), data.end());
    RC_ASSERT(from_base64(to_base64(data)) == text);
    RC_ASSERT(from_base64url(to_base64url(data)) == text);
  }));
}

CAF_TEST(constant time comparison is equality) {
  CAF_CHECK(equal_constant_time("", ""));
  CAF_CHECK(!equal_constant_time("", "a"));
  CAF_CHECK(rc::check("as ==", [](const std::string& a, const std::string& b) {
    RC_ASSERT(equal_constant_time(a, b) == (a == b));
    RC_ASSERT(equal_constant_time(a, std::string(a)));
  }));
}
