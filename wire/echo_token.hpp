#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ringmaster::wire {

/// With what an engine asks itself through its public URL: base64url(nonce 16 bytes | tag 16
/// bytes), tag = first 16 bytes of HMAC-SHA256(key, "echo" | nonce). Only who holds the key can
/// make it.
using echo_nonce = std::array<std::uint8_t, 16>;
std::string write_echo_token(std::string_view key, const echo_nonce& nonce);
std::optional<echo_nonce> read_echo_token(std::string_view key, std::string_view token);

/// The answer, which proves the same of the other end: what it says, under the key and the nonce.
std::string echo_proof(std::string_view key, const echo_nonce& nonce, std::string_view says);

} // namespace ringmaster::wire
