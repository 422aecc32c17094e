#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ringmaster::wire {

/// Signatures of Standard Webhooks 1.0: "v1," and the base64 of an HMAC-SHA256 over
/// `id.timestamp.body`, one for each secret, with a space between them. `secrets` are bytes.
std::string sign_webhook(
    std::span<const std::string> secrets, std::string_view id, std::int64_t timestamp,
    std::string_view body);

/// "whsec_" and base64, as a user copies it into the receiver.
std::string show_webhook_secret(std::string_view bytes);
/// The bytes again; nothing for what is no secret of 24 to 64 bytes.
std::optional<std::string> read_webhook_secret(std::string_view text);

} // namespace ringmaster::wire
