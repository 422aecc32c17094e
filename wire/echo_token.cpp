#include "wire/echo_token.hpp"

#include <algorithm>

#include "wire/digest.hpp"

namespace ringmaster::wire {

namespace {

constexpr std::size_t tag_size = 16;

std::string as_text(const echo_nonce& nonce) {
  return {reinterpret_cast<const char*>(nonce.data()), nonce.size()};
}

std::string tag_of(std::string_view key, const echo_nonce& nonce) {
  auto mac = hmac_sha256(key, "echo" + as_text(nonce));
  return {reinterpret_cast<const char*>(mac.data()), tag_size};
}

} // namespace

std::string write_echo_token(std::string_view key, const echo_nonce& nonce) {
  auto bytes = as_text(nonce) + tag_of(key, nonce);
  return to_base64url({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

std::optional<echo_nonce> read_echo_token(std::string_view key, std::string_view token) {
  echo_nonce nonce{};
  auto bytes = token.size() <= 64 ? from_base64url(token) : std::nullopt;
  if (!bytes || bytes->size() != nonce.size() + tag_size)
    return std::nullopt;
  std::copy_n(bytes->begin(), nonce.size(), nonce.begin());
  if (!equal_constant_time(tag_of(key, nonce), std::string_view(*bytes).substr(nonce.size())))
    return std::nullopt;
  if (write_echo_token(key, nonce) != token) // the spare bits of the last character are none
    return std::nullopt;
  return nonce;
}

std::string echo_proof(std::string_view key, const echo_nonce& nonce, std::string_view says) {
  return to_base64url(hmac_sha256(key, "echo proof" + as_text(nonce) + std::string(says)));
}

} // namespace ringmaster::wire
