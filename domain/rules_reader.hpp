#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// How the rules see a text: words, numbers and signs, each with its place. Every scan over them is
// a loop by hand with a bounded look-ahead, so the time grows with the length of the text only.

namespace ringmaster::rules {

struct token {
  enum class kind : std::uint8_t { word, number, sign };
  kind what = kind::sign;
  std::string low;       ///< lower case; "’" is "'", "–" is "-", "p.m." is "pm"
  std::size_t begin = 0; ///< in the text
  std::size_t end = 0;
  bool capital = false; ///< begins with a capital letter
  bool glued = false;   ///< no space before it
};

/// A text cut into tokens. Places outside of it read as an empty sign, so that rules may look
/// around without asking where the text ends.
class reader {
public:
  /// Reads the first 4,000 characters (at most 16,000 bytes) of any bytes.
  explicit reader(std::string text);

  std::size_t size() const { return tokens_.size(); }
  const token& operator[](std::size_t i) const {
    static const token nothing{};
    return i < tokens_.size() ? tokens_[i] : nothing;
  }
  const std::string& low(std::size_t i) const { return (*this)[i].low; }
  bool is_word(std::size_t i) const { return (*this)[i].what == token::kind::word; }
  bool is_number(std::size_t i) const { return (*this)[i].what == token::kind::number; }
  bool is_one_of(std::size_t i, std::initializer_list<std::string_view> words) const;
  /// The number of tokens from `i` on that say `phrase` (lower case, single spaces); 0 if they
  /// do not.
  std::size_t says(std::size_t i, std::string_view phrase) const;
  /// The longest of the phrases that starts at `i`.
  std::size_t says_any(std::size_t i, std::initializer_list<std::string_view> phrases) const;
  /// Does the phrase stand anywhere? Words only, "weekend" is not in "weekends".
  bool has(std::string_view phrase) const;
  bool has_any(std::initializer_list<std::string_view> phrases) const;

  /// The end of a sentence: not the point of "Dr." or of "3.50".
  bool ends_sentence(std::size_t i) const;
  /// What the text says from token `first` up to `last` (without it).
  std::string_view text(std::size_t first, std::size_t last) const;
  const std::string& all() const { return text_; }

private:
  std::string text_;
  std::vector<token> tokens_;
};

/// A count in digits or words ("12", "twelve", "two hundred", "a dozen") and how many tokens.
struct count_reading {
  std::int64_t value = 0;
  std::size_t length = 0;
};
std::optional<count_reading> read_count(const reader& r, std::size_t i);
/// Up to nine digits of one token.
std::optional<std::int64_t> digits_of(const token& t);

} // namespace ringmaster::rules
