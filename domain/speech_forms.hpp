#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/speech.hpp"

// The spoken forms of values that must not be said, and how they are found in a text. Only the
// sources of the filter include this.

namespace ringmaster::talk {

/// One form: letters and digits, and the places at which a word must begin or end.
struct secret_form {
  std::string letters;
  std::vector<std::size_t> borders; ///< positions 0..size, ascending
};
/// All forms of a value; none if it is too short to be held.
std::vector<secret_form> forms_of(const secret_value& v);

/// What a word may stand for beside itself: "four" is "4", "first" is "1", "february" is "2".
/// Empty texts are words that may stand between the parts of a value. `word` is folded.
const std::vector<std::string>& meanings_of(std::string_view word);
/// What the words that begin with `start` may stand for.
const std::vector<std::string>& meanings_of_words_with(std::string_view start);

/// The forms of all values as one tree, and the search.
class secret_forms {
public:
  explicit secret_forms(const std::vector<secret_value>& all);

  struct finding {
    std::size_t begin = 0, end = 0; ///< bytes of the text
    std::size_t owner = 0;
    bool is_open = false; ///< may become a value with what follows; `end` is the text's
  };
  /// The first place, in the order of beginnings, at which a value stands that ends behind `from`,
  /// or at which one may have begun (not if `is_final`).
  std::optional<finding> find(std::string_view text, std::size_t from, bool is_final) const;

  bool empty() const { return nodes_.size() == 1; }
  /// The longest form.
  std::size_t longest() const { return longest_; }
  const std::string& field(std::size_t owner) const { return fields_[owner]; }

private:
  friend class secret_search;
  struct node {
    std::map<int, std::size_t> next; ///< by character, and 256 more where a word must begin
    bool ends = false;               ///< a value ends here,
    bool ends_with_word = false;     ///< or does if the word ends, too
    std::size_t owner = 0;
  };
  void add(const secret_form& form, std::size_t owner);
  std::vector<node> nodes_;
  std::vector<std::string> fields_;
  std::size_t longest_ = 0;
};

} // namespace ringmaster::talk
