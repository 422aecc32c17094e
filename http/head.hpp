#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <tl/expected.hpp>

#include "http/limits.hpp"
#include "http/message.hpp"

// The head of a request, from raw bytes: what is accepted, and every refusal of the edge. Pure
// functions, stricter than any HTTP library: what two readers could understand differently is
// refused, so that no proxy in front of us can be led to see other requests than we do.

namespace ringmaster::http {

/// Why the edge does not take a head; the connection closes after the answer.
struct refusal {
  int status = 400;
  error why;
};

/// A head that was taken.
struct parsed_head {
  request req; ///< verb, target, path, query, headers
  std::size_t content_length = 0;
  bool version_1_0 = false;
  bool close = false;           ///< the client closes, or HTTP/1.0
  bool expects_continue = false;
};

/// Looks for the end of a head in bytes that grow. `scanned` is how far the last look came;
/// begin with 0.
struct head_look {
  enum class state : std::uint8_t { more, complete, broken } what = state::more;
  std::size_t size = 0; ///< of the head with its empty line, when complete
};
head_look look_for_head(std::string_view bytes, std::size_t& scanned);

/// What it means that `bytes` has no end within the limit: a long target or long fields.
refusal too_long(std::string_view bytes, const limits& numbers);

/// Reads a complete head.
tl::expected<parsed_head, refusal> parse_head(std::string_view head, const limits& numbers);

/// Splits and decodes a request target in origin form. Refuses escaped slashes, backslashes and
/// NUL, double slashes, dot segments, control characters and broken UTF-8.
struct parsed_target {
  std::string path;
  std::string query;
};
result<parsed_target> parse_target(std::string_view target);

} // namespace ringmaster::http
