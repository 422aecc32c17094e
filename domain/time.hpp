#pragma once

#include <string>
#include <string_view>

#include "domain/error.hpp"

namespace ringmaster {

/// RFC 3339 in UTC, to the microsecond only where there are any: `2026-12-01T14:00:00Z`,
/// `2026-12-01T14:00:00.250000Z`.
std::string to_rfc3339(instant t);

/// Reads RFC 3339 with any offset ("Z", "+02:00") and up to nine fraction digits (cut to
/// microseconds). A date alone, a missing offset, a leap second or a year outside 1970..9999 is
/// `malformed`.
result<instant> parse_rfc3339(std::string_view text);

/// The carrier's form, RFC 2822 in UTC: `Tue, 31 Aug 2010 20:36:29 +0000`.
std::string to_rfc2822(instant t);
result<instant> parse_rfc2822(std::string_view text);

} // namespace ringmaster
