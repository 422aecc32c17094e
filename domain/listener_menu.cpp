#include "domain/listener_menu.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <string_view>

#include "domain/listener.hpp"

namespace ringmaster::talk {

namespace {

/// The words that lead to a key: "press", "dial the number", "say or press". 0: none.
std::size_t lead_at(const spoken& s, std::size_t i) {
  std::size_t best = 0;
  for (auto pattern :
       {"press|dial|push|hit|enter|select|choose the? number|key|digit|option?", "press or say",
        "say or press", "press|dial|push|hit|enter|select|choose the? number|key?", "option",
        "by? pressing|dialing the? number|key?"})
    best = std::max(best, s.fits(i, pattern));
  return best;
}

} // namespace

std::optional<char> key_at(const spoken& s, std::size_t i) {
  auto word = s[i];
  if (word.size() == 1 && word[0] >= '0' && word[0] <= '9')
    return word[0];
  constexpr std::string_view names[]{"zero", "one", "two",   "three", "four",
                                     "five", "six", "seven", "eight", "nine"};
  for (std::size_t n = 0; n < std::size(names); ++n)
    if (word == names[n])
      return static_cast<char>('0' + n);
  if (word == "star" || word == "asterisk")
    return '*';
  if (word == "pound" || word == "hash")
    return '#';
  return std::nullopt;
}

std::vector<key_mention> keys_in(const spoken& s) {
  std::vector<key_mention> out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (auto lead = lead_at(s, i)) {
      if (auto key = key_at(s, i + lead)) {
        out.push_back({i, i + lead + 1, *key});
        i += lead;
      }
      continue;
    }
    if (out.empty() || !s.is_one_of(i + 1, {"for", "to", "if"}))
      continue;
    // Not the "two" of "a party of two for dinner": only behind a comma's or an "or"'s place, and
    // only while a choice is being named.
    if (auto key = key_at(s, i); key && !s.is_one_of(i - 1, {"of", "than", "about", "at"}))
      out.push_back({i, i + 1, *key});
  }
  return out;
}

// -- choosing -------------------------------------------------------------------------------------

