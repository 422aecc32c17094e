#include "domain/error.hpp"

#include <utility>

#include "domain/words.hpp"

namespace ringmaster {

namespace {

constexpr auto codes = vocabulary_of<errc>(
  "malformed", "unauthenticated", "forbidden", "not_found", "method_not_allowed", "wrong_state",
  "window_closed", "conflict", "duplicate", "too_large", "unsupported_type", "invalid",
  "key_reused", "rate_limited", "stopped", "unavailable", "internal");
static_assert(codes.words.size() == static_cast<std::size_t>(errc::internal) + 1);

} // namespace

std::string_view to_string(errc code) { return codes[code]; }

tl::unexpected<error> fail_field(std::string pointer, std::string code, std::string message) {
  error why{.code = errc::invalid, .detail = message};
  why.fields.push_back({std::move(pointer), std::move(code), std::move(message)});
  return fail(std::move(why));
}

} // namespace ringmaster
