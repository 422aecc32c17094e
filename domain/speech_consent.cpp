// Whether a sentence agrees to what is on the table.

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "domain/speech.hpp"
#include "domain/speech_letters.hpp"
#include "domain/speech_parts.hpp"
#include "domain/speech_phrases.hpp"

namespace ringmaster::talk {

namespace {

using clause = std::vector<std::string>;

bool says(const clause& c, std::size_t i, std::string_view phrase) {
  while (!phrase.empty()) {
    auto space = std::min(phrase.find(' '), phrase.size());
    if (i >= c.size() || c[i] != phrase.substr(0, space))
      return false;
    ++i;
    phrase.remove_prefix(std::min(space + 1, phrase.size()));
  }
  return true;
}

bool has(const clause& c, const phrases& all) {
  for (std::size_t i = 0; i < c.size(); ++i)
    for (auto phrase : all)
      if (says(c, i, phrase))
        return true;
  return false;
}

void remove(clause& c, const phrases& all) {
  for (std::size_t i = 0; i < c.size(); ++i)
    for (auto phrase : all)
      if (says(c, i, phrase)) {
        auto count = static_cast<std::ptrdiff_t>(std::count(phrase.begin(), phrase.end(), ' ') + 1);
        auto at = c.begin() + static_cast<std::ptrdiff_t>(i);
        c.erase(at, at + count);
        --i;
        break;
      }
}

std::vector<clause> clauses_of(std::string_view sentence) {
  std::vector<clause> out(1);
  std::size_t begin = 0;
  auto close = [&](std::size_t end) {
    for (auto& word : spoken_words(sentence.substr(begin, end - begin))) {
      if (word == "but" || word == "and" || word == "so" || word == "because" || word == "yet" ||
          word == "although" || word == "though")
        out.emplace_back();
      if (word != "but" && word != "and" && word != "so")
        out.back().push_back(std::move(word));
    }
    out.emplace_back();
  };
  for (std::size_t i = 0; i < sentence.size(); ++i) {
    char c = sentence[i];
    bool in_number = c == ',' && i > 0 && i + 1 < sentence.size() && sentence[i - 1] >= '0' &&
                     sentence[i - 1] <= '9' && sentence[i + 1] >= '0' && sentence[i + 1] <= '9';
    bool is_dash = c == '-' && i > 0 && sentence[i - 1] == ' ';
    bool is_long_dash = sentence.substr(i, 3) == "—" || sentence.substr(i, 3) == "–";
    bool in_point = c == '.' && i + 1 < sentence.size() && sentence[i + 1] != ' ';
    if ((!in_number && !in_point &&
         std::string_view{",;:()!.?\n"}.find(c) != std::string_view::npos) ||
        is_dash || is_long_dash) {
      close(i);
      begin = i + (is_long_dash ? 3 : 1);
      i = begin - 1;
    }
  }
  close(sentence.size());
  std::erase_if(out, [](const clause& c) { return c.empty(); });
  return out;
}

/// "Could you book it": a request, however politely it asks.
bool requests(const clause& c) {
  auto you = std::find(c.begin(), c.end(), "you");
  bool asks = you != c.end() && you - c.begin() <= 2 && you != c.begin() &&
              std::set<std::string_view>{"can", "could", "would", "will"}.count(*(you - 1)) > 0;
  clause rest(asks ? you + 1 : c.end(), c.end());
  static const std::set<std::string_view> orders{
      "book",    "reserve", "schedule", "confirm", "put",   "sign",    "go",
      "arrange", "lock",    "place",    "charge",  "order", "proceed", "finalize"};
  while (!rest.empty() &&
         (rest.front() == "please" || rest.front() == "just" || rest.front() == "kindly"))
    rest.erase(rest.begin());
  return !rest.empty() && orders.count(rest.front()) > 0 && has(rest, agreements()) &&
         !has(rest, {"cheaper", "less", "lower", "instead"});
}

bool agrees_by_phrase(const clause& c) {
  std::size_t negated = 0;
  for (std::size_t i = 0; i < c.size(); ++i) {
    if (negations().count(c[i]) > 0)
      ++negated;
    if (negated % 2 == 0)
      for (auto phrase : agreements())
        if (says(c, i, phrase))
          return true;
  }
  return false;
}

bool is_bare(const clause& c) {
  return std::all_of(c.begin(), c.end(), [](const auto& w) {
    return is_filling(w) || firm_assents().count(w) > 0 || weak_assents().count(w) > 0 ||
           w == "thank" || w == "thanks";
  });
}

} // namespace

bool is_commitment(std::string_view sentence) {
  auto all = clauses_of(sentence);
  auto last = sentence.find_last_not_of(" \t\r\n\"'");
  bool asks = last != std::string_view::npos && sentence[last] == '?';
  for (auto& c : all) {
    if (has(c, yes_by_no()))
      return !(asks && &c == &all.back());
    remove(c, empty_conditions());
  }
  std::erase_if(all, [](const clause& c) { return c.empty(); });
  bool is_conditional = std::any_of(all.begin(), all.end(), [](const clause& c) {
    return has(c, conditions()) && !has(c, {"let me know if", "ask if", "wondering if"});
  });
  if (is_conditional)
    return false;
  std::size_t firm = 0, weak = 0, thanks = 0;
  bool only_bare = true;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& c = all[i];
    bool is_question = asks && i + 1 == all.size();
    if (is_question ? requests(c)
                    : agrees_by_phrase(c) && !has(c, deferrals()) && !has(c, excesses()))
      return true;
    only_bare = only_bare && !is_question && is_bare(c);
    for (const auto& w : c) {
      firm += firm_assents().count(w);
      weak += weak_assents().count(w);
      thanks += w == "thank" || w == "thanks" ? 1 : 0;
    }
  }
  // "Great, thank you" takes note; "Great." after a price takes it.
  return only_bare && (firm > 0 || (weak > 0 && thanks == 0));
}

