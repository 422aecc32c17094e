#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

// What a person said, as words that can be compared: for whoever listens by rules.

namespace ringmaster::talk {

/// Words in lower case: contractions are written out ("don't" and "dont" are "do not"), digits are
/// words of their own, the end of a sentence is ".", a question's is "?", and what means nothing is
/// left out ("um", "please", "just").
class spoken {
public:
  /// Reads the first 4,000 bytes.
  explicit spoken(std::string_view text);

  std::size_t size() const { return words_.size(); }
  bool empty() const { return words_.empty(); }
  /// Places outside read as ".".
  std::string_view operator[](std::size_t i) const;
  bool is_end(std::size_t i) const;
  bool is_one_of(std::size_t i, std::initializer_list<std::string_view> words) const;
  /// Words without the ends of sentences.
  std::size_t count() const;

  /// The number of words from `i` on that fit the pattern; 0: they do not. A pattern is words, of
  /// which each may be one of several ("call|phone"), left out where it ends in "?" ("any?"), or
  /// "..": up to three words of the same sentence.
  std::size_t fits(std::size_t i, std::string_view pattern) const;
  /// The first place at or behind `from` that fits one of the patterns; size() if there is none.
  /// `length` is told where it is wanted.
  std::size_t find(
      std::initializer_list<std::string_view> patterns, std::size_t from = 0,
      std::size_t* length = nullptr) const;
  bool has(std::initializer_list<std::string_view> patterns) const {
    return find(patterns) < size();
  }

private:
  std::vector<std::string> words_;
};

} // namespace ringmaster::talk
