// Stems, forms that no ending tells, and the synonyms as they are found in a text.

#include "domain/knowledge_lexicon.hpp"

#include <algorithm>
#include <set>

namespace ringmaster::knowledge {

namespace {

bool is_vowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Words over which a phrase reaches: "pick [us] up", "get [my] money back".
bool is_passed_over(std::string_view word) {
  static const std::set<std::string_view> all{
      "a",    "an",   "the",   "i",   "you", "we",   "me",   "us",   "my",      "our",     "your",
      "it",   "them", "their", "his", "her", "some", "any",  "this", "that",    "these",   "those",
      "they", "he",   "she",   "is",  "are", "be",   "just", "also", "someone", "somebody"};
  return all.count(word) > 0;
}

} // namespace

std::string stem_of(std::string_view word) {
  std::string w{word};
  if (w.size() <= 3 || is_digit(w.front()))
    return w;
  auto cut = [&](std::string_view ending, std::size_t least) {
    if (w.size() < ending.size() + least || !w.ends_with(ending))
      return false;
    w.resize(w.size() - ending.size());
    return true;
  };
  auto has_vowel = [&](std::size_t size) {
    return std::any_of(w.begin(), w.begin() + static_cast<std::ptrdiff_t>(size), [](char c) {
      return is_vowel(c) || c == 'y';
    });
  };
  if (cut("ies", 2))
    w += 'y';
  else if (!w.ends_with("ss") && !w.ends_with("us") && !w.ends_with("is"))
    if (!(w.ends_with("sses") || w.ends_with("xes") || w.ends_with("ches") ||
          w.ends_with("shes")) ||
        !cut("es", 2))
      (void)cut("s", 3);
  if (w.ends_with("ing") && w.size() > 5 && has_vowel(w.size() - 3))
    w.resize(w.size() - 3);
  else if (w.ends_with("ied") && w.size() > 4)
    w.replace(w.size() - 3, 3, "y");
  else if (w.ends_with("ed") && w.size() > 4 && has_vowel(w.size() - 2))
    w.resize(w.size() - 2);
  if (w.size() > 3 && w.back() == 'e')
    w.pop_back();
  if (w.size() > 3 && w.back() == w[w.size() - 2] && !is_vowel(w.back()))
    w.pop_back();
  return w;
}

std::string_view regular(std::string_view word) {
  // clang-format off
  static const std::map<std::string_view, std::string_view> all{
      {"teeth", "tooth"}, {"feet", "foot"}, {"mice", "mouse"}, {"geese", "goose"},
      {"knives", "knife"}, {"wives", "wife"}, {"lives", "life"}, {"shelves", "shelf"},
      {"loaves", "loaf"}, {"scarves", "scarf"}, {"halves", "half"}, {"took", "take"},
      {"taken", "take"}, {"given", "give"}, {"gave", "give"}, {"brought", "bring"},
      {"bought", "buy"}, {"sold", "sell"}, {"paid", "pay"}, {"made", "make"}, {"kept", "keep"},
      {"sent", "send"}, {"spent", "spend"}, {"built", "build"}, {"held", "hold"},
      {"taught", "teach"}, {"wore", "wear"}, {"worn", "wear"}, {"tore", "tear"},
      {"torn", "tear"}, {"broke", "break"}, {"broken", "break"}, {"spoke", "speak"},
      {"chose", "choose"}, {"chosen", "choose"}, {"drove", "drive"}, {"driven", "drive"},
      {"rode", "ride"}, {"ridden", "ride"}, {"wrote", "write"}, {"written", "write"},
      {"ate", "eat"}, {"eaten", "eat"}, {"drank", "drink"}, {"drunk", "drink"}, {"flew", "fly"},
      {"flown", "fly"}, {"grew", "grow"}, {"grown", "grow"}, {"threw", "throw"},
      {"thrown", "throw"}, {"began", "begin"}, {"begun", "begin"}, {"swam", "swim"},
      {"ran", "run"}, {"sat", "sit"}, {"stood", "stand"}, {"slept", "sleep"}, {"met", "meet"},
      {"fed", "feed"}, {"hung", "hang"}, {"stuck", "stick"}, {"won", "win"}, {"stole", "steal"},
      {"stolen", "steal"}, {"froze", "freeze"}, {"frozen", "freeze"}, {"fell", "fall"},
      {"fallen", "fall"}, {"came", "come"}, {"went", "go"}, {"gone", "go"}, {"goes", "go"},
      {"dying", "die"}, {"died", "die"}, {"dies", "die"}, {"tied", "tie"}, {"caught", "catch"},
      {"lent", "lend"}, {"shown", "show"}, {"hid", "hide"}, {"hidden", "hide"},
      {"burnt", "burn"}, {"learnt", "learn"}, {"sewn", "sew"}, {"sewed", "sew"}, {"dug", "dig"},
      {"lit", "light"}, {"rang", "ring"}, {"rung", "ring"}, {"analyses", "analysis"},
      {"crises", "crisis"}, {"countries", "country"},
  };
  // clang-format on
  auto found = all.find(word);
  return found == all.end() ? word : found->second;
}

std::string lexicon::form_of(std::string_view word) const {
  return stem_of(what_for == purpose::comparing ? regular(word) : word);
}

void lexicon::add(std::string_view form, std::string_view canon) {
  phrase p{{}, {}, std::string{canon}, form.starts_with('=')};
  for (form.remove_prefix(p.is_exact ? 1 : 0); !form.empty();) {
    auto space = std::min(form.find(' '), form.size());
    p.words.emplace_back(form.substr(0, space));
    p.stems.push_back(form_of(p.words.back()));
    form.remove_prefix(std::min(space + 1, form.size()));
  }
  if (!p.stems.empty()) {
    auto first = p.stems.front();
    by_first[first].push_back(std::move(p));
  }
}

void lexicon::add(std::span<const synonym> all) {
  for (const auto& s : all) {
    // Where the first form is exact, the word by which it is known is no form.
    if (!s.canon.empty() && !s.forms.starts_with('='))
      add(s.canon, s.canon);
    for (auto left = s.forms; !left.empty();) {
      auto bar = std::min(left.find('|'), left.size());
      add(left.substr(0, bar), s.canon);
      left.remove_prefix(std::min(bar + 1, left.size()));
    }
  }
}

lexicon::lexicon(purpose p) : what_for(p) {
  if (what_for == purpose::comparing)
    add(phrasings()); // of phrases of one length the first counts
  add(synonyms());
  for (auto& [first, all] : by_first)
    std::stable_sort(all.begin(), all.end(), [](const phrase& a, const phrase& b) {
      return a.stems.size() > b.stems.size();
    });
}

std::size_t lexicon::fits(
    const phrase& p, const std::vector<std::string>& words, const std::vector<std::string>& stems,
    std::size_t at) const {
  auto i = at;
  for (std::size_t k = 0; k < p.stems.size();) {
    if (i < stems.size() && (p.is_exact ? words[i] == p.words[k] : stems[i] == p.stems[k]))
      ++i, ++k;
    else if (what_for == purpose::answering || k == 0)
      return 0;
    else if (i < stems.size() && is_passed_over(words[i]))
      ++i;
    else
      return 0;
  }
  return i - at;
}

lexicon::match lexicon::longest(
    const std::vector<std::string>& words, const std::vector<std::string>& stems,
    std::size_t at) const {
  auto found = by_first.find(stems[at]);
  if (found == by_first.end())
    return {};
  for (const auto& p : found->second)
    if (auto length = fits(p, words, stems, at); length > 0)
      return {&p, length};
  return {};
}

const lexicon& words_known(purpose what_for) {
  static const lexicon answering{purpose::answering}, comparing{purpose::comparing};
  return what_for == purpose::comparing ? comparing : answering;
}

std::vector<std::string_view> wider_than(std::string_view canon) {
  std::vector<std::string_view> out;
  for (const auto& k : kinds())
    for (auto left = k.forms; !left.empty();) {
      auto bar = std::min(left.find('|'), left.size());
      if (auto one = left.substr(0, bar); one == canon || stem_of(one) == canon)
        out.push_back(k.canon);
      left.remove_prefix(std::min(bar + 1, left.size()));
    }
  return out;
}

std::vector<std::string> forms_of_word(std::string_view canon) {
  std::vector<std::string> out;
  for (const auto& s : synonyms())
    if (s.canon == canon)
      for (auto left = s.forms; !left.empty();) {
        auto bar = std::min(left.find('|'), left.size());
        if (auto one = left.substr(0, bar); one.find(' ') == std::string_view::npos)
          out.emplace_back(one);
        left.remove_prefix(std::min(bar + 1, left.size()));
      }
  return out;
}

} // namespace ringmaster::knowledge
