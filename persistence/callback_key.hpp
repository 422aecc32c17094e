#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/call.hpp"

namespace ringmaster {

/// What makes an event of the carrier's, in 64 bits: kind (3), status and one (5), sequence and one
/// (24), and the last 32 bits of the call's sid, which keep a foreign call's events apart from those
/// of the bound one. A kind that is not known goes by the last of its numbers.
std::int64_t event_key(
  std::string_view kind, const std::optional<call::status>& news,
  const std::optional<std::int32_t>& sequence, const call_sid& sid);

std::string_view kind_of_event(std::int64_t key);
std::optional<call::status> status_of_event(std::int64_t key);

} // namespace ringmaster
