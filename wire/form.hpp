#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/error.hpp"

namespace ringmaster::wire {

/// Decoded name and value pairs in the order in which they came; names may repeat.
using fields = std::vector<std::pair<std::string, std::string>>;

/// Reads `application/x-www-form-urlencoded`: `+` is a space, `%xx` a byte, empty values are
/// kept. `malformed` for a broken escape, a NUL, or more than `limit` pairs.
result<fields> parse_form(std::string_view body, std::size_t limit = 256);

/// First value of a name, or nothing.
const std::string* find(const fields& all, std::string_view name);

/// Writes a form the way the carrier's own library does: spaces as `%20`, everything outside
/// [A-Za-z0-9_.~-] escaped, repeated names repeated.
std::string write_form(const fields& all);

std::string percent_encode(std::string_view text);
/// Decodes `%xx` once. With `plus_is_space` also `+`. `malformed` for a broken escape or `%00`.
result<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

} // namespace ringmaster::wire
