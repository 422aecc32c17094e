#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/ids.hpp"

namespace ringmaster::wire {

/// What stands in every callback URL: user and attempt, and a tag over both, 64 characters of
/// base64url. Whoever holds the token can be routed without a look-up; a forged one is told
/// before anything else is read. base64url(user 16 bytes | attempt 16 bytes | tag 16 bytes),
/// tag = first 16 bytes of HMAC-SHA256(key, "callback" | user | attempt).
std::string write_callback_token(std::string_view key, const user_id& user, const attempt_id& attempt);

struct callback_subject {
  user_id user;
  attempt_id attempt;
};
std::optional<callback_subject> read_callback_token(std::string_view key, std::string_view token);

/// What stands in the path of a relay socket: as a callback token, with the number of the session,
/// so that each is good for one socket. base64url(user | attempt | session, 4 bytes | tag), tag over
/// "relay" | user | attempt | session.
struct relay_subject {
  user_id user;
  attempt_id attempt;
  std::int32_t session = 0;
};
std::string write_relay_token(
  std::string_view key, const user_id& user, const attempt_id& attempt, std::int32_t session);
std::optional<relay_subject> read_relay_token(std::string_view key, std::string_view token);

} // namespace ringmaster::wire