namespace {

/// What a key is for: a stretch of words.
struct offer {
  char key;
  std::size_t begin, end;
};

/// Behind its key, or before it: "press 1 for sales", "for sales press 1". One sentence keeps to
/// one order, which is told by its end.
void add_offers(
    const spoken& s, const std::vector<key_mention>& keys, std::size_t first, std::size_t last,
    std::vector<offer>& out) {
  std::vector<key_mention> here;
  for (const auto& k : keys)
    if (k.begin >= first && k.begin < last)
      here.push_back(k);
  if (here.empty())
    return;
  bool is_behind =
      s.is_one_of(here.back().end, {"for", "to", "if", "and"}) && here.back().end + 1 < last;
  for (std::size_t i = 0; i < here.size(); ++i) {
    auto from = is_behind ? here[i].end : i == 0 ? first : here[i - 1].end;
    auto to = !is_behind ? here[i].begin : i + 1 == here.size() ? last : here[i + 1].begin;
    out.push_back({here[i].key, from, to});
  }
}

std::vector<offer> offers_in(const spoken& s) {
  std::vector<offer> out;
  auto keys = keys_in(s);
  std::size_t first = 0;
  for (std::size_t i = 0; i <= s.size(); ++i)
    if (i == s.size() || s.is_end(i)) {
      add_offers(s, keys, first, i, out);
      first = i + 1;
    }
  return out;
}

/// The beginning of a word by which "appointment" and "appointments", "book" and "booking" are one.
std::string stem(std::string_view word) {
  for (std::string_view ending :
       {"ations", "ation", "ings", "ing", "ments", "ment", "ies", "ers", "es", "ed", "er", "s",
        "y"})
    if (word.size() >= ending.size() + 4 && word.ends_with(ending))
      return std::string{word.substr(0, word.size() - ending.size())};
  return std::string{word};
}

/// Words that go together, by their stems' beginnings.
enum theme : unsigned {
  visits = 1u << 0,
  sales = 1u << 1,
  bills = 1u << 2,
  support = 1u << 3,
  hours = 1u << 4,
  medicine = 1u << 5,
  parcels = 1u << 6,
  person = 1u << 7,
  undo = 1u << 8,
};
struct theme_word {
  std::string_view begins;
  unsigned what;
};
constexpr auto theme_words = std::to_array<theme_word>({
    {"appoint",   visits       },
    {"schedul",   visits       },
    {"book",      visits       },
    {"reserv",    visits       },
    {"visit",     visits       },
    {"checkup",   visits       },
    {"dentist",   visits       },
    {"haircut",   visits       },
    {"resched",   visits | undo},
    {"cancel",    undo         },
    {"change",    undo         },
    {"modif",     undo         },
    {"sales",     sales        },
    {"buy",       sales        },
    {"purchas",   sales        },
    {"quot",      sales        },
    {"price",     sales        },
    {"cost",      sales        },
    {"rates",     sales        },
    {"bill",      bills        },
    {"invoic",    bills        },
    {"pay",       bills        },
    {"refund",    bills        },
    {"charg",     bills        },
    {"balance",   bills        },
    {"account",   bills        },
    {"support",   support      },
    {"technic",   support      },
    {"repair",    support      },
    {"problem",   support      },
    {"broken",    support      },
    {"service",   support      },
    {"hour",      hours        },
    {"open",      hours        },
    {"clos",      hours        },
    {"locat",     hours        },
    {"direction", hours        },
    {"address",   hours        },
    {"prescript", medicine     },
    {"refill",    medicine     },
    {"pharmac",   medicine     },
    {"medic",     medicine     },
    {"order",     parcels      },
    {"deliver",   parcels      },
    {"track",     parcels      },
    {"ship",      parcels      },
    {"package",   parcels      },
    {"parcel",    parcels      },
    {"operator",  person       },
    {"reception", person       },
    {"represent", person       },
    {"agent",     person       },
    {"someone",   person       },
    {"somebod",   person       },
    {"person",    person       },
    {"human",     person       },
    {"staff",     person       },
    {"desk",      person       },
    {"associat",  person       },
    {"attendant", person       },
    {"inquir",    person       },
    {"enquir",    person       },
    {"question",  person       },
    {"else",      person       },
});

unsigned themes_of(std::string_view word) {
  unsigned all = 0;
  for (const auto& t : theme_words)
    if (word.starts_with(t.begins))
      all |= t.what;
  return all;
}

bool says_little(std::string_view word) {
  constexpr auto small = std::to_array<std::string_view>(
      {"for",   "to",     "the",  "a",    "an",    "or",    "and",   "of",    "in",
       "on",    "at",     "our",  "your", "you",   "if",    "are",   "is",    "my",
       "me",    "i",      "we",   "us",   "with",  "about", "press", "call",  "calling",
       "thank", "speak",  "talk", "hear", "would", "want",  "all",   "other", "new",
       "any",   "number", "now",  "ask",  "tell",  "have",  "this",  "that",  "it",
       "by",    "from",   "next", "make", "can",   "will"});
  return std::find(small.begin(), small.end(), word) != small.end();
}

struct meaning {
  std::vector<std::string> stems;
  unsigned themes = 0;
};
meaning meaning_of(const spoken& s, std::size_t first, std::size_t last) {
  meaning m;
  for (auto i = first; i < last; ++i) {
    if (s.is_end(i))
      continue;
    m.themes |= themes_of(s[i]);
    if (!says_little(s[i]))
      m.stems.push_back(stem(s[i]));
  }
  return m;
}

int fit(const meaning& wanted, const meaning& offered) {
  int score = 0;
  for (std::size_t i = 0; i < offered.stems.size(); ++i) {
    const auto& word = offered.stems[i];
    bool again = std::find(
                     offered.stems.begin(), offered.stems.begin() + static_cast<std::ptrdiff_t>(i),
                     word) != offered.stems.begin() + static_cast<std::ptrdiff_t>(i);
    if (!again && std::find(wanted.stems.begin(), wanted.stems.end(), word) != wanted.stems.end())
      score += 3;
  }
  for (unsigned bit = 1; bit < undo; bit <<= 1)
    if ((wanted.themes & offered.themes & bit) != 0)
      score += bit == person ? 1 : bit == support || bit == bills ? 2 : 3;
  if (score == 0)
    return 0;
  // "To cancel an appointment" speaks of appointments, and is the wrong key for a new one.
  if (((wanted.themes ^ offered.themes) & undo) != 0)
    score -= (offered.themes & undo) != 0 ? 5 : 1;
  else if ((wanted.themes & undo) != 0)
    score += 3;
  return score;
}

bool is_no_way_on(const spoken& s, const offer& o) {
  auto from = s.find(
      {"repeat|again", "previous|main menu", "hang up", "extension", "emergency|emergencies",
       "espanol|spanish|french"},
      o.begin);
  return from < o.end;
}

} // namespace

std::optional<char> choose_key(std::string_view menu, std::string_view purpose) {
  spoken s{menu}, p{purpose};
  auto wanted = meaning_of(p, 0, p.size());
  std::optional<char> best, operators, language;
  int most = 0;
  for (const auto& o : offers_in(s)) {
    if (is_no_way_on(s, o))
      continue;
    auto offered = meaning_of(s, o.begin, o.end);
    if (auto score = fit(wanted, offered); score > most) {
      most = score;
      best = o.key;
    }
    if (!operators && (offered.themes & person) != 0)
      operators = o.key;
    if (!language && s.find({"english"}, o.begin) < o.end)
      language = o.key;
  }
  return best ? best : operators ? operators : language;
}

} // namespace ringmaster::talk
