#include "domain/transcript.hpp"

#include <algorithm>
#include <array>

#include "domain/rules_reader.hpp"
#include "domain/words.hpp"

namespace ringmaster::talk {

namespace {

constexpr auto speakers = vocabulary_of<speaker>("assistant", "human", "system");
static_assert(speakers.words.size() == static_cast<std::size_t>(speaker::system) + 1);

constexpr auto sentiments = vocabulary_of<sentiment>("neutral", "positive", "negative");
static_assert(sentiments.words.size() == static_cast<std::size_t>(sentiment::negative) + 1);

// -- sentiment ------------------------------------------------------------------------------------

/// A phrase and how it weighs. Phrases that hold their own negation come first: "no problem" is
/// not the problem of "a problem", turned.
struct weight {
  std::string_view phrase;
  int value = 0;
};
constexpr auto weights = std::to_array<weight>({
    {"no problem",      1 },
    {"no worries",      1 },
    {"not a problem",   1 },
    {"not bad",         1 },
    {"no trouble",      1 },
    {"can't wait",      1 },
    {"why not",         0 },
    {"leave me alone",  -3},
    {"stop calling",    -3},
    {"don't call",      -2},
    {"do not call",     -2},
    {"waste of time",   -2},
    {"wasting my time", -3},
    {"fed up",          -2},
    {"sick of",         -2},
    {"how dare",        -3},
    {"shut up",         -3},
    {"get lost",        -3},
    {"go away",         -3},
    {"thank you",       1 },
    {"thanks",          1 },
    {"great",           2 },
    {"perfect",         2 },
    {"wonderful",       2 },
    {"excellent",       2 },
    {"lovely",          2 },
    {"fantastic",       2 },
    {"awesome",         2 },
    {"amazing",         2 },
    {"glad",            2 },
    {"happy",           2 },
    {"pleased",         2 },
    {"delighted",       2 },
    {"pleasure",        2 },
    {"good",            1 },
    {"nice",            1 },
    {"sure",            1 },
    {"absolutely",      1 },
    {"certainly",       1 },
    {"of course",       1 },
    {"welcome",         1 },
    {"love",            2 },
    {"appreciate",      2 },
    {"helpful",         2 },
    {"kind",            1 },
    {"looking forward", 2 },
    {"angry",           -2},
    {"annoyed",         -2},
    {"annoying",        -2},
    {"upset",           -2},
    {"furious",         -3},
    {"terrible",        -2},
    {"horrible",        -2},
    {"awful",           -2},
    {"ridiculous",      -2},
    {"unacceptable",    -2},
    {"outrageous",      -2},
    {"stupid",          -2},
    {"idiot",           -3},
    {"idiots",          -3},
    {"hate",            -2},
    {"damn",            -2},
    {"hell",            -2},
    {"scam",            -2},
    {"scammer",         -3},
    {"scammers",        -3},
    {"spam",            -2},
    {"harassing",       -3},
    {"harassment",      -3},
    {"nuisance",        -2},
    {"rude",            -2},
    {"bad",             -1},
    {"worse",           -1},
    {"worst",           -2},
    {"disappointed",    -2},
    {"disappointing",   -2},
    {"frustrated",      -2},
    {"frustrating",     -2},
    {"complain",        -1},
    {"complaint",       -1},
    {"problem",         -1},
    {"unfortunately",   -1},
    {"afraid",          -1},
    {"never again",     -2},
    {"enough",          -1},
    {"not interested",  -2},
    {"useless",         -2},
});

bool is_negation(const rules::reader& r, std::size_t i) {
  return r.low(i).ends_with("n't") ||
         r.is_one_of(
             i, {"not", "no", "never", "hardly", "without", "nothing", "cannot", "isnt", "dont"});
}

/// A "not" within the three words before turns a word, unless a clause lies between.
bool is_turned(const rules::reader& r, std::size_t i) {
  for (std::size_t k = i; k-- > 0 && k + 4 > i;) {
    if (r.ends_sentence(k) || r.is_one_of(k, {",", "but"}))
      return false;
    if (is_negation(r, k))
      return true;
  }
  return false;
}

bool is_angry(std::string_view phrase) {
  return phrase.starts_with("do") || phrase == "not interested";
}

} // namespace

std::string_view to_string(speaker s) { return speakers[s]; }
std::optional<speaker> parse_speaker(std::string_view text) { return speakers.find(text); }

std::string_view to_string(sentiment s) { return sentiments[s]; }
std::optional<sentiment> parse_sentiment(std::string_view text) { return sentiments.find(text); }

sentiment read_sentiment(std::string_view text) {
  rules::reader r{std::string{text}};
  int sum = 0;
  for (std::size_t i = 0; i < r.size();) {
    const weight* found = nullptr;
    std::size_t length = 0;
    for (const auto& w : weights)
      if (auto n = r.says(i, w.phrase); n > length) {
        found = &w;
        length = n;
      }
    if (!found) {
      ++i;
      continue;
    }
    // "not great" is bad but not as bad as "great" is good; "not bad" has a line of its own.
    bool turned = !is_angry(found->phrase) && is_turned(r, i);
    sum += turned ? (found->value > 0 ? -1 : 0) : found->value;
    i += length;
  }
  return sum > 0 ? sentiment::positive : sum < 0 ? sentiment::negative : sentiment::neutral;
}

std::string write_transcript(std::span<const segment> all) {
  std::string out;
  for (const auto& s : all) {
    if (s.who == speaker::system)
      out += '[' + s.text + "]\n";
    else
      out += std::string{to_string(s.who)} + ": " + s.text + '\n';
  }
  return out;
}

} // namespace ringmaster::talk
