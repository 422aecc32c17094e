#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "domain/error.hpp"

namespace ringmaster {

struct random_source; // domain/ports.hpp

/// 128 bits, shown as 8-4-4-4-12 lower-case hex. The nil value stands for "none".
struct uuid {
  std::array<std::uint8_t, 16> bytes{};

  friend auto operator<=>(const uuid&, const uuid&) = default;
  explicit operator bool() const { return *this != uuid{}; }
};

/// Canonical text, 36 characters.
std::string to_string(const uuid& value);
/// Accepts the canonical form only, upper or lower case.
std::optional<uuid> parse_uuid(std::string_view text);

/// An id of one kind of thing; ids of different kinds do not mix.
template <class Tag>
struct id {
  uuid value{};

  friend auto operator<=>(const id&, const id&) = default;
  explicit operator bool() const { return static_cast<bool>(value); }

  static std::optional<id> parse(std::string_view text) {
    if (auto parsed = parse_uuid(text))
      return id{*parsed};
    return std::nullopt;
  }
};

template <class Tag>
std::string to_string(const id<Tag>& x) {
  return to_string(x.value);
}

using user_id = id<struct user_tag>;
using campaign_id = id<struct campaign_tag>;
using target_id = id<struct target_tag>;
/// An attempt and the call session it leads to share one id: the session's row is made together
/// with the attempt's, so that whatever the carrier sends finds both.
using attempt_id = id<struct attempt_tag>;
using api_key_id = id<struct api_key_tag>;
using suppression_id = id<struct suppression_tag>;

/// A version 7 UUID (RFC 9562): 48 bits of Unix milliseconds, then random bits.
uuid make_uuid7(instant now, random_source& random);

/// An attempt's id is a version 7 UUID whose last two bytes are those of its owner (campaign or
/// task): whoever holds the id alone can name the STORE lane that writes for it, so that the
/// attempts of one campaign are written by one connection.
attempt_id make_attempt_id(instant now, random_source& random, const uuid& owner);

/// The STORE lane that writes for this owner or attempt.
inline std::size_t lane_of(const uuid& owner_or_attempt, std::size_t lanes) {
  const auto& b = owner_or_attempt.bytes;
  return ((std::size_t{b[14]} << 8) | b[15]) % lanes;
}

} // namespace ringmaster

template <>
struct std::hash<ringmaster::uuid> {
  std::size_t operator()(const ringmaster::uuid& x) const noexcept {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    for (int i = 0; i < 8; ++i) {
      a = (a << 8) | x.bytes[static_cast<std::size_t>(i)];
      b = (b << 8) | x.bytes[static_cast<std::size_t>(i + 8)];
    }
    return static_cast<std::size_t>((a * 0x9e3779b97f4a7c15ULL) ^ b);
  }
};

template <class Tag>
struct std::hash<ringmaster::id<Tag>> {
  std::size_t operator()(const ringmaster::id<Tag>& x) const noexcept {
    return std::hash<ringmaster::uuid>{}(x.value);
  }
};
