// What questions are about: words and what they speak for. A question belongs to the category whose
// words weigh most; between two, to the one that stands first in knowledge.hpp.

#include <array>
#include <map>
#include <string>

#include "domain/knowledge.hpp"
#include "domain/knowledge_words.hpp"
#include "domain/spoken.hpp"

namespace ringmaster::knowledge {

namespace {

constexpr std::uint8_t of(category c) { return static_cast<std::uint8_t>(c); }

constexpr auto table = std::to_array<keyword>({
    {"hours|lunchbreak",                                                                      of(category::hours),    3},
    {"holiday|christmas|newyear|easter|thanksgiving|independence day|labor day|memorial day",
     of(category::hours),                                                                                             3},
    {"monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend|tonight",
     of(category::hours),                                                                                             1},
    {"address|far|transit|where|directions|near|map|entrance|floor|neighborhood|airport",
     of(category::location),                                                                                          3},
    {"park|wheelchair|garage|elevator|toilet",                                                of(category::location), 2},
    {"cost|discount|free|price list|quote|estimate|afford",                                   of(category::prices),   4},
    {"pay|card|contactless|cash|cheque|installment|invoice|crypto|paypal|amex|american "
     "express|bank transfer|wire|visa|mastercard|tip|"
     "gift|currency|tax|vat",                                                            of(category::payment),  4},
    {"deposit",                                                                               of(category::payment),  3},
    {"book|walkin|reschedule|waiting list|availability|fully booked|notice|table",
     of(category::booking),                                                                                           3},
    {"cancel|refund|return|warranty|insurance|late|allow|policy|rule|privacy|mask|smoke|age|lost|"
     "complain|trade|liability|no show|license|passport|damage",                         of(category::policies), 4},
    {"dog|cat|pet|rain|allergy",                                                              of(category::policies), 2},
    {"phone|email|website|contact|facebook|instagram|social "
     "media|whatsapp|newsletter|reach|fax|call back|call me back",                       of(category::contact),  4},
    {"owner|staff|hiring|who|mechanic|language|stylist|doctor|chef|founder|manager|trained|"
     "certified|qualified",                                                              of(category::people),   4},
    {"repair|replace|clean|rent|buy|deliver|pickup|storage|lesson|tour|testride|tune|flat|haircut|"
     "colour|"
     "wifi|coffee|food|drink|vegan|gluten|recharge|brake|bike|ebike|cargobike|helmet|kidseat|"
     "trailer|"
     "lock|used|massage|kit|tandem|mountainbike|roadbike|engrave|paint|build|make|custom|duration|"
     "sauna|pool|"
     "size|tire|chain|wheel|gear|vegetarian|catering|wedding|print|install|design",      of(category::services), 2},
    {"do you offer|do you provide|do you do|do you have|have you got|is there|are there|can "
     "you|could you",                                                                    of(category::services), 1},
});

} // namespace

std::span<const keyword> keywords() { return table; }

category categorise(std::string_view question) {
  struct entry {
    std::uint8_t about, weight;
  };
  struct phrase {
    std::string_view words;
    entry what;
  };
  // Single words are compared as stems, against what synonyms make of the question; the other
  // phrases as they are said.
  static const auto lists = [] {
    std::pair<std::multimap<std::string, entry>, std::vector<phrase>> out;
    for (const auto& k : table)
      for (auto left = k.words; !left.empty();) {
        auto bar = std::min(left.find('|'), left.size());
        auto one = left.substr(0, bar);
        left.remove_prefix(std::min(bar + 1, left.size()));
        if (one.find(' ') == std::string_view::npos) {
          out.first.emplace(std::string{one}, entry{k.about, k.weight});
          if (auto stem = stem_of(one); stem != one)
            out.first.emplace(std::move(stem), entry{k.about, k.weight});
        } else {
          out.second.push_back({
              one, {k.about, k.weight}
          });
        }
      }
    return out;
  }();
  // The strongest word decides; more of them decide between equals.
  std::array<int, static_cast<std::size_t>(category::other) + 1> votes{}, strongest{};
  auto vote = [&](const entry& e) {
    votes[e.about] += e.weight;
    strongest[e.about] = std::max<int>(strongest[e.about], e.weight);
  };
  auto words = read_words(question);
  std::set<std::string> seen(words.all.begin(), words.all.end());
  for (const auto& word : words.surface)
    seen.insert(stem_of(word));
  if (words.names_weekend)
    seen.insert("weekend");
  for (const auto& word : seen) {
    auto [from, to] = lists.first.equal_range(word);
    for (auto e = from; e != to; ++e)
      vote(e->second);
  }
  talk::spoken said{question};
  for (const auto& p : lists.second)
    if (said.has({p.words}))
      vote(p.what);
  std::size_t best = static_cast<std::size_t>(category::other);
  int most = 0;
  for (std::size_t c = 0; c < votes.size(); ++c)
    if (auto sum = 10 * strongest[c] + std::min(votes[c], 9); votes[c] > 0 && sum > most) {
      most = sum;
      best = c;
    }
  return static_cast<category>(best);
}

} // namespace ringmaster::knowledge
