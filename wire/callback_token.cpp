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

using tag_bytes = std::array<std::uint8_t, tag_size>;

tag_bytes tag_of(std::string_view key, std::string_view ids) {
  constexpr std::string_view purpose = "callback";
  std::array<char, purpose.size() + ids_size> text;
  std::memcpy(text.data(), purpose.data(), purpose.size());
  std::memcpy(text.data() + purpose.size(), ids.data(), ids_size);
  auto mac = hmac_sha256(key, std::string_view(text.data(), text.size()));
  tag_bytes tag;
  std::copy_n(mac.begin(), tag_size, tag.begin());
  return tag;
}

} // namespace

std::string write_callback_token(
  std::string_view key, const user_id& user, const attempt_id& attempt) {
  std::array<std::uint8_t, ids_size + tag_size> bytes;
  auto end = std::copy(user.value.bytes.begin(), user.value.bytes.end(), bytes.begin());
  end = std::copy(attempt.value.bytes.begin(), attempt.value.bytes.end(), end);
  auto tag = tag_of(key, std::string_view(reinterpret_cast<const char*>(bytes.data()), ids_size));
  std::copy(tag.begin(), tag.end(), end);
  return to_base64url(bytes);
}

std::optional<callback_subject> read_callback_token(std::string_view key, std::string_view token) {
  constexpr std::size_t token_size = (ids_size + tag_size) / 3 * 4;
  if (token.size() != token_size)
    return std::nullopt;
  auto bytes = from_base64url(token);
  if (!bytes)
    return std::nullopt;
  auto ids = std::string_view(*bytes).substr(0, ids_size);
  auto tag = tag_of(key, ids);
  if (!equal_constant_time(
        std::string_view(reinterpret_cast<const char*>(tag.data()), tag.size()),
        std::string_view(*bytes).substr(ids_size)))
    return std::nullopt;
  callback_subject subject;
  std::memcpy(subject.user.value.bytes.data(), ids.data(), id_size);
  std::memcpy(subject.attempt.value.bytes.data(), ids.data() + id_size, id_size);
  return subject;
}

} // namespace ringmaster::wire
