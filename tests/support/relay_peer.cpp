#include "tests/support/relay_peer.hpp"

#include <cstdlib>

#include "tests/support/status_post.hpp"

namespace ringmaster::support {

namespace {

using nlohmann::json;

std::uint16_t port_of(const std::string& url) {
  const auto colon = url.rfind(':', url.find('/', url.find("://") + 3));
  return static_cast<std::uint16_t>(std::atoi(url.c_str() + colon + 1));
}

std::string path_of(const std::string& url) {
  return url.substr(url.find('/', url.find("://") + 3));
}

} // namespace

std::string handshake_signature(const std::string& auth_token, const std::string& url) {
  return carrier_signature(auth_token, url, {});
}

relay_peer::relay_peer(const std::string& url, const std::optional<std::string>& signature)
    : socket_(test::raw_socket::connect(port_of(url))) {
  std::string request = "GET " + path_of(url) +
                        " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_of(url)) +
                        "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        "Sec-WebSocket-Version: 13\r\n";
  if (signature)
    request += "x-twilio-signature: " + *signature + "\r\n";
  request += "\r\n";
  if (!socket_.send(request))
    return;
  const auto head = socket_.read_until("\r\n\r\n");
  if (head.starts_with("HTTP/1.1 "))
    status_ = std::atoi(head.c_str() + 9);
  // The answer to the sample key of RFC 6455, section 1.3.
  open_ = status_ == 101 && head.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != std::string::npos;
}

bool relay_peer::send_frame(std::uint8_t first_byte, std::string_view payload, bool masked) {
  std::string bytes(1, static_cast<char>(first_byte));
  const auto flag = static_cast<std::uint8_t>(masked ? 0x80 : 0);
  auto big_endian = [&](std::size_t value, int size) {
    for (int shift = (size - 1) * 8; shift >= 0; shift -= 8)
      bytes += static_cast<char>((value >> shift) & 0xff);
  };
  if (payload.size() < 126) {
    bytes += static_cast<char>(flag | payload.size());
  } else if (payload.size() < 65'536) {
    bytes += static_cast<char>(flag | 126);
    big_endian(payload.size(), 2);
  } else {
    bytes += static_cast<char>(flag | 127);
    big_endian(payload.size(), 8);
  }
  if (!masked)
    return socket_.send(bytes + std::string(payload));
  constexpr std::string_view mask = "\x12\x34\x56\x78";
  bytes += mask;
  for (std::size_t i = 0; i < payload.size(); ++i)
    bytes += static_cast<char>(payload[i] ^ mask[i % 4]);
  return socket_.send(bytes);
}

std::optional<relay_peer::frame> relay_peer::next() {
  const auto head = socket_.read_exactly(2);
  if (head.size() < 2)
    return std::nullopt;
  frame f;
  f.opcode = static_cast<std::uint8_t>(head[0]) & 0x0f;
  std::size_t size = static_cast<std::uint8_t>(head[1]) & 0x7f;
  if (size >= 126) {
    const auto more = socket_.read_exactly(size == 126 ? 2 : 8);
    size = 0;
    for (char c : more)
      size = size << 8 | static_cast<std::uint8_t>(c);
  }
  f.payload = socket_.read_exactly(size);
  if (f.payload.size() < size)
    return std::nullopt;
  return f;
}

std::optional<json> relay_peer::hear() {
  while (auto f = next()) {
    switch (f->opcode) {
    case 1: {
      auto message = json::parse(f->payload, nullptr, false);
      return message.is_discarded() ? std::nullopt : std::optional(message);
    }
    case 8:
      if (f->payload.size() >= 2)
        close_code_ = static_cast<std::uint8_t>(f->payload[0]) << 8 |
                      static_cast<std::uint8_t>(f->payload[1]);
      send_frame(0x88, f->payload.substr(0, 2));
      open_ = false;
      return std::nullopt;
    case 9:
      send_frame(0x8a, f->payload);
      break;
    default:
      break;
    }
  }
  open_ = false;
  return std::nullopt;
}

std::optional<std::string> relay_peer::hear_turn() {
  std::string all;
  while (auto message = hear()) {
    if (message->value("type", "") != "text")
      continue;
    all += message->value("token", "");
    if (message->value("last", false))
      return all;
  }
  return std::nullopt;
}

int relay_peer::wait_for_close() {
  while (hear())
    continue;
  return close_code_;
}

} // namespace ringmaster::support
