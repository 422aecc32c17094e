#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace ringmaster::http {

/// The `Date` of answers, made once a second.
class date_line {
 public:
  std::string_view at(instant now);

 private:
  std::time_t second_ = -1;
  std::string text_;
};

/// How the end of the body is told.
enum class framing_kind : std::uint8_t {
  length,  ///< Content-Length
  chunked,
  until_close,
};

/// Appends the head of an answer. Line breaks and NUL in header values are left out, whatever a
/// handler put there.
void append_head(
  std::string& out, const response& answer, framing_kind framing, bool close, bool body_follows,
  std::string_view date, std::string_view request_id);

std::string_view reason_of(int status);

/// True for an id that a client may choose: 1 to 64 letters, digits and `._-`.
bool sane_request_id(std::string_view text);

/// 13 characters of base32 from a number.
std::string request_id_from(std::uint64_t number);

} // namespace ringmaster::http
