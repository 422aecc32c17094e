#include "domain/ids.hpp"

#include <chrono>

#include "domain/ports.hpp"

namespace ringmaster {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

constexpr bool is_dash(std::size_t place) {
  return place == 8 || place == 13 || place == 18 || place == 23;
}

} // namespace

std::string to_string(const uuid& value) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text(36, '-');
  std::size_t place = 0;
  for (auto byte : value.bytes) {
    if (is_dash(place))
      ++place;
    text[place++] = digits[byte >> 4];
    text[place++] = digits[byte & 0xf];
  }
  return text;
}

std::optional<uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36)
    return std::nullopt;
  uuid value;
  std::size_t place = 0;
  for (auto& byte : value.bytes) {
    if (is_dash(place) && text[place++] != '-')
      return std::nullopt;
    auto high = hex_value(text[place++]);
    auto low = hex_value(text[place++]);
    if (high < 0 || low < 0)
      return std::nullopt;
    byte = static_cast<std::uint8_t>(high << 4 | low);
  }
  return value;
}

uuid make_uuid7(instant now, random_source& random) {
  uuid value;
  random.fill(value.bytes);
  auto since = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
  auto stamp = since < 0 ? 0 : static_cast<std::uint64_t>(since);
  for (std::size_t i = 0; i < 6; ++i)
    value.bytes[i] = static_cast<std::uint8_t>(stamp >> (40 - 8 * i));
  value.bytes[6] = static_cast<std::uint8_t>((value.bytes[6] & 0x0f) | 0x70);
  value.bytes[8] = static_cast<std::uint8_t>((value.bytes[8] & 0x3f) | 0x80);
  return value;
}

attempt_id make_attempt_id(instant now, random_source& random, const uuid& owner) {
  auto value = make_uuid7(now, random);
  value.bytes[14] = owner.bytes[14];
  value.bytes[15] = owner.bytes[15];
  return attempt_id{value};
}

} // namespace ringmaster
