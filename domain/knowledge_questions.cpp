// Questions: found in what people say, read into canonical words, compared.

#include <algorithm>
#include <set>

#include "domain/knowledge.hpp"
#include "domain/knowledge_words.hpp"
#include "domain/spoken.hpp"
#include "domain/text.hpp"

namespace ringmaster::knowledge {

namespace {

constexpr std::size_t question_most = 500; ///< characters
constexpr std::size_t terms_most = 60;

/// One line without control characters, valid UTF-8, shortened at a character.
std::string one_line(std::string_view text, std::size_t most) {
  std::string out;
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size() && count < most;) {
    auto lead = static_cast<unsigned char>(text[i]);
    std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    auto glyph = text.substr(i, length);
    if (!count_characters(glyph)) {
      ++i; // no letter: left out
      continue;
    }
    i += glyph.size();
    bool white = glyph == " " || glyph == "\t" || glyph == "\n" || glyph == "\r";
    if (white ? out.empty() || out.back() == ' ' : has_control_character(glyph))
      continue;
    out += white ? std::string_view{" "} : glyph;
    ++count;
  }
  return std::string{trimmed(out)};
}

/// Where the first words that only open a sentence are over: "hi", "okay so", "yes and".
std::size_t behind_opening(const talk::spoken& s, std::size_t i) {
  while (i < s.size() &&
         s.is_one_of(i, {"hi",     "hello",   "hey",       "okay",    "so",   "and",
                         "but",    "well",    "yes",       "no",      "oh",   "sorry",
                         "excuse", "me",      "thanks",    "great",   "also", "alright",
                         "right",  "then",    "now",       "or",      "hm",   "hmm",
                         "good",   "morning", "afternoon", "evening", "sir",  "madam"}))
    ++i;
  return i;
}

/// A question's words in a row at `i`, the beginning of a sentence.
bool begins_question(const talk::spoken& s, std::size_t i) {
  if (s.is_one_of(i, {"what", "when", "where", "who", "why", "how", "which", "whose"})) {
    if (s.is_end(i + 1))
      return s[i + 1] == "?";
    bool exclaims =
        s.is_one_of(i + 1, {"nice", "lovely", "great", "wonderful", "kind", "sad", "awful"}) ||
        (s[i] == "what" && s.is_one_of(i + 1, {"a", "an"}));
    // "When you come, ring the bell": told, not asked.
    bool tells = !s.is_one_of(i, {"how", "which", "whose"}) &&
                 s.is_one_of(i + 1, {"i", "you", "we", "they", "he", "she", "it", "that"});
    return !exclaims && !tells && !s.fits(i, "how ever");
  }
  auto subject = [&](std::size_t at) {
    return s.is_one_of(at, {"you",    "i",       "we",     "they",    "he",   "she",     "it",
                            "there",  "the",     "your",   "my",      "this", "that",    "these",
                            "those",  "someone", "anyone", "anybody", "kids", "dogs",    "children",
                            "people", "our",     "a",      "an",      "any",  "somebody"});
  };
  if (s.is_one_of(
          i, {"can", "could", "may", "should", "shall", "would", "will", "must", "did", "does",
              "has", "am", "was", "were"}))
    return subject(i + 1) || s[i] == "does";
  if (s[i] == "do")
    return subject(i + 1) && !s.fits(i, "do it|that|this|the");
  if (s[i] == "have")
    return s.is_one_of(i + 1, {"you", "we", "they", "i"});
  if (s.is_one_of(i, {"is", "are"}))
    return !s.is_end(i + 1) &&
           !s.is_one_of(i + 1, {"fine", "okay", "good", "great", "correct", "right", "not", "all"});
  return false;
}

bool is_question_read(const talk::spoken& s, std::size_t from, std::size_t to) {
  auto i = behind_opening(s, from);
  if (i < to && begins_question(s, i))
    return true;
  for (; i < to; ++i)
    for (auto pattern :
         {"i was|am wondering", "i wonder", "wondering if|whether|about|how|what|when",
          "can|could|would you tell me", "can|could|may i ask",
          "do you know if|whether|how|what|when|where|who",
          "do you "
          "have|offer|sell|take|accept|do|repair|rent|deliver|open|close|charge|allow|fix|make|"
          "serve",
          "i|we would like|love to know", "i|we want|wanted|need to know|ask|find",
          "let me know if|whether|how|what|when|where",
          "tell me if|whether|how|what|when|where|who|which|about|the",
          "any idea if|whether|how|what|when|where|who", "have you got",
          "is|are there any|a|some|parking", "how much is|are|does|do|for|would", "until|till when",
          "how long does|do|is|will", "what time do|does|is|are", "i have a question about"})
      if (s.fits(i, pattern) && !s.is_one_of(i - 1, {"that", "not"}))
        return true;
  return false;
}

/// Ends in a word that stands for what was said before: "can you repair it?"
bool points_back(const talk::spoken& s) {
  auto last = s.size();
  while (last > 0 && s.is_end(last - 1))
    --last;
  return last > 1 && s.is_one_of(last - 1, {"it", "them", "that", "those", "these", "this", "one"});
}

/// The clauses of a sentence before the one that asks, if they only tell: "my son turns six, how
/// much is ...". What sets a condition stays: "if it rains, are you open?"
std::string_view asking_part(std::string_view sentence) {
  for (auto comma = sentence.rfind(','); comma != std::string_view::npos && comma > 0;
       comma = sentence.rfind(',', comma - 1)) {
    auto rest = trimmed(sentence.substr(comma + 1));
    talk::spoken s{rest};
    auto i = behind_opening(s, 0);
    if (!begins_question(s, i))
      continue;
    if (auto w = read_words(rest);
        w.content.empty() || (w.content.size() == 1 && w.kind != wanted::anything &&
                              w.kind != wanted::hours && w.kind != wanted::place))
      continue; // "a haircut, how much is that?" needs its beginning
    if (points_back(s))
      continue; // as does "my windshield has a crack, can you repair it?"
    talk::spoken before{sentence.substr(0, comma)};
    auto first = behind_opening(before, 0);
    // "I am a student, do I get a discount?" tells what matters; "my son turns six" does not.
    bool tells =
        before.is_one_of(first, {"my", "our"}) || before.fits(first, "this is") ||
        before.fits(first, "i|we bought|saw|read|heard|live|moved|called|was|were|found|came") ||
        first >= before.size();
    bool is_short = before.count() <= 2 && !begins_question(before, first);
    if (tells || is_short)
      return rest;
  }
  return sentence;
}

} // namespace

