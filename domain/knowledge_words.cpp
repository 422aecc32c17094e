// Texts in canonical words: synonyms, numbers and days.

#include "domain/knowledge_words.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "domain/knowledge_lexicon.hpp"
#include "domain/spoken.hpp"
#include "domain/text.hpp"

namespace ringmaster::knowledge {

namespace {

using words_set = std::set<std::string_view>;

/// Words that say nothing about what is wanted.
const words_set& empty_words() {
  static const words_set all{
      "a",        "an",        "the",       "i",         "you",        "we",         "they",
      "he",       "she",       "it",        "me",        "my",         "mine",       "our",
      "ours",     "us",        "your",      "yours",     "them",       "their",      "his",
      "her",      "its",       "myself",    "yourself",  "is",         "are",        "was",
      "were",     "be",        "been",      "am",        "being",      "do",         "does",
      "did",      "done",      "doing",     "has",       "have",       "had",        "having",
      "can",      "could",     "may",       "might",     "must",       "shall",      "will",
      "would",    "should",    "of",        "to",        "in",         "at",         "for",
      "on",       "with",      "by",        "from",      "into",       "about",      "as",
      "per",      "up",        "out",       "off",       "over",       "than",       "then",
      "and",      "or",        "but",       "if",        "whether",    "that",       "this",
      "these",    "those",     "there",     "here",      "so",         "any",        "some",
      "what",     "which",     "such",      "whose",     "thank",      "thanks",     "hello",
      "hi",       "hey",       "okay",      "yes",       "well",       "like",       "know",
      "tell",     "ask",       "asking",    "wonder",    "wondering",  "want",       "wanted",
      "wanting",  "need",      "needed",    "look",      "looking",    "get",        "getting",
      "got",      "give",      "say",       "question",  "sorry",      "excuse",     "offer",
      "offered",  "offering",  "provide",   "available", "take",       "taking",     "accept",
      "accepted", "possible",  "able",      "go",        "going",      "use",        "using",
      "serve",    "make",      "making",    "let",       "guys",       "folks",      "also",
      "still",    "already",   "too",       "currently", "maybe",      "perhaps",    "right",
      "sure",     "thing",     "things",    "something", "anything",   "kind",       "kinds",
      "sort",     "sorts",     "type",      "types",     "way",        "one",        "ones",
      "place",    "shop",      "store",     "business",  "company",    "office",     "premises",
      "much",     "many",      "very",      "quite",     "bit",        "lot",        "more",
      "most",     "all",       "every",     "each",      "other",      "else",       "around",
      "usually",  "normally",  "generally", "exactly",   "when",       "where",      "how",
      "who",      "whom",      "please",    "maam",      "madam",      "sir",        "mate",
      "find",     "include",   "included",  "including", "come",       "coming",     "comes",
      "work",     "works",     "working",   "happen",    "happens",    "interested", "hear",
      "heard",    "see",       "think",     "thinking",  "hope",       "hoping",     "try",
      "trying",   "plan",      "planning",  "guess",     "supposed",   "mean",       "means",
      "ever",     "because",   "since",     "while",     "just",       "only",       "even",
      "both",     "own",       "yet",       "now",       "again",      "stuff",      "possibly",
      "somehow",  "somewhere", "anywhere",  "anyone",    "someone",    "somebody",   "anybody",
      "people",   "person",    "persons",   "today",     "tomorrow",   "week",       "time",
      "times",    "does",      "involved",  "total",     "altogether", "actually",   "happy",
      "fine",     "good",      "set",       "put",       "keep",       "start",      "love",
      "wish",     "care",      "mind",      "help",      "handle",     "deal",       "under",
      "between",  "through",   "down",      "am",        "pm",         "oclock",     "m",
      "p",        "s",         "t",         "d",         "re",         "er"};
  return all;
}
/// What turns a question only a little.
const words_set& light_words() {
  static const words_set all{
      "where",    "buy",     "allow",  "new",    "near",     "special", "extra",     "pay",
      "customer", "guest",   "send",   "leave",  "last",     "policy",  "require",   "home",
      "option",   "name",    "begin",  "start",  "apply",    "large",   "call",      "write",
      "ring",     "join",    "fit",    "access", "language", "staff",   "morning",   "afternoon",
      "evening",  "tonight", "number", "bring",  "choice",   "require", "necessary", "receive",
      "obtain",   "enjoy",   "visit",  "client", "member"};
  return all;
}

bool is_light(std::string_view canon) {
  // Canonical words are names of synonyms or stems.
  static const std::set<std::string, std::less<>> all = [] {
    std::set<std::string, std::less<>> out;
    for (auto w : light_words())
      out.emplace(w), out.insert(stem_of(w));
    return out;
  }();
  return all.find(canon) != all.end();
}

struct named {
  std::string_view word, means;
};
constexpr auto day_names = std::to_array<named>({
    {"monday",     "monday"   },
    {"mon",        "monday"   },
    {"mondays",    "monday"   },
    {"tuesday",    "tuesday"  },
    {"tue",        "tuesday"  },
    {"tues",       "tuesday"  },
    {"tuesdays",   "tuesday"  },
    {"wednesday",  "wednesday"},
    {"wed",        "wednesday"},
    {"weds",       "wednesday"},
    {"wednesdays", "wednesday"},
    {"thursday",   "thursday" },
    {"thu",        "thursday" },
    {"thur",       "thursday" },
    {"thurs",      "thursday" },
    {"thursdays",  "thursday" },
    {"friday",     "friday"   },
    {"fri",        "friday"   },
    {"fridays",    "friday"   },
    {"saturday",   "saturday" },
    {"sat",        "saturday" },
    {"saturdays",  "saturday" },
    {"sunday",     "sunday"   },
    {"sun",        "sunday"   },
    {"sundays",    "sunday"   },
});
constexpr std::array<std::string_view, 7> week{"monday", "tuesday",  "wednesday", "thursday",
                                               "friday", "saturday", "sunday"};

std::optional<std::size_t> day_of(std::string_view word) {
  for (const auto& d : day_names)
    if (d.word == word)
      return static_cast<std::size_t>(std::find(week.begin(), week.end(), d.means) - week.begin());
  return std::nullopt;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A word that says nothing; from question to question none of its forms does.
bool is_empty(std::string_view word, purpose what_for) {
  if (empty_words().count(word) > 0)
    return true;
  if (what_for == purpose::answering)
    return false;
  constexpr std::size_t plural_least = 4;
  return empty_words().count(regular(word)) > 0 ||
         (word.size() >= plural_least && word.back() == 's' &&
          empty_words().count(word.substr(0, word.size() - 1)) > 0);
}

wanted kind_of(std::string_view canon) {
  constexpr auto kinds_of_words = std::to_array<std::pair<std::string_view, wanted>>({
      {"cost",     wanted::price   },
      {"phone",    wanted::phone   },
      {"email",    wanted::email   },
      {"website",  wanted::website },
      {"address",  wanted::place   },
      {"duration", wanted::duration},
      {"count",    wanted::count   },
      {"hours",    wanted::hours   },
      {"when",     wanted::moment  },
  });
  for (const auto& [word, kind] : kinds_of_words)
    if (word == canon)
      return kind;
  return wanted::anything;
}

} // namespace

bool is_day_named(std::string_view word) { return day_of(word).has_value(); }

bool is_day(std::string_view canon) {
  return canon == "weekend" || canon == "weekday" ||
         std::find(week.begin(), week.end(), canon) != week.end();
}
bool is_number(std::string_view canon) {
  return !canon.empty() && std::all_of(canon.begin(), canon.end(), is_digit);
}

double weight_of(std::string_view canon) {
  if (is_light(canon))
    return 0.25;
  static const words_set common{"cost",  "hours", "when", "duration",
                                "count", "who",   "book", "bike"};
  return common.count(canon) > 0 ? 0.7 : 1.0;
}

words_read read_words(std::string_view text, purpose what_for) {
  words_read out;
  const auto& known = words_known(what_for);
  talk::spoken said{with_spans(text)};
  // Words and, for the synonyms, their stems; ends of sentences stay, nothing reaches over them.
  std::vector<std::string> words, stems;
  for (std::size_t i = 0; i < said.size(); ++i) {
    words.emplace_back(said[i]);
    stems.push_back(known.form_of(words.back()));
  }
  auto put_day = [&](std::size_t d) { out.days.insert(std::string{week[d]}); };
  std::size_t span_from = week.size(); // a day that opens a span; none
  auto set_kind = [&](wanted k) {
    // What was asked first counts, but an amount is asked for in the plainest words.
    if (k != wanted::anything && (out.kind == wanted::anything || k == wanted::price ||
                                  (k == wanted::duration && out.kind == wanted::hours)))
      out.kind = k;
  };
  auto put = [&](const std::string& canon, std::string_view surface) {
    if (std::find(out.all.begin(), out.all.end(), canon) == out.all.end())
      out.all.push_back(canon);
    (is_light(canon) ? out.light : out.content).insert(canon);
    set_kind(kind_of(canon));
    if (!surface.empty())
      out.surface.emplace_back(surface);
  };
  for (std::size_t i = 0; i < words.size();) {
    const auto& w = words[i];
    if (said.is_end(i)) {
      span_from = week.size();
      ++i;
      continue;
    }
    if (auto d = day_of(w)) {
      if (span_from < week.size())
        for (auto k = span_from; k != *d; k = (k + 1) % week.size())
          put_day(k);
      put_day(*d);
      out.all.emplace_back(week[*d]);
      bool spans = i + 1 < words.size() &&
                   (words[i + 1] == "to" || words[i + 1] == "through" || words[i + 1] == "until" ||
                    words[i + 1] == "till" || words[i + 1] == "thru");
      span_from = spans ? *d : week.size();
      i += spans ? 2 : 1;
      continue;
    }
    if (w == "weekend" || w == "weekends") {
      out.names_weekend = true;
      put_day(5), put_day(6);
      out.all.emplace_back("weekend");
      ++i;
      continue;
    }
    if (w == "weekday" || w == "weekdays") {
      for (std::size_t d = 0; d < 5; ++d)
        put_day(d);
      out.all.emplace_back("weekday");
      ++i;
      continue;
    }
    if (w == "daily" || said.fits(i, "every day") || said.fits(i, "seven|7 days") ||
        said.fits(i, "all week")) {
      for (std::size_t d = 0; d < week.size(); ++d)
        put_day(d);
      i += w == "daily" ? 1 : 2;
      continue;
    }
    // "My own bike" speaks of no owner.
    if (w == "own" && i > 0 &&
        said.is_one_of(i - 1, {"my", "your", "our", "their", "his", "her", "its", "the"})) {
      ++i;
      continue;
    }
    if (auto [p, length] = known.longest(words, stems, i); p != nullptr) {
      // "Included when I rent": no question of time.
      bool joins = w == "when" && p->stems.size() == 1 && i > 0 &&
                   said.is_one_of(i + 1, {"i", "we", "you", "they", "he", "she", "it"});
      // "Send a parcel" is two words that others use apart.
      for (auto left = joins ? std::string_view{} : std::string_view{p->canon}; !left.empty();) {
        auto space = std::min(left.find(' '), left.size());
        std::string canon{left.substr(0, space)};
        put(canon, p->stems.size() == 1 ? std::string_view{w} : std::string_view{canon});
        left.remove_prefix(std::min(space + 1, left.size()));
      }
      i += length;
      continue;
    }
    if (w == "not" || w == "never" || w == "without" || w == "no")
      out.is_denied = true;
    if (is_number(w)) {
      std::string number = w;
      number.erase(0, std::min(number.find_first_not_of('0'), number.size() - 1));
      out.numbers.insert(number);
      out.all.push_back(number);
      ++i;
      continue;
    }
    if (auto n = number_named(w)) {
      if (*n >= 20 && *n < 100 && i + 1 < words.size())
        if (auto unit = number_named(words[i + 1]); unit && *unit < 10) {
          n = *n + *unit;
          ++i;
        }
      out.numbers_in_words.insert(std::to_string(*n));
      out.numbers.insert(std::to_string(*n));
      out.all.push_back(std::to_string(*n));
      ++i;
      continue;
    }
    if (w == "who" || w == "whom") {
      set_kind(wanted::person);
      put("who", {});
    } else if (w == "where") {
      if (out.kind == wanted::anything)
        out.kind = wanted::place;
      put("where", {});
    } else if (!is_empty(w, what_for) && (w.size() > 1 || is_digit(w.front()))) {
      if (w != "not" && w != "never" && w != "without" && w != "no")
        put(stems[i], w);
    }
    ++i;
  }
  // "When are you open": that it asks for a time is said by the hours already.
  if (out.content.count("hours") > 0 && out.content.erase("when") > 0)
    std::erase(out.all, "when");
  if (out.content.count("address") > 0 && out.light.erase("where") > 0)
    std::erase(out.all, "where");
  if (what_for == purpose::comparing) {
    // "When will it be ready" is "how long does it take"; who names a language asks who speaks it.
    if (out.content.count("duration") > 0 && out.content.erase("when") > 0)
      std::erase(out.all, "when");
    static const words_set languages{"spanish", "english", "french",   "german",     "italian",
                                     "chinese", "russian", "arabic",   "portuguese", "polish",
                                     "turkish", "korean",  "japanese", "mandarin",   "cantonese",
                                     "hindi",   "dutch",   "swedish",  "ukrainian",  "vietnamese"};
    if (std::any_of(
            words.begin(), words.end(), [&](const auto& w) { return languages.count(w) > 0; }))
      for (const char* word : {"language", "speakto", "meeting"})
        if (out.content.erase(word) + out.light.erase(word) > 0)
          std::erase(out.all, word);
  }
  if (out.content.count("owner") > 0 && out.content.erase("who") > 0)
    std::erase(out.all, "who");
  return out;
}

} // namespace ringmaster::knowledge