bool is_offer(std::string_view sentence) {
  auto words = spoken_words(sentence);
  return has(words, {"offer", "could", "would", "can do", "can pay", "up to", "most i can",
                     "best i can", "can accept", "can agree to"}) &&
         !has(words, {"deal", "agreed", "yes", "sure", "book", "ahead", "confirm", "proceed"});
}

bool agrees(std::string_view text) {
  auto words = spoken_words(text);
  for (const auto& w : words)
    if (negations().count(w) > 0 && w != "no" && w != "sorry")
      return false;
  if (words.empty() || words.front() == "no" || has(words, conditions()))
    return false;
  return is_commitment(text) || firm_assents().count(words.front()) > 0 ||
         weak_assents().count(words.front()) > 0 ||
         has(words,
             {"that is right", "thats right", "that is correct", "thats correct", "i can do"});
}

bool is_backchannel(std::string_view text) {
  auto words = spoken_words(text);
  static const std::set<std::string_view> small{
      "uh",   "huh", "mm",  "mhm",   "hmm",   "hm",   "mmm",   "ok",   "okay",    "right",
      "yeah", "yes", "yep", "aha",   "ah",    "oh",   "um",    "sure", "alright", "i",
      "see",  "got", "it",  "mmhmm", "uhhuh", "good", "great", "fine", "er",      "eh"};
  constexpr std::size_t most = 3;
  return !words.empty() && words.size() <= most && text.find('?') == std::string_view::npos &&
         std::all_of(words.begin(), words.end(), [](const auto& w) { return small.count(w) > 0; });
}

bool is_greeting(std::string_view text) {
  auto words = spoken_words(text);
  static const std::set<std::string_view> small{
      "hello",     "hi",      "hey",   "yes",  "speaking", "yeah", "good", "morning",
      "afternoon", "evening", "there", "whos", "this",     "who",  "is",   "it"};
  constexpr std::size_t most = 4;
  return !words.empty() && words.size() <= most &&
         std::all_of(words.begin(), words.end(), [](const auto& w) { return small.count(w) > 0; });
}

} // namespace ringmaster::talk
