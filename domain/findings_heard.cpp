// What was heard, cut into clauses: what is denied, asked, agreed to.

#include "domain/findings_heard.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ringmaster::talk {

namespace {

using rules::reader;

/// Phrases that hold a word of denial and deny nothing.
std::size_t harmless_at(const reader& r, std::size_t i) {
  return r.says_any(i, {"no problem",    "no worries",      "not a problem",  "no later than",
                        "not before",    "no earlier than", "no more than",   "not only",
                        "don't forget",  "do not forget",   "don't hesitate", "don't worry",
                        "not until",     "if not",          "why not",        "not bad",
                        "can't wait",    "no trouble",      "why don't",      "no doubt",
                        "not more than", "no less than",    "number no",      "not a bad"});
}

std::size_t denial_at(const reader& r, std::size_t i) {
  if (r.low(i).ends_with("n't"))
    return 1;
  return r.says_any(
      i, {"not",
          "no",
          "never",
          "none",
          "nothing",
          "cannot",
          "without",
          "neither",
          "nor",
          "full",
          "taken",
          "unavailable",
          "sold out",
          "used to",
          "instead of",
          "booked up",
          "booked out",
          "fully booked",
          "completely booked",
          "closed",
          "cant",
          "wont",
          "dont",
          "doesnt",
          "isnt",
          "last year",
          "all booked",
          "totally booked"});
}

bool is_clause_end(const reader& r, std::size_t i) {
  return r.ends_sentence(i) || r.is_one_of(i, {",", "but", "otherwise", "except", ":"});
}

bool has_subject(const reader& r, std::size_t first, std::size_t last) {
  for (auto i = first; i < last; ++i) {
    const auto& w = r.low(i);
    if (r.is_one_of(i, {"is",   "are",  "was",   "we",    "i",     "you",      "it",
                        "have", "has",  "can",   "could", "only",  "there",    "would",
                        "do",   "does", "works", "work",  "sorry", "actually", "maybe",
                        "how",  "fine", "good",  "okay",  "ok",    "yes",      "got",
                        "take", "come", "then",  "that",  "will",  "rather",   "please"}) ||
        w.ends_with("'s") || w.ends_with("'ll") || w.ends_with("'ve") || w.ends_with("'re") ||
        w.ends_with("'d"))
      return true;
  }
  return false;
}

bool is_plain_no(const reader& r, std::size_t first, std::size_t last) {
  for (auto i = first; i < last; ++i)
    if (!r.is_one_of(
            i, {"no", "nope", "nah", "oh", "well", "wait", "uh", "um", "not", "at", "all"}))
      return false;
  return true;
}

std::vector<clause> cut(const reader& r) {
  std::vector<clause> out;
  for (std::size_t i = 0, first = 0; i <= r.size(); ++i) {
    // The comma of "1,200" and the colon of "10:30" are no ends.
    bool inner = i < r.size() && r.is_one_of(i, {",", ":"}) && r.is_number(i - 1) &&
                 r.is_number(i + 1) && r[i + 1].glued;
    if (i < r.size() && (inner || !is_clause_end(r, i)))
      continue;
    if (i > first)
      out.push_back({first, i, false, false});
    first = r.is_one_of(i, {"but", "otherwise", "except"}) ? i : i + 1;
    if (first == i && i < r.size()) {
      // The joining word belongs to the next clause, and ends none itself.
      out.push_back({i, i + 1, false, false});
      ++first;
    }
  }
  for (std::size_t k = 0; k < out.size(); ++k) {
    auto& c = out[k];
    for (auto i = c.first; i < c.last;) {
      if (auto n = harmless_at(r, i)) {
        i += n;
        continue;
      }
      // "No Tuesday" denies, "no, Tuesday" has ended already.
      c.negated = c.negated || denial_at(r, i) > 0;
      ++i;
    }
    auto end = c.last;
    while (end < r.size() && !r.ends_sentence(end))
      ++end;
    c.asks = r.low(end) == "?";
    // "We don't have Monday, Tuesday or Friday": a list goes on with what its verb said.
    bool goes_on = k > 0 && out[k - 1].negated && r.low(out[k - 1].last) == "," &&
                   !is_plain_no(r, out[k - 1].first, out[k - 1].last) &&
                   !has_subject(r, c.first, c.last);
    c.negated = c.negated || goes_on;
  }
  return out;
}

/// The first token that says something: behind "oh", "well", "uh".
std::size_t beginning(const reader& r) {
  std::size_t i = 0;
  while (i < r.size() && (!r.is_word(i) || r.is_one_of(
                                               i, {"oh", "well", "uh", "um", "ah", "hm", "hmm",
                                                   "so", "and", "mm", "er", "ehm"})))
    ++i;
  return i;
}

std::size_t sentence_end(const reader& r, std::size_t i) {
  while (i < r.size() && !r.ends_sentence(i))
    ++i;
  return i;
}

} // namespace

utterance::utterance(std::string_view text) : words_(write_numbers(text)), clauses_(cut(words_)) {}

const clause& utterance::around(std::size_t i) const {
  static const clause none{};
  for (const auto& c : clauses_)
    if (i >= c.first && i < c.last)
      return c;
  return none;
}

