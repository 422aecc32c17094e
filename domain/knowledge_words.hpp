#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Words of questions and of answers, made comparable. Only the sources of `knowledge` and their
// tests include this.

namespace ringmaster::knowledge {

/// A word and what says the same: words and phrases, parted by "|".
struct synonym {
  std::string_view canon;
  std::string_view forms;
};
/// A form that begins with "=" is that very word, not its stem.
std::span<const synonym> synonyms();
/// What says the same from one question to another, besides: the more they merge, the less they are
/// fit to find answers by.
std::span<const synonym> phrasings();
/// What is a kind of something: what holds for pets holds for dogs.
std::span<const synonym> kinds();

/// A word of a category: canonical, a stem or a phrase as people say it.
struct keyword {
  std::string_view words; ///< parted by "|"
  std::uint8_t about;     ///< a category, as a number
  std::uint8_t weight;
};
std::span<const keyword> keywords();

/// A lower-case word without the ending that its number or time gave it; the same for all forms of
/// most words, and often no word itself.
std::string stem_of(std::string_view word);

/// What a question wants to be told.
enum class wanted : std::uint8_t {
  anything,
  price,
  hours,
  moment,
  duration,
  place,
  phone,
  email,
  website,
  person,
  count,
};

/// A text in canonical words.
struct words_read {
  std::vector<std::string> all;           ///< in order: content, light ones, days and numbers
  std::set<std::string> content;          ///< what it is about
  std::set<std::string> light;            ///< what turns it a little: "where", "buy"
  std::set<std::string> days;             ///< "monday" to "sunday", spans and "daily" written out
  std::set<std::string> numbers;          ///< in digits
  std::set<std::string> numbers_in_words; ///< those of them that were said so: "twelve"
  std::vector<std::string> surface;       ///< the words of `content` as they were said
  bool names_weekend = false;
  bool is_denied = false;
  wanted kind = wanted::anything;
  bool has(const std::string& word) const {
    return content.count(word) > 0 || light.count(word) > 0;
  }
};
/// What the words are read for: a question may be like another one in more ways than those in which
/// a sentence answers it.
enum class purpose : std::uint8_t { answering, comparing };
words_read read_words(std::string_view text, purpose what_for = purpose::answering);

/// What the word is a kind of, too: "dog" is "pet".
std::vector<std::string_view> wider_than(std::string_view canon);
/// The single words that mean the same.
std::vector<std::string> forms_of_word(std::string_view canon);

/// The sentences of a text, trimmed, none empty. "Dr. Smith", "3.50" and "a.m." hold together.
std::vector<std::string_view> sentences_of(std::string_view text);

// Each tells whether a text has a value of the kind.
bool has_money(std::string_view text);
bool has_clock(std::string_view text);
bool has_duration(std::string_view text);
bool has_value(std::string_view text, wanted kind);

/// "mon", "mondays": a day as people write it.
bool is_day_named(std::string_view word);
/// "two" to "ninety", "hundred".
std::optional<int> number_named(std::string_view word);
/// "Mon-Fri" and "9-5" with a "to" for the dash.
std::string with_spans(std::string_view text);
bool is_day(std::string_view canon);
bool is_number(std::string_view canon);
/// How much it says that a sentence has a word of the question, 0..1.
double weight_of(std::string_view canon);

} // namespace ringmaster::knowledge
