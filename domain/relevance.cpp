#include "domain/relevance.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace ringmaster::knowledge {
namespace {

constexpr double for_the_answer = 30; ///< the user answered exactly this
constexpr double for_an_answer = 4;   ///< something like it, at most
constexpr double for_any_word = 0.2;  ///< that all have; rare ones more
constexpr double for_the_category = 0.5;
constexpr double alike_at_least = 0.4;
constexpr std::size_t ending_most = 3; ///< "haircut" and "haircuts", "park" and "parking"
constexpr std::size_t stem_least = 4;

using words = std::set<std::string, std::less<>>;

/// Letters and digits of any script; letters of the Latin alphabet in lower case.
words words_of(std::string_view text) {
  words found;
  std::string word;
  auto finish = [&] {
    if (!word.empty())
      found.insert(std::move(word));
    word.clear();
  };
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c >= 'A' && c <= 'Z')
      word += static_cast<char>(c - 'A' + 'a');
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || byte >= 0x80)
      word += c;
    else
      finish();
  }
  finish();
  return found;
}

/// True if the word is there, or one that differs in its ending only.
bool has(const words& among, std::string_view word) {
  auto at = among.lower_bound(word);
  if (at != among.end() && *at == word)
    return true;
  if (word.size() < stem_least)
    return false;
  for (; at != among.end() && std::string_view(*at).starts_with(word); ++at)
    if (at->size() - word.size() <= ending_most)
      return true;
  for (std::size_t cut = 1; cut <= ending_most && word.size() - cut >= stem_least; ++cut)
    if (among.contains(word.substr(0, word.size() - cut)))
      return true;
  return false;
}

} // namespace

void order_by_relevance(const reading& question, std::vector<passage>& found) {
  std::vector<words> titles, texts;
  for (const auto& p : found) {
    titles.push_back(words_of(p.title));
    texts.push_back(words_of(p.text));
  }
  std::vector<double> score(found.size(), 0);
  for (const auto& term : question.terms) {
    std::vector<std::pair<std::size_t, double>> hits;
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (has(titles[i], term))
        hits.emplace_back(i, 2.0);
      else if (has(texts[i], term))
        hits.emplace_back(i, 1.0);
    }
    if (hits.empty())
      continue;
    auto rarity = for_any_word +
                  std::log(static_cast<double>(found.size()) / static_cast<double>(hits.size()));
    for (const auto& [i, weight] : hits)
      score[i] += weight * rarity;
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto& p = found[i];
    score[i] += p.rank;
    if (score[i] > 0 && p.about == question.about && p.about != category::other)
      score[i] += for_the_category;
    if (!p.answers.empty()) {
      if (same_question(question.asks, p.answers))
        score[i] += for_the_answer;
      else if (auto alike = likeness(question.asks, p.answers); alike >= alike_at_least)
        score[i] += for_an_answer * alike;
    }
    p.rank = score[i] / (score[i] + 3);
  }
  std::stable_sort(found.begin(), found.end(), [](const passage& a, const passage& b) {
    return a.rank > b.rank;
  });
}

} // namespace ringmaster::knowledge
