#pragma once

#include <string>
#include <string_view>

namespace ringmaster::assistant {

/// Makes text that is spoken of text that a model writes, while it comes: without Markdown, emoji
/// and control characters, in whole characters of UTF-8. White space before the first word is held
/// back, so that an answer of nothing but that says nothing.
class spoken_text {
public:
  /// Brackets stay where they are the marks of sources; else they are Markdown, and go.
  explicit spoken_text(bool keeps_brackets = false) : keeps_brackets_(keeps_brackets) {}
  /// What may be said now.
  std::string feed(std::string_view text);

private:
  void take(std::string_view bytes, char32_t code, std::string& out);

  const bool keeps_brackets_;
  std::string rest_;  ///< the beginning of a character that is cut
  std::string blank_; ///< held back until a word comes
  bool began_ = false;
  bool line_start_ = true;
  bool after_bracket_ = false; ///< `]` was last: `(` begins an address
  std::size_t address_ = 0;    ///< within one: how much was left out, and one more
  char mark_ = 0;              ///< a sign at the start of a line that may be a list's
};

} // namespace ringmaster::assistant
