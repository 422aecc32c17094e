#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Characters as a voice reads them.

namespace ringmaster::talk {

struct glyph {
  std::uint32_t code = 0xfffd; ///< U+FFFD: no valid sequence begins here
  std::size_t length = 1;      ///< in bytes
  bool is_cut = false;         ///< the text ends within a sequence
};
/// The character at `i`, which must lie within the text.
glyph read_glyph(std::string_view text, std::size_t i);
void append_utf8(std::string& to, std::uint32_t code);

/// How a character counts when texts are compared: ASCII letters in lower case and digits, accents
/// and fancy forms (full width, mathematical, circled, superscript) taken off.
/// Empty: it separates. Other letters stand for themselves.
std::string folded(std::uint32_t code);
/// Signs without a shape: joiners, soft hyphens, combining accents. They do not even separate.
bool is_invisible(std::uint32_t code);

/// Valid UTF-8 without control characters, single spaces, trimmed, at most `most` characters.
std::string plain(std::string_view text, std::size_t most);

/// The letters and digits of a text in lower case, folded, and nothing else.
std::string letters_of(std::string_view text);
/// The words of a text, folded; apostrophes are left out: "that's" is "thats".
std::vector<std::string> spoken_words(std::string_view text);

} // namespace ringmaster::talk
