#include "http/handshake.hpp"

#include <algorithm>

#include "http/frames.hpp"
#include "http/names.hpp"
#include "wire/digest.hpp"

namespace ringmaster::http {

namespace {

/// True if a list of tokens, over as many fields as there are, has one.
bool has_token(const std::vector<header>& all, std::string_view name, std::string_view token) {
  return std::any_of(all.begin(), all.end(), [&](const header& one) {
    return same_name(one.name, name) && lists_token(one.value, token);
  });
}

std::size_t times(const std::vector<header>& all, std::string_view name) {
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [&](const header& one) { return same_name(one.name, name); }));
}

} // namespace

socket_request
read_socket_request(const request& req, bool version_1_0, std::size_t content_length) {
  socket_request out;
  auto refuse = [&out](int status, std::string why) {
    out.refusal = status;
    out.detail = std::move(why);
    return out;
  };
  const auto& all = req.headers;
  if (req.verb != method::get || version_1_0)
    return refuse(400, "a WebSocket is opened with GET in HTTP/1.1");
  if (content_length > 0)
    return refuse(400, "the handshake of a WebSocket has no body");
  if (!has_token(all, "Upgrade", "websocket") || !has_token(all, "Connection", "upgrade"))
    return refuse(426, "there is only a WebSocket at this path");
  if (req.header_or("Sec-WebSocket-Version") != "13" || times(all, "Sec-WebSocket-Version") != 1)
    return refuse(426, "only version 13 of WebSockets is spoken here");
  constexpr std::size_t key_bytes = 16;
  out.key = std::string(req.header_or("Sec-WebSocket-Key"));
  auto decoded = wire::from_base64(out.key);
  if (times(all, "Sec-WebSocket-Key") != 1 || !decoded || decoded->size() != key_bytes)
    return refuse(400, "the Sec-WebSocket-Key is not 16 bytes of base64");
  return out;
}

std::vector<header> accepting(const std::string& key) {
  return {
      {"Upgrade",              "websocket"    },
      {"Connection",           "Upgrade"      },
      {"Sec-WebSocket-Accept", accept_key(key)}
  };
}

std::optional<std::string>
not_accepted(int status, const std::vector<header>& headers, const std::string& key) {
  if (status != 101)
    return "the server answered " + std::to_string(status);
  const auto* accepted = find_header(headers, "Sec-WebSocket-Accept");
  if (!has_token(headers, "Upgrade", "websocket") || !has_token(headers, "Connection", "upgrade") ||
      accepted == nullptr || *accepted != accept_key(key))
    return "the server did not accept the handshake";
  if (times(headers, "Sec-WebSocket-Extensions") > 0 ||
      times(headers, "Sec-WebSocket-Protocol") > 0)
    return "the server chose what was not offered";
  return std::nullopt;
}

} // namespace ringmaster::http
