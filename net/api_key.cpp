#include "net/api_key.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "wire/digest.hpp"

namespace ringmaster::net {

namespace {

constexpr std::string_view prefix = "rm_";
constexpr std::size_t id_size = 32;
constexpr std::size_t secret_size = 43; // 62^43 > 2^256

constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

struct named_scope {
  scope value;
  std::string_view name;
};
constexpr auto all_scopes = std::to_array<named_scope>({
  {scope::read,  "read" },
  {scope::write, "write"},
  {scope::dial,  "dial" },
  {scope::admin, "admin"},
});

/// The 256-bit number in base 62, most significant digit first.
std::string to_base62(std::array<std::uint8_t, 32> number) {
  std::string out(secret_size, '0');
  for (auto at = out.rbegin(); at != out.rend(); ++at) {
    unsigned remainder = 0;
    for (auto& byte : number) {
      unsigned value = remainder * 256 + byte;
      byte = static_cast<std::uint8_t>(value / 62);
      remainder = value % 62;
    }
    *at = digits[remainder];
  }
  return out;
}

std::string hash(std::string_view secret) {
  auto bytes = wire::sha256(secret);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace

new_api_key make_api_key(instant now, random_source& random) {
  new_api_key key;
  key.id = api_key_id{make_uuid7(now, random)};
  std::array<std::uint8_t, 32> bytes{};
  random.fill(bytes);
  auto secret = to_base62(bytes);
  key.text = std::string(prefix) + wire::to_hex(key.id.value.bytes) + "_" + secret;
  key.sha256 = hash(secret);
  key.last_four = secret.substr(secret_size - 4);
  return key;
}

std::optional<api_key_text> read_api_key(std::string_view text) {
  if (text.size() != prefix.size() + id_size + 1 + secret_size || !text.starts_with(prefix))
    return std::nullopt;
  auto hex = text.substr(prefix.size(), id_size);
  auto secret = text.substr(prefix.size() + id_size + 1);
  if (text[prefix.size() + id_size] != '_' ||
      secret.find_first_not_of(digits) != std::string_view::npos)
    return std::nullopt;
  api_key_text key;
  for (std::size_t i = 0; i < id_size; ++i) {
    char c = hex[i];
    int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (value < 0)
      return std::nullopt;
    auto& byte = key.id.value.bytes[i / 2];
    byte = static_cast<std::uint8_t>(byte * 16 + value);
  }
  key.secret = secret;
  return key;
}

bool fits(const api_key_record& record, std::string_view secret) {
  return wire::equal_constant_time(hash(secret), record.secret_sha256);
}

std::vector<std::string> scope_names(std::uint8_t scopes) {
  std::vector<std::string> names;
  for (const auto& s : all_scopes)
    if (scopes & static_cast<std::uint8_t>(s.value))
      names.emplace_back(s.name);
  return names;
}

std::optional<scope> parse_scope(std::string_view name) {
  auto found = std::find_if(
    all_scopes.begin(), all_scopes.end(), [&](const named_scope& s) { return s.name == name; });
  if (found == all_scopes.end())
    return std::nullopt;
  return found->value;
}

} // namespace ringmaster::net