bool is_question(std::string_view words) {
  words = words.substr(0, 4'000);
  if (words.find('?') != std::string_view::npos)
    return true;
  talk::spoken s{words};
  std::size_t from = 0;
  for (std::size_t i = 0; i <= s.size(); ++i)
    if (i == s.size() || s.is_end(i)) {
      if (i > from && is_question_read(s, from, i))
        return true;
      from = i + 1;
    }
  return false;
}

reading read(std::string_view words) {
  reading out;
  words = words.substr(0, 8'000);
  auto all = sentences_of(words);
  std::string_view meant = words;
  for (const auto& sentence : all)
    if (is_question(sentence)) {
      auto part = asking_part(sentence);
      auto w = read_words(part);
      // "Really?" and "is that so?" ask for nothing.
      if (!w.all.empty() || all.size() == 1)
        meant = part;
    }
  out.text = one_line(meant, question_most);
  auto w = read_words(out.text);
  const std::set<std::string> found_by(w.all.begin(), w.all.end());
  auto compared = read_words(out.text, purpose::comparing);
  std::set<std::string> asks(compared.all.begin(), compared.all.end());
  if (compared.is_denied)
    asks.insert("not");
  if (asks == std::set<std::string>{"not"})
    asks.clear();
  for (const auto& word : asks)
    out.asks += (out.asks.empty() ? "" : " ") + word;
  std::set<std::string> seen;
  auto add = [&](std::string_view term) {
    std::string plain;
    for (char c : term)
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
          (static_cast<unsigned char>(c) & 0x80) != 0)
        plain += c;
    if (!plain.empty() && out.terms.size() < terms_most && seen.insert(plain).second)
      out.terms.push_back(std::move(plain));
  };
  for (const auto& word : w.surface)
    add(word);
  for (const auto& word : found_by) {
    add(word);
    for (const auto& form : forms_of_word(word))
      add(form);
    for (auto general : wider_than(word))
      add(general);
  }
  // "Child seat" is one word here, and two in what is searched.
  constexpr std::size_t telling_least = 4;
  for (const auto& word : found_by)
    for (const auto& s : synonyms())
      if (s.canon == word)
        for (auto left = s.forms; !left.empty();) {
          auto end = std::min(left.find_first_of("| "), left.size());
          if (end >= telling_least)
            add(left.substr(0, end));
          left.remove_prefix(std::min(end + 1, left.size()));
        }
  if (!out.asks.empty())
    out.about = categorise(out.text);
  return out;
}

} // namespace ringmaster::knowledge