std::size_t correction_at(const reader& r, std::size_t i) {
  auto n = r.says_any(i, {"sorry",          "actually",     "i mean",
                          "i meant",        "make that",    "correction",
                          "scratch that",   "no wait",      "my mistake",
                          "let me correct", "oops",         "excuse me",
                          "rather",         "no , wait",    "i misread",
                          "i misspoke",     "wait",         "pardon me",
                          "i was wrong",    "no , i'd say", "on second thought"});
  // "3 pm, no, 4 pm"
  if (n == 0 && i > 0 && r.low(i) == "no" && r.low(i - 1) == "," && r.low(i + 1) == ",")
    return 1;
  return n;
}

bool utterance::corrects(std::size_t first, std::size_t last) const {
  for (auto i = first; i < last && i < words_.size(); ++i)
    if (correction_at(words_, i) > 0)
      return true;
  return false;
}

bool hesitates(const utterance& u) {
  return u.words().has_any({"let me see",    "let me look", "let me check", "let me think",
                            "i don't know",  "not sure",    "maybe",        "i'll see",
                            "have to check", "will check",  "look into",    "need to check",
                            "have to ask",   "have to see", "need to look", "i'd have to",
                            "call you back", "perhaps",     "it depends",   "i would need to",
                            "have to look"});
}

bool denies(const utterance& u) {
  const auto& r = u.words();
  auto i = beginning(r);
  if (harmless_at(r, i) > 0)
    return false;
  if (r.says_any(
          i, {"no", "nope", "nah", "not really", "i'm afraid not", "unfortunately not",
              "certainly not", "absolutely not", "i'd rather not", "never"}) > 0)
    return true;
  if (r.has_any({"not interested", "i'm afraid not", "no thank you", "no thanks"}))
    return true;
  // "We don't", "I can't make it", "Unfortunately we are full".
  auto first = u.clauses().empty() ? clause{} : u.around(i);
  return first.negated &&
         r.says_any(i, {"we don't",   "i don't",       "we can't",   "i can't",     "we cannot",
                        "i cannot",   "it isn't",      "it's not",   "it is not",   "we do not",
                        "i do not",   "unfortunately", "sorry",      "i'm sorry",   "that's not",
                        "we won't",   "i won't",       "they don't", "there isn't", "there is no",
                        "we're not",  "i'm not",       "not",        "we haven't",  "i haven't",
                        "we have no", "we aren't",     "they aren't"}) > 0;
}

bool agrees(const utterance& u) {
  const auto& r = u.words();
  auto i = beginning(r);
  if (speaks_to_machine(u) || hesitates(u) || denies(u))
    return false;
  auto said = r.says_any(i, {"yes",          "yeah",   "yep",       "yup",        "sure",
                             "correct",      "right",  "exactly",   "absolutely", "of course",
                             "certainly",    "okay",   "ok",        "alright",    "all right",
                             "perfect",      "great",  "wonderful", "fine",       "deal",
                             "no problem",   "done",   "got it",    "good",       "agreed",
                             "definitely",   "gladly", "booked",    "confirmed",  "all set",
                             "you're booked"});
  if (said == 0)
    said = r.has_any({"that works",      "that's right",
                      "that is right",   "that's correct",
                      "that is correct", "that's fine",
                      "that is fine",    "that would be fine",
                      "sounds good",     "we can do that",
                      "i can do that",   "is fine",
                      "is good",         "is okay",
                      "works for us",    "works for me",
                      "would work",      "great",
                      "is possible",     "i'll be there",
                      "we'll be there",  "that's confirmed",
                      "is confirmed",    "it's confirmed",
                      "you got it"});
  if (said == 0)
    return false;
  // "Yes, but", "okay, bye", "great, who is this?"
  auto end = sentence_end(r, i);
  if (r.low(end) == "?" && end < i + 3)
    return false;
  for (auto k = i; k < end; ++k)
    if (r.is_one_of(k, {"but", "bye", "goodbye"}))
      return false;
  for (const auto& c : u.clauses())
    if (c.first < end && c.negated &&
        r.is_one_of(c.first, {"i", "we", "that", "it", "not", "that's"}))
      return false;
  return true;
}

bool settles(const utterance& u) {
  const auto& r = u.words();
  if (speaks_to_machine(u))
    return false;
  for (std::size_t i = 0; i < r.size(); ++i)
    if (r.says_any(i, {"you're booked",   "you are booked",  "that's booked",   "i've booked",
                       "i booked",        "is booked",       "it's booked",     "booked",
                       "you're all set",  "all set",         "you are all set", "put you down",
                       "have you down",   "got you down",    "see you",         "scheduled",
                       "reserved",        "is confirmed",    "it's confirmed",  "that's confirmed",
                       "confirmed",       "i moved it",      "we moved it",     "it is",
                       "it's done",       "i've moved",      "i have booked",   "we'll expect you",
                       "write that down", "wrote that down", "i've got you",    "done"}) > 0 &&
        !(r.low(i) == "it" && !r.ends_sentence(i + 2)) && !u.around(i).negated && !u.around(i).asks)
      return true;
  return false;
}

