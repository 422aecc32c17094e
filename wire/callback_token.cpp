#include "wire/callback_token.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "wire/digest.hpp"

namespace ringmaster::wire {

namespace {

constexpr std::size_t id_size = 16;
constexpr std::size_t tag_size = 16;
constexpr std::size_t ids_size = 2 * id_size;

constexpr std::size_t session_size = 4;

/// The first bytes of the MAC over a purpose and what the token carries.
std::string tag_of(std::string_view key, std::string_view purpose, std::string_view carried) {
  std::array<char, 8 + ids_size + session_size> text;
  std::memcpy(text.data(), purpose.data(), purpose.size());
  std::memcpy(text.data() + purpose.size(), carried.data(), carried.size());
  auto mac = hmac_sha256(key, std::string_view(text.data(), purpose.size() + carried.size()));
  return std::string(reinterpret_cast<const char*>(mac.data()), tag_size);
}

std::string write_token(
    std::string_view key, std::string_view purpose, const user_id& user, const attempt_id& attempt,
    std::string_view more) {
  std::string bytes;
  bytes.append(reinterpret_cast<const char*>(user.value.bytes.data()), id_size);
  bytes.append(reinterpret_cast<const char*>(attempt.value.bytes.data()), id_size);
  bytes += more;
  bytes += tag_of(key, purpose, bytes);
  return to_base64url({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

/// What a token carries, without its tag; nothing if the tag is not ours.
std::optional<std::string> read_token(
    std::string_view key, std::string_view purpose, std::size_t size, std::string_view token) {
  if (token.size() != ((size + tag_size) * 4 + 2) / 3)
    return std::nullopt;
  auto bytes = from_base64url(token);
  if (!bytes || bytes->size() != size + tag_size)
    return std::nullopt;
  auto carried = std::string_view(*bytes).substr(0, size);
  if (!equal_constant_time(tag_of(key, purpose, carried), std::string_view(*bytes).substr(size)))
    return std::nullopt;
  // Only one text stands for the same bytes: the spare bits of the last character are none.
  if (to_base64url({reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size()}) != token)
    return std::nullopt;
  return std::string(carried);
}

} // namespace

std::string
write_callback_token(std::string_view key, const user_id& user, const attempt_id& attempt) {
  return write_token(key, "callback", user, attempt, {});
}

std::optional<callback_subject> read_callback_token(std::string_view key, std::string_view token) {
  auto carried = read_token(key, "callback", ids_size, token);
  if (!carried)
    return std::nullopt;
  callback_subject subject;
  std::memcpy(subject.user.value.bytes.data(), carried->data(), id_size);
  std::memcpy(subject.attempt.value.bytes.data(), carried->data() + id_size, id_size);
  return subject;
}

std::string write_relay_token(
    std::string_view key, const user_id& user, const attempt_id& attempt, std::int32_t session) {
  std::string number;
  for (int shift = 24; shift >= 0; shift -= 8)
    number += static_cast<char>((static_cast<std::uint32_t>(session) >> shift) & 0xff);
  return write_token(key, "relay", user, attempt, number);
}

std::optional<relay_subject> read_relay_token(std::string_view key, std::string_view token) {
  auto carried = read_token(key, "relay", ids_size + session_size, token);
  if (!carried)
    return std::nullopt;
  relay_subject subject;
  std::memcpy(subject.user.value.bytes.data(), carried->data(), id_size);
  std::memcpy(subject.attempt.value.bytes.data(), carried->data() + id_size, id_size);
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < session_size; ++i)
    number = number << 8 | static_cast<unsigned char>((*carried)[ids_size + i]);
  subject.session = static_cast<std::int32_t>(number);
  return subject;
}

} // namespace ringmaster::wire
