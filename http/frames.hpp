#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// The frames of a WebSocket (RFC 6455), from and to raw bytes. Pure; what the RFC forbids is told
// with the close code that it asks for.

namespace ringmaster::http {

/// Reads frames from bytes that come in any pieces. What a frame announces beyond the limit is told
/// when its head is there: not one byte of it is kept.
class frame_reader {
public:
  /// `from_client`: frames must be masked; else they must not be.
  frame_reader(bool from_client, std::size_t message_max)
      : from_client_(from_client), message_max_(message_max) {}

  struct event {
    event() = default;

    enum class kind : std::uint8_t {
      more, ///< all bytes are used up
      text, ///< a whole message, valid UTF-8
      ping,
      pong,
      close,  ///< `code` and `payload`; 1005: there was none
      broken, ///< the connection must be failed with `code`; `payload` says why
    } what = kind::more;
    std::string payload;
    std::uint16_t code = 0;
  };
  /// Takes bytes from the front of `bytes` up to the end of the next event. After `close` and
  /// `broken` nothing is read any more.
  event next(std::string_view& bytes);

private:
  bool read_head(std::string_view& bytes, event& out);
  event finish_frame();
  /// What the frame is masked with: the end of a client's head.
  std::string_view mask() const {
    return from_client_ ? std::string_view(head_).substr(head_.size() - 4) : std::string_view();
  }

  const bool from_client_;
  const std::size_t message_max_;
  std::string head_;    ///< of the frame, as far as it came
  std::string message_; ///< of the text that is under way
  std::string control_;
  std::uint64_t left_ = 0, taken_ = 0; ///< bytes of the frame's payload
  std::size_t fragments_ = 0;
  std::uint8_t opcode_ = 0;
  bool final_ = false;
  bool in_frame_ = false;
  bool in_message_ = false;
  bool over_ = false;
};

enum class frame_kind : std::uint8_t { text = 1, close = 8, ping = 9, pong = 10 };

/// Appends one whole frame. `mask` is what a client masks with, four bytes; empty for a server.
void append_frame(
    std::string& out, frame_kind kind, std::string_view payload, std::string_view mask);

/// What a close frame carries: the code, and as much of the reason as fits without a cut character.
std::string close_payload(std::uint16_t code, std::string_view reason);

/// The value of Sec-WebSocket-Accept for a key.
std::string accept_key(std::string_view key);

} // namespace ringmaster::http
