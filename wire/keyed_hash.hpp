#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace ringmaster::wire {

/// HMAC-SHA1 over up to four pieces as if they were one text, without gluing them together.
std::array<std::uint8_t, 20> hmac_sha1(
  std::string_view key, std::span<const std::string_view> pieces);

} // namespace ringmaster::wire
