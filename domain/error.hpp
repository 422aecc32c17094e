#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace ringmaster {

/// A moment on the wall clock, UTC, to the microsecond, as PostgreSQL keeps it.
using instant = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

/// Every way in which the engine says no. The names are stable: `to_string` of a code is the
/// `code` member of a problem document, and docs/errors.md has a paragraph for each.
enum class errc {
  malformed,        ///< cannot be read at all: broken JSON, a bad header
  unauthenticated,  ///< no credentials, or wrong ones
  forbidden,        ///< known, but not permitted to do this
  not_found,        ///< absent, or another user's: the two look the same
  method_not_allowed,
  wrong_state,      ///< the life of the thing has no such step from here
  window_closed,    ///< outside the calling window; carries `next_open_at`
  conflict,         ///< somebody else changed it, or the same key is in progress
  duplicate,        ///< exists already
  too_large,        ///< body, list or header above its limit
  unsupported_type, ///< a content type that this route does not read
  invalid,          ///< well-formed but not acceptable; carries `fields`
  key_reused,       ///< an Idempotency-Key came back with another body
  rate_limited,     ///< too many requests; carries `retry_after`
  stopped,          ///< the global stop is set
  unavailable,      ///< database, carrier or an actor is away; carries `retry_after`
  internal,         ///< a mistake of ours
};

std::string_view to_string(errc code);

/// One mistake in a request, located by a JSON pointer ("/targets/3/phone_number").
struct field_error {
  std::string pointer;
  std::string code;
  std::string message;
};

/// A refusal: a code, a sentence that an operator can act on, and what a client needs to go on.
struct error {
  errc code = errc::internal;
  std::string detail;
  std::vector<field_error> fields{};
  std::optional<instant> next_open_at{};
  std::string current_status{};
  std::vector<std::string> allowed_transitions{};
  std::optional<std::chrono::seconds> retry_after{};
};

template <class T>
using result = tl::expected<T, error>;

/// `return fail(errc::not_found, "no such campaign");`
inline tl::unexpected<error> fail(errc code, std::string detail) {
  return tl::unexpected<error>(error{.code = code, .detail = std::move(detail)});
}

inline tl::unexpected<error> fail(error why) { return tl::unexpected<error>(std::move(why)); }

/// A refusal of one field of a request: code `invalid`, located at `pointer`.
tl::unexpected<error> fail_field(std::string pointer, std::string code, std::string message);

} // namespace ringmaster