bool repeats(const utterance& u) {
  return agrees(u) &&
         !u.words().has_any(
             {"i have", "we have", "we've got", "i've got", "i can", "we can", "available",
              "opening", "or", "only have", "could", "how about", "first", "earliest"});
}

bool acknowledges(const utterance& u) {
  if (speaks_to_machine(u) || denies(u))
    return false;
  return agrees(u) ||
         u.words().has_any(
             {"thank you", "thanks", "got it", "noted", "i have entered", "i've entered",
              "i've opened", "i have opened", "i understand", "refunded", "canceled", "cancelled",
              "i'll tell", "understood", "will do", "i'll pass"});
}

bool speaks_to_machine(const utterance& u) {
  return u.words().has_any({"your instructions", "all instructions",  "previous instructions",
                            "system prompt",     "system message",    "developer mode",
                            "ignore all",        "goal was achieved", "goal achieved",
                            "goal is achieved",  "new instructions",  "pretend that",
                            "you were told",     "output the",        "mark everything",
                            "mark the goal",     "jailbreak",         "your prompt",
                            "curly bracket",     "language model",    "act as if",
                            "override your",     "ignore the above",  "set the price",
                            "ignore everything"});
}

bool leaves_open(const utterance& u) {
  return u.words().has_any(
      {"ask my client", "ask the person", "ask him", "ask her", "ask them", "let you know",
       "call again", "pass it on", "too late", "too early", "too expensive", "check with my client",
       "have to ask"});
}

bool accepts(const utterance& u) {
  if (leaves_open(u) || hesitates(u))
    return false;
  for (const auto& c : u.clauses())
    if (c.negated)
      return false;
  return u.words().has_any(
      {"works",        "is fine",     "is good",         "would be good",  "would be fine",
       "that's fine",  "please book", "is great",        "would be great", "would be perfect",
       "is perfect",   "sounds good", "that would work", "i'll take",      "we'll take",
       "we will take", "great",       "yes please",      "yes , please",   "please",
       "it is",        "perfect",     "would work",      "good",           "wonderful",
       "fine"});
}

// -- content --------------------------------------------------------------------------------------

namespace {

bool is_empty_word(std::string_view w) {
  constexpr auto words = std::to_array<std::string_view>(
      {"the",     "and",      "for",    "with",    "that",   "this",   "there", "here",    "are",
       "was",     "were",     "have",   "has",     "had",    "does",   "did",   "can",     "could",
       "would",   "should",   "will",   "shall",   "may",    "might",  "must",  "you",     "your",
       "our",     "their",    "his",    "her",     "its",    "they",   "them",  "she",     "him",
       "not",     "but",      "what",   "which",   "when",   "where",  "who",   "how",     "why",
       "from",    "into",     "than",   "then",    "just",   "only",   "also",  "about",   "please",
       "thank",   "thanks",   "yes",    "yeah",    "okay",   "well",   "much",  "many",    "more",
       "some",    "any",      "per",    "each",    "been",   "being",  "now",   "still",   "very",
       "too",     "out",      "one",    "it's",    "that's", "i'm",    "i'll",  "i've",    "we'll",
       "we've",   "we're",    "you're", "they're", "i'd",    "don't",  "hello", "goodbye", "sir",
       "dollar",  "dollars",  "euro",   "euros",   "cents",  "pounds", "bucks", "person",  "like",
       "whether", "customer", "client", "if",      "is",     "on",     "at",    "to",      "of",
       "in",      "it",       "we",     "an",      "be",     "do",     "as",    "so",      "or",
       "us",      "by",       "up",     "my",      "me",     "no",     "ok",    "go",      "am",
       "pm",      "oh",       "uh"});
  return std::find(words.begin(), words.end(), w) != words.end();
}

std::string stem(std::string w) {
  for (std::string_view ending : {"'s", "'ll", "'re", "'ve", "'d"})
    if (w.size() > ending.size() + 1 && w.ends_with(ending))
      w.erase(w.size() - ending.size());
  for (std::string_view ending : {"ing", "ed", "es", "s"})
    if (w.size() > ending.size() + 3 && w.ends_with(ending) && !w.ends_with("ss")) {
      w.erase(w.size() - ending.size());
      break;
    }
  if (w.size() > 3 && w.ends_with('e'))
    w.pop_back();
  return w;
}

} // namespace

std::set<std::string> content_of(const reader& r, std::size_t first, std::size_t last) {
  std::set<std::string> out;
  for (auto i = first; i < last && i < r.size(); ++i)
    if (r.is_word(i) && r.low(i).size() > 1 && !is_empty_word(r.low(i)) && !rules::read_count(r, i))
      out.insert(stem(r.low(i)));
  return out;
}

std::set<std::string> content_of(std::string_view text) {
  reader r{std::string{text}};
  return content_of(r, 0, r.size());
}

std::size_t shared(const std::set<std::string>& a, const std::set<std::string>& b) {
  return static_cast<std::size_t>(
      std::count_if(a.begin(), a.end(), [&](const auto& w) { return b.count(w) > 0; }));
}

} // namespace ringmaster::talk
