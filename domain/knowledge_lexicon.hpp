#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/knowledge_words.hpp"

// The tables of synonyms, made ready to be found in a text. Only knowledge_words.cpp includes this.

namespace ringmaster::knowledge {

/// The plain form of one that no ending tells: "taught" is "teach". Other words as they are.
std::string_view regular(std::string_view word);

/// The synonyms, by their first stem; the longest phrases first.
struct lexicon {
  struct phrase {
    std::vector<std::string> words, stems;
    std::string canon;
    bool is_exact = false;
  };
  struct match {
    const phrase* what = nullptr;
    std::size_t length = 0; ///< words of the text
  };
  std::map<std::string, std::vector<phrase>, std::less<>> by_first;
  purpose what_for;

  explicit lexicon(purpose p);
  std::string form_of(std::string_view word) const;
  match longest(
      const std::vector<std::string>& words, const std::vector<std::string>& stems,
      std::size_t at) const;

private:
  void add(std::string_view form, std::string_view canon);
  void add(std::span<const synonym> all);
  /// How many words of the text the phrase takes; 0 if it does not fit.
  std::size_t fits(
      const phrase& p, const std::vector<std::string>& words, const std::vector<std::string>& stems,
      std::size_t at) const;
};
const lexicon& words_known(purpose what_for);

} // namespace ringmaster::knowledge
