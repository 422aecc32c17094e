#include "wire/digest.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "wire/keyed_hash.hpp"

namespace ringmaster::wire {

namespace {

struct free_context {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Fetching an algorithm takes longer than hashing a callback, so it is done once; contexts are
// used again by the thread that made them.
struct algorithm {
  EVP_MD* method;
  explicit algorithm(const char* name) : method(EVP_MD_fetch(nullptr, name, nullptr)) {
    if (method == nullptr)
      throw std::runtime_error("this OpenSSL lacks a hash that the engine needs");
  }
};

const algorithm& sha1_algorithm() {
  static const algorithm it("SHA1");
  return it;
}

const algorithm& sha256_algorithm() {
  static const algorithm it("SHA256");
  return it;
}

EVP_MD_CTX* context_of_this_thread() {
  thread_local std::unique_ptr<EVP_MD_CTX, free_context> context(EVP_MD_CTX_new());
  if (!context)
    throw std::bad_alloc();
  return context.get();
}

void hash(
  const algorithm& how, std::span<const std::string_view> pieces, std::uint8_t* out) {
  auto* context = context_of_this_thread();
  bool done = EVP_DigestInit_ex(context, how.method, nullptr) == 1;
  for (auto piece : pieces)
    done = done && EVP_DigestUpdate(context, piece.data(), piece.size()) == 1;
  done = done && EVP_DigestFinal_ex(context, out, nullptr) == 1;
  if (!done)
    throw std::runtime_error("OpenSSL could not compute a hash");
}

constexpr std::size_t block_size = 64; // of SHA-1 and of SHA-256

template <std::size_t Size>
std::array<std::uint8_t, Size> hmac(
  const algorithm& how, std::string_view key, std::span<const std::string_view> pieces) {
  std::array<char, block_size> pad{};
  if (key.size() > block_size) {
    std::array<std::uint8_t, Size> short_key;
    hash(how, std::span(&key, 1), short_key.data());
    std::memcpy(pad.data(), short_key.data(), Size);
  } else if (!key.empty()) {
    std::memcpy(pad.data(), key.data(), key.size());
  }
  for (auto& c : pad)
    c = static_cast<char>(c ^ 0x36);
  // One array more than the longest caller needs.
  std::array<std::string_view, 5> inner;
  inner[0] = std::string_view(pad.data(), pad.size());
  if (pieces.size() >= inner.size())
    throw std::length_error("too many pieces for a keyed hash");
  std::copy(pieces.begin(), pieces.end(), inner.begin() + 1);
  std::array<std::uint8_t, Size> digest;
  hash(how, std::span(inner.data(), pieces.size() + 1), digest.data());
  for (auto& c : pad)
    c = static_cast<char>(c ^ 0x36 ^ 0x5c);
  const std::array<std::string_view, 2> outer{
    std::string_view(pad.data(), pad.size()),
    std::string_view(reinterpret_cast<const char*>(digest.data()), Size)};
  hash(how, outer, digest.data());
  OPENSSL_cleanse(pad.data(), pad.size());
  return digest;
}

constexpr std::string_view plain_alphabet =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::span<const std::uint8_t> bytes, std::string_view alphabet, bool padded) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    auto word = (std::uint32_t{bytes[i]} << 16) | (std::uint32_t{bytes[i + 1]} << 8) | bytes[i + 2];
    for (int shift = 18; shift >= 0; shift -= 6)
      out += alphabet[(word >> shift) & 63];
  }
  auto rest = bytes.size() - i;
  if (rest > 0) {
    std::uint32_t word = std::uint32_t{bytes[i]} << 16;
    if (rest == 2)
      word |= std::uint32_t{bytes[i + 1]} << 8;
    out += alphabet[(word >> 18) & 63];
    out += alphabet[(word >> 12) & 63];
    if (rest == 2)
      out += alphabet[(word >> 6) & 63];
    if (padded)
      out.append(3 - rest, '=');
  }
  return out;
}

constexpr std::array<std::int8_t, 256> inverse_of(std::string_view alphabet) {
  std::array<std::int8_t, 256> table{};
  for (auto& entry : table)
    entry = -1;
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  return table;
}

// Takes the one canonical spelling only: unused bits at the end must be zero.
std::optional<std::string> decode(
  std::string_view text, const std::array<std::int8_t, 256>& inverse) {
  if (text.size() % 4 == 1)
    return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t word = 0;
  int bits = 0;
  for (auto c : text) {
    auto value = inverse[static_cast<unsigned char>(c)];
    if (value < 0)
      return std::nullopt;
    word = (word << 6) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>((word >> bits) & 0xff);
    }
  }
  if ((word & ((1u << bits) - 1)) != 0)
    return std::nullopt;
  return out;
}

} // namespace

sha256_bytes sha256(std::string_view data) {
  sha256_bytes out;
  hash(sha256_algorithm(), std::span(&data, 1), out.data());
  return out;
}

sha256_bytes hmac_sha256(std::string_view key, std::string_view data) {
  return hmac<32>(sha256_algorithm(), key, std::span(&data, 1));
}

std::array<std::uint8_t, 20> hmac_sha1(std::string_view key, std::string_view data) {
  return hmac<20>(sha1_algorithm(), key, std::span(&data, 1));
}

std::array<std::uint8_t, 20> hmac_sha1(
  std::string_view key, std::span<const std::string_view> pieces) {
  return hmac<20>(sha1_algorithm(), key, pieces);
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (auto byte : bytes) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::string to_base64(std::span<const std::uint8_t> bytes) {
  return encode(bytes, plain_alphabet, true);
}

std::string to_base64url(std::span<const std::uint8_t> bytes) {
  return encode(bytes, url_alphabet, false);
}

std::optional<std::string> from_base64(std::string_view text) {
  static constexpr auto inverse = inverse_of(plain_alphabet);
  if (text.size() % 4 != 0)
    return std::nullopt;
  if (text.ends_with("=="))
    text.remove_suffix(2);
  else if (text.ends_with("="))
    text.remove_suffix(1);
  return decode(text, inverse);
}

std::optional<std::string> from_base64url(std::string_view text) {
  static constexpr auto inverse = inverse_of(url_alphabet);
  return decode(text, inverse);
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

} // namespace ringmaster::wire
