#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/error.hpp"

namespace ringmaster::http {

enum class method : std::uint8_t { get, head, post, put, patch, delete_, options, other };
std::string_view to_string(method m);

struct header {
  std::string name;
  std::string value;
};

/// A request whose head has passed every refusal of the edge. Names of headers compare without
/// case. `target` is the raw request target (what a signature is checked over).
struct request {
  method verb = method::get;
  std::string target;
  std::string path;  ///< decoded once; no `//`, no dot segments, no escaped slash
  std::string query; ///< raw, without `?`
  std::vector<header> headers;
  std::string body; ///< complete, unless the route streams
  std::string remote_address;
  std::string id; ///< X-Request-Id: the client's if sane, else made here
  instant received_at{};

  const std::string* find(std::string_view name) const;
  std::string_view header_or(std::string_view name, std::string_view otherwise = {}) const;
};

class body_stream;    // http/server.hpp
class socket_upgrade; // http/websocket.hpp

/// The edge adds Content-Length, Date, X-Request-Id and Connection; `headers` needs none of them.
/// The content type is left out where there is no body.
struct response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<header> headers;
  bool close = false; ///< close the connection afterwards
  std::shared_ptr<body_stream> stream; ///< instead of `body`; made by `streamed`
  std::shared_ptr<socket_upgrade> upgrade; ///< a WebSocket instead; made by `upgraded`
};

/// What a route allows, asked for after the head and before the body.
struct body_policy {
  std::size_t limit = 64 * 1024; ///< bytes; more is 413
  bool stream = false;           ///< the handler pulls the body itself
};

} // namespace ringmaster::http
