#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ringmaster {

/// `text` without white space (space, tab, line ends) at both ends.
std::string_view trimmed(std::string_view text);

/// The number of code points of valid UTF-8; nothing for overlong forms, surrogates, cut
/// sequences and values above U+10FFFF, none of which PostgreSQL would take.
std::optional<std::size_t> count_characters(std::string_view text);

/// True if `text` holds a control character (C0, DEL or C1). With `lines`, tab and line ends pass.
bool has_control_character(std::string_view text, bool lines = false);

} // namespace ringmaster
