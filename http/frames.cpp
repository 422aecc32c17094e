#include "http/frames.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <openssl/evp.h>

#include "wire/digest.hpp"
#include "wire/utf8.hpp"

namespace ringmaster::http {

namespace {

constexpr std::uint8_t continuation = 0, text = 1, binary = 2, close_op = 8, ping = 9, pong = 10;
constexpr std::size_t control_max = 125;
/// Nobody has a reason to cut a message of some KiB so small; each fragment costs us a head.
constexpr std::size_t fragments_max = 1024;

constexpr std::uint16_t protocol = 1002, unacceptable = 1003, no_code = 1005, bad_payload = 1007,
                        too_big = 1009;

std::uint8_t byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<std::uint8_t>(bytes[i]);
}

/// Codes that may stand in a close frame.
bool sendable(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

frame_reader::event broken(std::uint16_t code, std::string why) {
  frame_reader::event out;
  out.what = frame_reader::event::kind::broken;
  out.code = code;
  out.payload = std::move(why);
  return out;
}

frame_reader::event read_close(std::string payload) {
  frame_reader::event out;
  out.what = frame_reader::event::kind::close;
  out.code = no_code;
  if (payload.empty())
    return out;
  if (payload.size() == 1)
    return broken(protocol, "a close frame with half a code");
  out.code = static_cast<std::uint16_t>(byte_at(payload, 0) << 8 | byte_at(payload, 1));
  if (!sendable(out.code))
    return broken(protocol, "a close code that must not be sent");
  out.payload = payload.substr(2);
  if (!wire::valid_utf8(out.payload))
    return broken(bad_payload, "the reason of a close is no UTF-8");
  return out;
}

} // namespace

/// True when the head of a frame is complete and allowed; else `out` says what is wrong, or `more`.
bool frame_reader::read_head(std::string_view& bytes, event& out) {
  auto have = [&](std::size_t size) {
    auto missing = size - std::min(size, head_.size());
    auto used = std::min(missing, bytes.size());
    head_.append(bytes.substr(0, used));
    bytes.remove_prefix(used);
    return head_.size() >= size;
  };
  auto wrong = [&](std::uint16_t code, std::string why) {
    out = broken(code, std::move(why));
    return false;
  };
  if (!have(2))
    return false;
  auto first = byte_at(head_, 0);
  auto second = byte_at(head_, 1);
  opcode_ = first & 0x0f;
  final_ = (first & 0x80) != 0;
  bool masked = (second & 0x80) != 0;
  std::uint64_t length = second & 0x7f;
  if ((first & 0x70) != 0)
    return wrong(protocol, "a reserved bit is set");
  if (opcode_ > pong || (opcode_ > binary && opcode_ < close_op))
    return wrong(protocol, "an opcode that is reserved");
  if (masked != from_client_)
    return wrong(protocol, from_client_ ? "a frame that is not masked" : "a frame that is masked");
  if (opcode_ >= close_op && (!final_ || length > control_max))
    return wrong(protocol, "a control frame that is cut or too long");
  if (opcode_ == continuation && !in_message_)
    return wrong(protocol, "a continuation of nothing");
  if ((opcode_ == text || opcode_ == binary) && in_message_)
    return wrong(protocol, "a message within a message");
  if (opcode_ == binary)
    return wrong(unacceptable, "only text is spoken here");

  std::size_t extended = length == 126 ? 2 : length == 127 ? 8 : 0;
  if (!have(2 + extended + (masked ? 4 : 0)))
    return false;
  if (extended > 0) {
    length = 0;
    for (std::size_t i = 0; i < extended; ++i)
      length = length << 8 | byte_at(head_, 2 + i);
    if (length < 126 || (extended == 8 && (length < 65'536 || length >> 63 != 0)))
      return wrong(protocol, "a length that is not written shortly");
  }
  if (opcode_ < close_op) {
    if (length > message_max_ - std::min(message_max_, message_.size()))
      return wrong(
          too_big, "the message is longer than " + std::to_string(message_max_) + " bytes");
    if (++fragments_ > fragments_max)
      return wrong(too_big, "the message is cut into too many pieces");
  }
  left_ = length;
  taken_ = 0;
  return true;
}

frame_reader::event frame_reader::finish_frame() {
  event out;
  in_frame_ = false;
  head_.clear();
  if (opcode_ >= close_op) {
    auto payload = std::exchange(control_, {});
    if (opcode_ == close_op)
      return read_close(std::move(payload));
    out.what = opcode_ == ping ? event::kind::ping : event::kind::pong;
    out.payload = std::move(payload);
    return out;
  }
  in_message_ = !final_;
  if (in_message_)
    return out;
  fragments_ = 0;
  out.what = event::kind::text;
  out.payload = std::exchange(message_, {});
  if (!wire::valid_utf8(out.payload))
    return broken(bad_payload, "the text is no UTF-8");
  return out;
}

frame_reader::event frame_reader::next(std::string_view& bytes) {
  event out;
  while (!over_ && !bytes.empty()) {
    if (!in_frame_) {
      if (!read_head(bytes, out)) {
        if (out.what == event::kind::more)
          break;
        over_ = true;
        return out;
      }
      in_frame_ = true;
    }
    auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    auto& into = opcode_ >= close_op ? control_ : message_;
    auto begin = into.size();
    into.append(bytes.substr(0, size));
    if (auto key = mask(); !key.empty())
      for (std::size_t i = 0; i < size; ++i)
        into[begin + i] = static_cast<char>(into[begin + i] ^ key[(taken_ + i) % 4]);
    bytes.remove_prefix(size);
    left_ -= size;
    taken_ += size;
    if (left_ > 0)
      break;
    out = finish_frame();
    over_ = out.what == event::kind::close || out.what == event::kind::broken;
    if (out.what != event::kind::more)
      return out;
  }
  if (over_)
    bytes = {};
  return out;
}

void append_frame(
    std::string& out, frame_kind kind, std::string_view payload, std::string_view mask) {
  auto put = [&out](std::uint64_t byte) { out += static_cast<char>(byte & 0xff); };
  std::uint8_t masked = mask.empty() ? 0 : 0x80;
  put(0x80u | static_cast<std::uint8_t>(kind));
  auto size = payload.size();
  std::size_t extended = size < 126 ? 0 : size < 65'536 ? 2 : 8;
  put(masked | (extended == 0 ? size : extended == 2 ? 126u : 127u));
  for (auto i = extended; i > 0; --i)
    put(static_cast<std::uint64_t>(size) >> (8 * (i - 1)));
  out += mask;
  auto begin = out.size();
  out += payload;
  if (!mask.empty())
    for (std::size_t i = 0; i < size; ++i)
      out[begin + i] = static_cast<char>(out[begin + i] ^ mask[i % 4]);
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  std::string out;
  out += static_cast<char>(code >> 8);
  out += static_cast<char>(code & 0xff);
  while (!reason.empty()) {
    auto [size, _] = wire::read_character(reason);
    if (size == 0 || out.size() + size > control_max)
      break;
    out += reason.substr(0, size);
    reason.remove_prefix(size);
  }
  return out;
}

std::string accept_key(std::string_view key) {
  auto text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<std::uint8_t, 20> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1)
    return {};
  return wire::to_base64(digest);
}

} // namespace ringmaster::http
