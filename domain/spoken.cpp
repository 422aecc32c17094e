#include "domain/spoken.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ringmaster::talk {

namespace {

constexpr std::size_t most_bytes = 4'000;
constexpr std::size_t gap_most = 3; ///< words for which ".." stands

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}
char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

struct full_form {
  std::string_view said, means;
};
/// What does not follow from its ending.
constexpr auto full_forms = std::to_array<full_form>({
    {"can't",     "can not"  },
    {"cant",      "can not"  },
    {"cannot",    "can not"  },
    {"won't",     "will not" },
    {"wont",      "will not" },
    {"shan't",    "shall not"},
    {"dont",      "do not"   },
    {"doesnt",    "does not" },
    {"didnt",     "did not"  },
    {"isnt",      "is not"   },
    {"wasnt",     "was not"  },
    {"ain't",     "is not"   },
    {"im",        "i am"     },
    {"ive",       "i have"   },
    {"youve",     "you have" },
    {"youre",     "you are"  },
    {"gonna",     "going to" },
    {"wanna",     "want to"  },
    {"gotta",     "got to"   },
    {"gimme",     "give me"  },
    {"lemme",     "let me"   },
    {"let's",     "let us"   },
    {"ma'am",     "madam"    },
    {"o'clock",   "oclock"   },
    {"y'all",     "you all"  },
    {"yep",       "yes"      },
    {"yeah",      "yes"      },
    {"yup",       "yes"      },
    {"nope",      "no"       },
    {"nah",       "no"       },
    {"ok",        "okay"     },
    {"cancelled", "canceled" },
    {"anymore",   "any more" },
    {"noone",     "nobody"   },
});
constexpr auto endings = std::to_array<full_form>({
    {"n't", " not"  },
    {"'re", " are"  },
    {"'ve", " have" },
    {"'ll", " will" },
    {"'m",  " am"   },
    {"'d",  " would"},
});
/// Words before which "'s" is "is"; behind others it is a possession: "driver's license".
constexpr auto before_is = std::to_array<std::string_view>(
    {"it", "that", "there", "here", "what", "who", "where", "how", "when", "he", "she", "this",
     "everything", "name"});
constexpr auto empty_words = std::to_array<std::string_view>(
    {"um", "uh", "uhm", "er", "erm", "ah", "please", "just", "kindly", "really", "actually"});

template <class List>
bool holds(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::string written_out(std::string word) {
  for (const auto& f : full_forms)
    if (f.said == word)
      return std::string{f.means};
  for (const auto& e : endings)
    if (word.size() > e.said.size() && word.ends_with(e.said))
      return word.substr(0, word.size() - e.said.size()) + std::string{e.means};
  if (word.ends_with("'s")) {
    word.resize(word.size() - 2);
    if (holds(before_is, word))
      word += " is";
  }
  std::erase(word, '\'');
  return word;
}

/// The right single quotation mark, as which many write an apostrophe.
bool is_quote(std::string_view text, std::size_t i) { return text.substr(i, 3) == "\xe2\x80\x99"; }

} // namespace

spoken::spoken(std::string_view text) {
  text = text.substr(0, most_bytes);
  std::string word;
  auto flush = [&] {
    if (word.empty())
      return;
    auto full = written_out(std::exchange(word, {}));
    for (std::size_t at = 0; at < full.size();) {
      auto space = std::min(full.find(' ', at), full.size());
      auto part = full.substr(at, space - at);
      if (!part.empty() && !holds(empty_words, part))
        words_.push_back(std::move(part));
      at = space + 1;
    }
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    bool digits = !word.empty() && is_digit(word.back());
    if (is_quote(text, i)) {
      if (!word.empty())
        word += '\'';
      i += 2;
    } else if (c == '\'' && !word.empty() && i + 1 < text.size() && is_letter(text[i + 1])) {
      word += c;
    } else if (is_digit(c) || is_letter(c)) {
      if (!word.empty() && digits != is_digit(c))
        flush();
      word += lowered(c);
    } else {
      // "p.m." and "10.30" do not end a sentence.
      bool inside =
          c == '.' && i + 1 < text.size() && (is_letter(text[i + 1]) || is_digit(text[i + 1]));
      bool meridiem = c == '.' && (word == "m" || word == "dr" || word == "mr" || word == "mrs" ||
                                   word == "ms");
      flush();
      bool ends =
          (c == '.' && !inside && !meridiem) || c == '!' || c == '?' || c == ';' || c == '\n';
      if (ends && !words_.empty() && !is_end(words_.size() - 1))
        words_.emplace_back(c == '?' ? "?" : ".");
    }
  }
  flush();
}

std::string_view spoken::operator[](std::size_t i) const {
  return i < words_.size() ? std::string_view{words_[i]} : std::string_view{"."};
}

bool spoken::is_end(std::size_t i) const { return (*this)[i] == "." || (*this)[i] == "?"; }

bool spoken::is_one_of(std::size_t i, std::initializer_list<std::string_view> words) const {
  return std::find(words.begin(), words.end(), (*this)[i]) != words.end();
}

std::size_t spoken::count() const {
  std::size_t n = 0;
  for (std::size_t i = 0; i < size(); ++i)
    n += is_end(i) ? 0 : 1;
  return n;
}

std::size_t spoken::fits(std::size_t i, std::string_view pattern) const {
  std::size_t at = i;
  while (!pattern.empty()) {
    auto space = std::min(pattern.find(' '), pattern.size());
    auto piece = pattern.substr(0, space);
    pattern.remove_prefix(std::min(space + 1, pattern.size()));
    if (piece == "..") {
      for (std::size_t gap = 0; gap <= gap_most; ++gap) {
        if (gap > 0 && (at + gap - 1 >= size() || is_end(at + gap - 1)))
          return 0;
        if (auto rest = fits(at + gap, pattern))
          return at + gap + rest - i;
      }
      return 0;
    }
    bool optional = piece.ends_with('?') && piece.size() > 1;
    if (optional)
      piece.remove_suffix(1);
    bool same = false;
    if (at < size())
      for (auto left = piece; !same && !left.empty();) {
        auto bar = std::min(left.find('|'), left.size());
        same = (*this)[at] == left.substr(0, bar);
        left.remove_prefix(std::min(bar + 1, left.size()));
      }
    if (same)
      ++at;
    else if (!optional)
      return 0;
  }
  return at - i;
}

std::size_t spoken::find(
    std::initializer_list<std::string_view> patterns, std::size_t from, std::size_t* length) const {
  for (std::size_t i = from; i < size(); ++i)
    for (auto pattern : patterns)
      if (auto n = fits(i, pattern)) {
        if (length)
          *length = n;
        return i;
      }
  return size();
}

} // namespace ringmaster::talk
