#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/plain_http.hpp"

namespace ringmaster::support {

using form_fields = std::vector<std::pair<std::string, std::string>>;

/// What the carrier tells about a call's progress, with everything around it that it sends too.
struct status_event {
  std::string sid, account, to, from;
  std::string status;      ///< initiated, ringing, in-progress, completed, ...
  int sequence = 0;
  int duration_seconds = 0; ///< for completed
  std::string answered_by;
};

/// The fields of a callback as a real carrier sends them, 28 to 30 of them.
form_fields callback_fields(const status_event& e);
/// As a form body; spaces as `+`, which is how a carrier's webhook writes them.
std::string form_body(const form_fields& fields);
/// The carrier's signature, computed here on its own: it does not share a line with the engine.
std::string carrier_signature(
  const std::string& auth_token, const std::string& url, const form_fields& fields);

/// Posts a signed form to `target` of the server at `authority`; the signature is over `public_url`
/// + target.
http_answer post_signed(
  const std::string& authority, const std::string& public_url, const std::string& target,
  const std::string& auth_token, const form_fields& fields);

} // namespace ringmaster::support
