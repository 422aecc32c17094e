#pragma once

#include <string>
#include <string_view>

namespace ringmaster {

/// `text` as a JSON string with its quotes. Quotes, backslashes and control characters are
/// escaped (DEL and the C1 controls too), and bytes that are no UTF-8 become U+FFFD: the result is
/// one line of valid JSON whatever comes in.
std::string json_text(std::string_view text);

/// The same escapes without the quotes and without touching quotes or backslashes: one line of
/// text for a terminal or a log.
std::string plain_text(std::string_view text);

} // namespace ringmaster
