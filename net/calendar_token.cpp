#include "net/calendar_token.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "wire/digest.hpp"

namespace ringmaster::net {

namespace {

constexpr std::size_t id_size = 16;
constexpr std::size_t secret_size = 32;
constexpr std::size_t text_size = 64; // of 48 bytes

std::string hash(std::string_view text) {
  auto bytes = wire::sha256(text);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace

calendar_token make_calendar_token(const user_id& user, random_source& random) {
  std::array<std::uint8_t, secret_size> secret{};
  random.fill(secret);
  std::array<std::uint8_t, id_size + secret_size> all{};
  std::copy(user.value.bytes.begin(), user.value.bytes.end(), all.begin());
  std::copy(secret.begin(), secret.end(), all.begin() + id_size);
  calendar_token out;
  out.user = user;
  out.text = wire::to_base64url(all);
  out.sha256 = hash(out.text);
  return out;
}

std::optional<calendar_token> read_calendar_token(std::string_view text) {
  if (text.size() != text_size)
    return std::nullopt;
  auto bytes = wire::from_base64url(text);
  if (!bytes || bytes->size() != id_size + secret_size)
    return std::nullopt;
  calendar_token out;
  std::copy_n(bytes->begin(), id_size, out.user.value.bytes.begin());
  out.text = std::string(text);
  out.sha256 = hash(text);
  return out;
}

} // namespace ringmaster::net
