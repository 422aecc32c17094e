#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "tests/support/raw_socket.hpp"

namespace ringmaster::support {

/// The carrier's end of a conversation socket, written from the public protocols alone: RFC 6455
/// frames over a plain socket, and ConversationRelay's messages. It shares no line with the engine,
/// and can also say what no good peer says.
class relay_peer {
public:
  /// Connects and shakes hands. `url` is ws://HOST:PORT/PATH as the document names it; without a
  /// signature none is sent. `status` tells the answer of the handshake.
  relay_peer(const std::string& url, const std::optional<std::string>& signature);

  int status() const { return status_; }
  bool open() const { return open_ && socket_.good(); }

  /// One text message in one frame.
  bool say(const nlohmann::json& message) { return send_frame(0x81, message.dump()); }
  bool send_frame(std::uint8_t first_byte, std::string_view payload, bool masked = true);
  /// Bytes as they stand.
  bool send_bytes(std::string_view bytes) { return socket_.send(bytes); }

  /// The next JSON message; pings are answered on the way. Nothing when the socket has closed or
  /// nothing came in time; `closed_with` then tells the code, 0 if there was none.
  std::optional<nlohmann::json> hear();
  /// Text of the assistant up to its last token, or nothing when the socket closed before.
  std::optional<std::string> hear_turn();
  int closed_with() const { return close_code_; }
  /// Reads until the peer has closed; the code of its close frame.
  int wait_for_close();
  void vanish() { socket_.reset(); }

private:
  struct frame {
    std::uint8_t opcode = 0;
    std::string payload;
  };
  std::optional<frame> next();

  test::raw_socket socket_;
  int status_ = 0;
  bool open_ = false;
  int close_code_ = 0;
};

/// The carrier's signature of a handshake: over the ws:// or wss:// URL, without parameters.
std::string handshake_signature(const std::string& auth_token, const std::string& url);

} // namespace ringmaster::support
