// Whether two questions ask the same thing: their canonical words, weighed.

#include <algorithm>
#include <array>
#include <set>

#include "domain/knowledge.hpp"
#include "domain/knowledge_words.hpp"

namespace ringmaster::knowledge {

namespace {

using words_set = std::set<std::string, std::less<>>;

/// The words and their stems.
words_set with_stems(std::initializer_list<std::string_view> words) {
  words_set out;
  for (auto w : words)
    out.emplace(w), out.insert(stem_of(w));
  return out;
}

/// What hardly turns a question: verbs for anything, and what every business is.
bool says_little(std::string_view word) {
  static const auto all = with_stems(
      {"who",         "where",      "service",  "treat",       "perform",    "run",
       "carry",       "arrange",    "organize", "organise",    "manage",     "seen",
       "until",       "once",       "part",     "facility",    "case",       "special",
       "limit",       "least",      "require",  "write",       "bring",      "wear",
       "buy",         "allow",      "home",     "gym",         "hotel",      "clinic",
       "practice",    "garage",     "school",   "museum",      "farm",       "zoo",
       "salon",       "studio",     "center",   "centre",      "restaurant", "bakery",
       "pharmacy",    "cafe",       "theater",  "theatre",     "library",    "spa",
       "club",        "firm",       "agency",   "branch",      "building",   "location",
       "law",         "legal",      "lawyer",   "vet",         "doctor",     "dentist",
       "hairdresser", "agent",      "friendly", "against",     "stay",       "begin",
       "first",       "monthly",    "hourly",   "yearly",      "daily",      "weekly",
       "nightly",     "own",        "day",      "house",       "cover",      "person",
       "someone",     "speak",      "touch",    "request",     "inside",     "away",
       "long",        "early",      "soon",     "fast",        "quick",      "really",
       "mostly",      "personally", "directly", "immediately", "basically",  "program",
       "option",      "hold",       "issue",    "problem",     "matter",     "situation",
       "somehow",     "usual",      "normal",   "typical",     "common",     "real",
       "team",        "end",        "stop",     "add",         "create",     "enter",
       "move",        "turn",       "show",     "expect",      "prefer",     "choose",
       "change",      "bit",        "little",   "right",       "away",       "guy",
       "folk",        "member",     "customer", "client",      "vacant",     "afterwards",
       "earliest",    "latest",     "cheapest", "complete",    "entire",     "whole",
       "simple",      "quickly",    "held",     "dental",      "treatment",  "accommodate",
       "another",     "dish",       "fit",      "suitable",    "night"});
  return all.count(word) > 0;
}

/// What a question often tells besides what it asks for: where, whose, for whom.
bool is_circumstance(std::string_view word) {
  static const auto all =
      with_stems({"room",    "house",   "apartment", "car",    "staff",  "owner", "driver",
                  "sick",    "meeting", "book",      "parcel", "plan",   "visit", "summer",
                  "country", "weather", "drive",     "ride",   "number", "code",  "workout",
                  "session", "ground",  "speakto",   "fresh",  "hair"});
  return all.count(word) > 0;
}

double weight_in_question(std::string_view word) {
  if (is_day(word) || is_number(word))
    return 1;
  static const words_set kinds{"cost", "hours", "when", "duration", "count", "bike"};
  if (kinds.count(word) > 0)
    return 0.7;
  if (says_little(word) || weight_of(word) < 0.5)
    return 0.25;
  return is_circumstance(word) ? 0.4 : 1;
}

constexpr double light_below = 0.3;

/// Of each row, a question has one: who asks for another asks something else, however much alike
/// the rest is.
bool excludes(const words_set& left, const words_set& right) {
  static const std::array rows{
      with_stems(
          {"morn", "morning", "afternoon", "evening", "even", "night", "noon", "lunchbreak"}),
      with_stems({"larg", "large", "small", "big", "tiny"}),
      with_stems({"hourly", "daily", "weekly", "monthly", "yearly", "nightly", "day", "month"}),
      with_stems({"befor", "before", "after"}),
      with_stems({"checkin", "checkout"}),
      with_stems({"kid", "baby", "adult", "senior", "student", "teenager", "man", "woman"}),
      with_stems({"dog", "cat", "rabbit", "bird", "horse", "hors", "hamster", "pet"}),
      with_stems(
          {"cost", "duration", "count", "address", "phone", "email", "website", "often", "age"}),
      with_stems({"cost", "when", "count", "address", "phone", "email", "website", "weight"}),
      with_stems(
          {"rent", "repair", "clean", "deliver", "cancel", "reschedule", "install", "trade",
           "return"}),
      with_stems({"pickup", "deliver"}),
      with_stems({"cash", "card", "cheque", "crypto", "installment", "invoice", "contactless"}),
      with_stems({"vegan", "gluten", "vegetarian", "allergy"}),
      with_stems({"left", "right"}),
      with_stems({"limit", "least"}),
  };
  auto one_of = [](const words_set& row, const words_set& words) {
    return std::any_of(words.begin(), words.end(), [&](const auto& w) { return row.count(w) > 0; });
  };
  return std::any_of(rows.begin(), rows.end(), [&](const auto& row) {
    return one_of(row, left) && one_of(row, right);
  });
}

/// A word of the tables: it was understood, and is no slip of another one.
bool is_known(const std::string& word) {
  static const auto all = [] {
    words_set out;
    for (auto table : {synonyms(), phrasings()})
      for (const auto& s : table)
        out.emplace(s.canon);
    return out;
  }();
  return all.count(word) > 0;
}

/// Letters to change, to add, to leave out or to turn round, up to `most`; more counts as more.
std::size_t distance(const std::string& a, const std::string& b, std::size_t most) {
  constexpr std::size_t longest = 40;
  if (a.size() > longest || b.size() > longest || a.size() > b.size() + most ||
      b.size() > a.size() + most)
    return most + 1;
  std::array<std::array<std::size_t, longest + 1>, longest + 1> d{};
  for (std::size_t i = 0; i <= a.size(); ++i)
    for (std::size_t k = 0; k <= b.size(); ++k) {
      if (i == 0 || k == 0) {
        d[i][k] = i + k;
        continue;
      }
      d[i][k] = std::min(
          {d[i - 1][k] + 1, d[i][k - 1] + 1, d[i - 1][k - 1] + (a[i - 1] == b[k - 1] ? 0 : 1)});
      if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
        d[i][k] = std::min(d[i][k], d[i - 2][k - 2] + 1);
    }
  return d[a.size()][b.size()];
}

/// A slip of the keyboard, or of who writes down what is heard.
bool is_slip(const std::string& a, const std::string& b) {
  constexpr std::size_t one_least = 6, two_least = 10;
  auto shorter = std::min(a.size(), b.size());
  if (shorter < one_least || a.front() != b.front() || (is_known(a) && is_known(b)))
    return false;
  std::size_t most = shorter >= two_least ? 2 : 1;
  return distance(a, b, most) <= most;
}

/// An ending that makes a noun or an adjective of a verb and the like.
bool is_ending(std::string_view rest, std::size_t root) {
  static const std::set<std::string_view> long_ones{
      "ation", "ations",  "ition",   "ment", "ments", "ship", "ance",
      "ence",  "ination", "ability", "at",   "ating", "ate",  "ator"};
  static const std::set<std::string_view> short_ones{
      "er",  "or",  "ers", "ly", "al",  "y",   "ing", "ion",  "ist", "iv",
      "abl", "ibl", "ag",  "ur", "ity", "nes", "ic",  "ical", "iz",  "s"};
  constexpr std::size_t short_least = 5;
  return long_ones.count(rest) > 0 || rest.empty() ||
         (root >= short_least && short_ones.count(rest) > 0);
}

/// "Vaccinate" and "vaccination", "enrol" and "enrollment": one word in two roles.
bool is_derived(const std::string& a, const std::string& b) {
  constexpr std::size_t root_least = 4;
  std::size_t root = 0;
  while (root < std::min(a.size(), b.size()) && a[root] == b[root])
    ++root;
  if (root < root_least || (is_known(a) && is_known(b)))
    return false;
  std::string_view x{a}, y{b};
  for (auto* word : {&x, &y})
    if (word->size() > root && word->back() == 'e')
      word->remove_suffix(1); // canonical words keep it, stems do not
  // "Enrol" + "lment": the last letter doubled.
  auto ending = [&](std::string_view word) {
    auto rest = word.substr(root);
    if (!rest.empty() && rest.front() == word[root - 1] && rest.size() > 1 &&
        is_ending(rest.substr(1), root))
      return true;
    return is_ending(rest, root);
  };
  return ending(x) && ending(y);
}

words_set parted(std::string_view asks) {
  words_set out;
  while (!asks.empty()) {
    auto space = std::min(asks.find(' '), asks.size());
    if (space > 0)
      out.emplace(asks.substr(0, space));
    asks.remove_prefix(std::min(space + 1, asks.size()));
  }
  return out;
}

/// What is asked for of a subject: with it, a question is another one than without.
bool is_kind(std::string_view word) {
  static const words_set all{"cost", "duration", "count", "often", "age", "far", "size"};
  return all.count(word) > 0;
}

/// Asks for something without saying of what.
bool is_bare(std::string_view word) {
  return is_kind(word) || word == "when" || weight_in_question(word) < light_below;
}

struct compared {
  double shared = 0, all = 0;
  bool has_subject = false; ///< more is shared than that a price or a time is asked for
  words_set left, right;    ///< what only one of them has
};
compared compare(std::string_view asks, std::string_view other) {
  if (other < asks)
    std::swap(asks, other); // whichever comes first, the same words find each other
  compared out;
  auto a = parted(asks), b = parted(other);
  for (auto i = a.begin(); i != a.end();)
    if (b.erase(*i) > 0) {
      out.shared += weight_in_question(*i);
      out.has_subject = out.has_subject || !is_bare(*i);
      i = a.erase(i);
    } else {
      ++i;
    }
  for (auto like : {is_derived, is_slip})
    for (auto i = a.begin(); i != a.end();) {
      auto twin = std::find_if(b.begin(), b.end(), [&](const auto& w) { return like(*i, w); });
      if (twin == b.end()) {
        ++i;
        continue;
      }
      out.shared += std::min(weight_in_question(*i), weight_in_question(*twin));
      out.has_subject = true;
      b.erase(twin);
      i = a.erase(i);
    }
  out.left = std::move(a);
  out.right = std::move(b);
  out.all = out.shared;
  for (const auto* rest : {&out.left, &out.right})
    for (const auto& word : *rest)
      out.all += weight_in_question(word);
  return out;
}

} // namespace

double likeness(std::string_view asks, std::string_view other) {
  auto c = compare(asks, other);
  return c.all > 0 ? c.shared / c.all : 0;
}

bool same_question(std::string_view asks, std::string_view other) {
  auto c = compare(asks, other);
  if (c.shared <= 0)
    return false;
  if (c.left.empty() && c.right.empty())
    return true;
  bool only_light = true;
  for (const auto* rest : {&c.left, &c.right})
    for (const auto& word : *rest) {
      // Another day, another number, the opposite: another question.
      if (is_day(word) || is_number(word) || word == "not")
        return false;
      if (is_kind(word))
        return false;
      only_light = only_light && weight_in_question(word) < light_below;
    }
  if (!c.has_subject || excludes(c.left, c.right))
    return false;
  constexpr double alike = 0.7;
  return only_light || c.shared / c.all >= alike;
}

} // namespace ringmaster::knowledge
