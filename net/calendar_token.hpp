#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/ids.hpp"
#include "domain/ports.hpp"

namespace ringmaster::net {

/// The secret in the address of a subscription: whose calendar it is, and 256 random bits. Only the
/// hash is kept.
struct calendar_token {
  user_id user;
  std::string text;   ///< 64 characters of the URL-safe alphabet
  std::string sha256; ///< 32 raw bytes
};

calendar_token make_calendar_token(const user_id& user, random_source& random);
/// Exact form only; whether it is right is for the books to say.
std::optional<calendar_token> read_calendar_token(std::string_view text);

} // namespace ringmaster::net
