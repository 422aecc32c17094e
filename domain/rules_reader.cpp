#include "domain/rules_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ringmaster::rules {

namespace {

constexpr std::size_t most_bytes = 16'000;
constexpr std::size_t most_characters = 4'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_high(char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; }
char lowered(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

/// Signs of more than one byte, and how they are read.
struct spelling {
  std::string_view bytes, means;
};
constexpr auto spellings = std::to_array<spelling>({
    {"\u2019", "'"     },
    {"\u2018", "'"     },
    {"\u201c", "\""    },
    {"\u201d", "\""    },
    {"\u2013", "-"     },
    {"\u2014", "-"     },
    {"\u2011", "-"     },
    {"\u2212", "-"     },
    {"\u00a0", " "     },
    {"\u202f", " "     },
    {"\u2009", " "     },
    {"\u20ac", "eur€"},
    {"\u00a3", "gbp£" },
    {"\u00a5", "jpy¥" },
    {"\u2026", "."     },
});

const spelling* spelling_at(std::string_view text, std::size_t i) {
  if (!is_high(text[i]))
    return nullptr;
  for (const auto& s : spellings)
    if (text.substr(i, s.bytes.size()) == s.bytes)
      return &s;
  return nullptr;
}

bool is_letter(std::string_view text, std::size_t i) {
  return i < text.size() &&
         (is_upper(text[i]) || is_lower(text[i]) || (is_high(text[i]) && !spelling_at(text, i)));
}

/// The length of an apostrophe between two letters.
std::size_t apostrophe_at(std::string_view text, std::size_t i) {
  if (i >= text.size())
    return 0;
  if (text[i] == '\'')
    return is_letter(text, i + 1) ? 1 : 0;
  const auto* s = spelling_at(text, i);
  return s && s->means == "'" && is_letter(text, i + s->bytes.size()) ? s->bytes.size() : 0;
}

token read_word(std::string_view text, std::size_t i) {
  token t{token::kind::word, {}, i, i, is_upper(text[i]), false};
  while (i < text.size()) {
    if (is_letter(text, i)) {
      t.low += lowered(text[i]);
      ++i;
    } else if (auto length = apostrophe_at(text, i)) {
      t.low += '\'';
      i += length;
    } else {
      break;
    }
  }
  // "p.m." is one word.
  if ((t.low == "p" || t.low == "a") && i + 1 < text.size() && text[i] == '.' &&
      lowered(text[i + 1]) == 'm' && !is_letter(text, i + 2)) {
    t.low += 'm';
    i += 2;
    if (i < text.size() && text[i] == '.' && (i + 2 >= text.size() || !is_upper(text[i + 2])))
      ++i;
  }
  t.end = i;
  return t;
}

std::string cut(std::string text) {
  std::size_t characters = 0;
  std::size_t i = 0;
  for (; i < text.size() && i < most_bytes; ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80 && ++characters > most_characters)
      break;
  while (i > 0 && i < text.size() && (static_cast<unsigned char>(text[i]) & 0xc0) == 0x80)
    --i;
  text.resize(i);
  return text;
}

} // namespace

reader::reader(std::string text) : text_(cut(std::move(text))) {
  bool glued = false;
  for (std::size_t i = 0; i < text_.size();) {
    char c = text_[i];
    const auto* special = spelling_at(text_, i);
    if (c == ' ' || c == '\t' || c == '\r' || (special && special->means == " ")) {
      glued = false;
      i += special ? special->bytes.size() : 1;
      continue;
    }
    token t{token::kind::sign, {}, i, i + 1, false, false};
    if (is_letter(text_, i)) {
      t = read_word(text_, i);
    } else if (is_digit(c)) {
      t.what = token::kind::number;
      while (t.end < text_.size() && is_digit(text_[t.end]))
        ++t.end;
      t.low = text_.substr(i, t.end - i);
    } else if (special) {
      t.low = special->means;
      t.end = i + special->bytes.size();
    } else {
      t.low = c;
    }
    t.glued = glued;
    i = t.end;
    glued = true;
    tokens_.push_back(std::move(t));
  }
}

bool reader::is_one_of(std::size_t i, std::initializer_list<std::string_view> words) const {
  return std::find(words.begin(), words.end(), low(i)) != words.end();
}

std::size_t reader::says(std::size_t i, std::string_view phrase) const {
  // Nearly every phrase fails at its first letter.
  if (const auto& word = low(i); word.empty() || phrase.empty() || word[0] != phrase[0])
    return 0;
  std::size_t count = 0;
  while (!phrase.empty()) {
    auto space = std::min(phrase.find(' '), phrase.size());
    if (i + count >= size() || low(i + count) != phrase.substr(0, space))
      return 0;
    ++count;
    phrase.remove_prefix(std::min(space + 1, phrase.size()));
  }
  return count;
}

std::size_t reader::says_any(std::size_t i, std::initializer_list<std::string_view> phrases) const {
  std::size_t longest = 0;
  for (auto phrase : phrases)
    longest = std::max(longest, says(i, phrase));
  return longest;
}

bool reader::has(std::string_view phrase) const {
  for (std::size_t i = 0; i < size(); ++i)
    if (says(i, phrase) > 0)
      return true;
  return false;
}

bool reader::has_any(std::initializer_list<std::string_view> phrases) const {
  return std::any_of(phrases.begin(), phrases.end(), [&](auto phrase) { return has(phrase); });
}

bool reader::ends_sentence(std::size_t i) const {
  const auto& t = (*this)[i];
  if (t.what != token::kind::sign)
    return false;
  if (t.low == "!" || t.low == "?" || t.low == ";" || t.low == "\n")
    return true;
  if (t.low != ".")
    return false;
  // Within "3.50", "joe.example", and after "Dr.".
  if (i + 1 < size() && (*this)[i + 1].glued)
    return (*this)[i + 1].low == "\n";
  return i == 0 ||
         !is_one_of(i - 1, {"dr",  "mr",     "mrs", "ms",  "prof", "st",  "jr",  "sr",   "no",
                            "nr",  "approx", "inc", "ltd", "co",   "vs",  "tel", "ext",  "jan",
                            "feb", "mar",    "apr", "jun", "jul",  "aug", "sep", "sept", "oct",
                            "nov", "dec",    "mon", "tue", "wed",  "thu", "fri"});
}

std::string_view reader::text(std::size_t first, std::size_t last) const {
  last = std::min(last, size());
  if (first >= last)
    return {};
  auto begin = tokens_[first].begin;
  return std::string_view{text_}.substr(begin, tokens_[last - 1].end - begin);
}

// -- counts ---------------------------------------------------------------------------------------

std::optional<std::int64_t> digits_of(const token& t) {
  if (t.what != token::kind::number || t.low.size() > 9)
    return std::nullopt;
  std::int64_t value = 0;
  for (char c : t.low)
    value = value * 10 + (c - '0');
  return value;
}

namespace {

struct named_number {
  std::string_view word;
  std::int64_t value;
};
constexpr auto small = std::to_array<named_number>({
    {"one",       1 },
    {"two",       2 },
    {"three",     3 },
    {"four",      4 },
    {"five",      5 },
    {"six",       6 },
    {"seven",     7 },
    {"eight",     8 },
    {"nine",      9 },
    {"ten",       10},
    {"eleven",    11},
    {"twelve",    12},
    {"thirteen",  13},
    {"fourteen",  14},
    {"fifteen",   15},
    {"sixteen",   16},
    {"seventeen", 17},
    {"eighteen",  18},
    {"nineteen",  19},
});
constexpr auto tens = std::to_array<named_number>({
    {"twenty",  20},
    {"thirty",  30},
    {"forty",   40},
    {"fifty",   50},
    {"sixty",   60},
    {"seventy", 70},
    {"eighty",  80},
    {"ninety",  90},
});

template <std::size_t N>
std::int64_t value_in(const std::array<named_number, N>& names, std::string_view word) {
  for (const auto& n : names)
    if (n.word == word)
      return n.value;
  return 0;
}

} // namespace

std::optional<count_reading> read_count(const reader& r, std::size_t i) {
  if (auto digits = digits_of(r[i]))
    return count_reading{*digits, 1};
  for (auto [phrase, value] : {
           std::pair{"a couple of", 2 },
           std::pair{"a couple",    2 },
           std::pair{"a dozen",     12}
  })
    if (auto length = r.says(i, phrase))
      return count_reading{value, length};
  std::int64_t total = 0, current = 0;
  std::size_t at = i;
  if (r.is_one_of(i, {"a", "an"}) && r.is_one_of(i + 1, {"hundred", "thousand"}))
    ++at;
  for (constexpr std::size_t most = 10; at < i + most; ++at) {
    const auto& word = r.low(at);
    if (auto unit = value_in(small, word); unit > 0 && current % 10 == 0)
      current += unit;
    else if (auto ten = value_in(tens, word); ten > 0 && current % 100 == 0)
      current += ten;
    else if (word == "hundred" && current < 100)
      current = std::max<std::int64_t>(current, 1) * 100;
    else if (word == "thousand" && total == 0) {
      total = std::max<std::int64_t>(current, 1) * 1000;
      current = 0;
    } else if (
        (word == "and" && at > i && r.is_one_of(at - 1, {"hundred", "thousand"}) &&
         value_in(small, r.low(at + 1)) + value_in(tens, r.low(at + 1)) > 0) ||
        (word == "-" && at > i && value_in(tens, r.low(at - 1)) > 0 &&
         value_in(small, r.low(at + 1)) > 0))
      continue;
    else
      break;
  }
  if (total + current == 0)
    return std::nullopt;
  return count_reading{total + current, at - i};
}

} // namespace ringmaster::rules
