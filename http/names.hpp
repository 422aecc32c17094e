#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace ringmaster::http {

/// Equal but for the case of ASCII letters.
bool same_name(std::string_view a, std::string_view b);

/// The first value of a name, or null.
const std::string* find_header(const std::vector<header>& all, std::string_view name);

/// True if `token` stands in a list such as the value of `Connection`.
bool lists_token(std::string_view value, std::string_view token);

} // namespace ringmaster::http
