#pragma once

#include <cstddef>
#include <string_view>

namespace ringmaster::wire {

/// One character of UTF-8. `size` is 0 where the bytes are broken: too long, a surrogate, cut.
struct character {
  std::size_t size = 0;
  char32_t code = 0;
};

/// The character at the start of a text that is not empty.
character read_character(std::string_view text);

bool valid_utf8(std::string_view text);

} // namespace ringmaster::wire
