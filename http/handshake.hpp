#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/message.hpp"

// The handshake of a WebSocket (RFC 6455, section 4), both sides. Pure.

namespace ringmaster::http {

/// What a request says of a socket.
struct socket_request {
  int refusal = 0;    ///< 0: a proper handshake; else 400 or 426
  std::string detail; ///< why it is refused
  std::string key;
};
socket_request
read_socket_request(const request& req, bool version_1_0, std::size_t content_length);

/// The fields of the 101 that accepts a key.
std::vector<header> accepting(const std::string& key);

/// Why an answer does not accept our key; nothing if it does. A server may choose neither an
/// extension nor a protocol: none was offered.
std::optional<std::string>
not_accepted(int status, const std::vector<header>& headers, const std::string& key);

} // namespace ringmaster::http
