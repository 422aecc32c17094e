#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/desk.hpp"
#include "domain/ports.hpp"

namespace ringmaster::net {

/// A key that was just made. `text` is shown to its owner once and kept nowhere.
struct new_api_key {
  api_key_id id;
  std::string text;      ///< rm_<32 hex digits of the id>_<43 characters of base 62>
  std::string sha256;    ///< 32 raw bytes: of the secret part
  std::string last_four; ///< of the secret part, for telling keys apart
};

/// 256 random bits. Shared by the API and by `ringmaster key create`.
new_api_key make_api_key(instant now, random_source& random);

/// The two parts of a key as a client sends it.
struct api_key_text {
  api_key_id id;
  std::string_view secret;
};
/// Exact form only. The secret still points into `text`.
std::optional<api_key_text> read_api_key(std::string_view text);

/// Constant time over the hash.
bool fits(const api_key_record& record, std::string_view secret);

std::vector<std::string> scope_names(std::uint8_t scopes);
std::optional<scope> parse_scope(std::string_view name);

} // namespace ringmaster::net
