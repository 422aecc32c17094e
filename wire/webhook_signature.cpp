#include "wire/webhook_signature.hpp"

#include "wire/digest.hpp"

namespace ringmaster::wire {

namespace {

constexpr std::string_view prefix = "whsec_";

} // namespace

std::string sign_webhook(
    std::span<const std::string> secrets, std::string_view id, std::int64_t timestamp,
    std::string_view body) {
  std::string text(id);
  text += '.';
  text += std::to_string(timestamp);
  text += '.';
  text += body;
  std::string all;
  for (const auto& secret : secrets) {
    if (!all.empty())
      all += ' ';
    all += "v1," + to_base64(hmac_sha256(secret, text));
  }
  return all;
}

std::string show_webhook_secret(std::string_view bytes) {
  return std::string(prefix) +
         to_base64(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

std::optional<std::string> read_webhook_secret(std::string_view text) {
  if (!text.starts_with(prefix))
    return std::nullopt;
  auto bytes = from_base64(text.substr(prefix.size()));
  if (!bytes || bytes->size() < 24 || bytes->size() > 64)
    return std::nullopt;
  return bytes;
}

} // namespace ringmaster::wire
