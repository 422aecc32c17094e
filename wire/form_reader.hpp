#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "wire/form.hpp"

namespace ringmaster::wire {

/// As `parse_form`, into fields whose memory is used again. After a refusal `into` holds some of
/// the fields and must not be looked at.
result<void> read_form(std::string_view body, std::size_t limit, fields& into);

/// Appends `text` with its escapes decoded once. False for a broken escape or a NUL.
bool append_decoded(std::string& out, std::string_view text, bool plus_is_space);

} // namespace ringmaster::wire
