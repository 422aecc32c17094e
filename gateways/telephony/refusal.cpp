#include "gateways/telephony/refusal.hpp"

#include <algorithm>
#include <charconv>

#include "gateways/telephony/scrub.hpp"

namespace ringmaster::telephony {

std::optional<std::chrono::seconds> retry_after(const http::reply& got) {
  const auto* value = got.find("Retry-After");
  if (value == nullptr)
    return std::nullopt;
  constexpr int longest = 3600;
  int seconds = 0;
  auto end = std::from_chars(value->data(), value->data() + value->size(), seconds);
  if (end.ec != std::errc{} || end.ptr != value->data() + value->size() || seconds < 0)
    return std::nullopt;
  return std::chrono::seconds(std::min(seconds, longest));
}

std::string describe(const http::reply& got, const carrier_error& said) {
  auto text = "HTTP " + std::to_string(got.status);
  if (said.code)
    text += ", code " + std::to_string(*said.code);
  auto words = scrub(said.message.empty() ? got.body : said.message);
  if (!words.empty())
    text += ": " + words;
  const auto* request = got.find("Twilio-Request-Id");
  if (
    request != nullptr && request->size() == 34 && request->starts_with("RQ") &&
    request->find_first_not_of("0123456789abcdef", 2) == std::string::npos)
    text += " (request " + *request + ")";
  return text;
}

} // namespace ringmaster::telephony
