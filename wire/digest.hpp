#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ringmaster::wire {

using sha256_bytes = std::array<std::uint8_t, 32>;

sha256_bytes sha256(std::string_view data);
sha256_bytes hmac_sha256(std::string_view key, std::string_view data);
std::array<std::uint8_t, 20> hmac_sha1(std::string_view key, std::string_view data);

std::string to_hex(std::span<const std::uint8_t> bytes);
std::string to_base64(std::span<const std::uint8_t> bytes);
/// URL-safe alphabet, no padding.
std::string to_base64url(std::span<const std::uint8_t> bytes);
std::optional<std::string> from_base64(std::string_view text);
std::optional<std::string> from_base64url(std::string_view text);

/// Same time for every content; false for different lengths.
bool equal_constant_time(std::string_view a, std::string_view b);

} // namespace ringmaster::wire
