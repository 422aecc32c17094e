// What must hold, and what would be nice.

#include <algorithm>
#include <utility>

#include "domain/rules_parts.hpp"
#include "domain/text.hpp"

namespace ringmaster::rules {

namespace {

enum class wish : std::uint8_t { none, hard, soft };

/// Words that say that the part they stand in would be nice.
std::size_t soft_cue(const reader& r, std::size_t i) {
  return r.says_any(i, {"prefer",
                        "i prefer",
                        "we prefer",
                        "i'd prefer",
                        "preferably",
                        "ideally",
                        "if possible",
                        "would be nice",
                        "would be great",
                        "would be good",
                        "nice to have",
                        "rather",
                        "i'd rather",
                        "if they have",
                        "when possible",
                        "if available",
                        "would love",
                        "i'd love",
                        "bonus",
                        "a plus",
                        "hopefully",
                        "would be ideal",
                        "would be perfect",
                        "if you can",
                        "if they can",
                        "preference for",
                        "if there is",
                        "we'd prefer",
                        "we'd love",
                        "best if",
                        "would be a bonus",
                        "favorite",
                        "favourite",
                        "i'd like",
                        "we'd like",
                        "would prefer",
                        "my preference is",
                        "is preferred",
                        "are preferred",
                        "preferred"});
}

/// Soft words that begin a part of their own; "if possible" may also stand at the end of one.
std::size_t soft_start(const reader& r, std::size_t i) {
  auto n = r.says_any(
      i, {"i prefer", "we prefer", "i'd prefer", "we'd prefer", "preferably", "ideally",
          "i'd rather", "rather", "hopefully", "i'd love", "we'd love", "best if", "i would prefer",
          "we would prefer", "prefer", "my preference is"});
  if (n == 0)
    n = r.says_any(i, {"if possible"});
  // "…, if possible." belongs to what it ends.
  return n > 0 && r.low(i) == "if" && (i + n >= r.size() || !r.is_word(i + n)) ? 0 : n;
}

/// Hard words that begin a part of their own.
std::size_t hard_start(const reader& r, std::size_t i) {
  auto n =
      r.says_any(i, {"without",         "only",          "must",          "never",
                     "at least",        "at most",       "make sure",     "be sure",
                     "don't",           "do not",        "not on",        "not in",
                     "not before",      "not after",     "but not",       "but no",
                     "anything but",    "except",        "nothing",       "no later than",
                     "no earlier than", "it must",       "it has to",     "they must",
                     "he must",         "she must",      "i can't",       "i cannot",
                     "we can't",        "we cannot",     "that must",     "which must",
                     "it needs to",     "they need to",  "it should not", "i must",
                     "we must",         "not more than", "no more than",  "under no circumstances",
                     "that has to",     "i'm allergic",  "i am allergic", "we need",
                     "i need it",       "not at",        "need to be",    "cannot be",
                     "can't be",        "must be",       "has to be",     "must have",
                     "no mornings",     "no evenings",   "no weekends",   "nothing before",
                     "nothing after",   "they have to",  "you must",      "with no",
                     "we have to",      "i have to be",  "not with",      "not the",
                     "must not",        "mustn't",       "non-negotiable"});
  // "only" behind its noun ends a part: "mornings only".
  if (n == 1 && r.low(i) == "only" && !r.is_word(i + 1) && !r.is_number(i + 1))
    return 0;
  return n;
}

/// Words anywhere in a part that make it hard.
bool has_hard_cue(const reader& r, std::size_t first, std::size_t last) {
  for (auto i = first; i < last; ++i)
    if ((hard_start(r, i) > 0 &&
         (i == first || !r.is_one_of(i, {"never", "without", "nothing"}))) ||
        r.says_any(
            i, {"only", "allergic", "allergy", "required", "has to", "have to be", "needs to",
                "must", "can't", "cannot", "wheelchair accessible", "essential", "mandatory"}))
      return true;
  return false;
}

bool has_soft_cue(const reader& r, std::size_t first, std::size_t last) {
  for (auto i = first; i < last; ++i)
    if (soft_cue(r, i) > 0)
      return true;
  return false;
}

/// A part that only says what to do: "I need to book a table".
bool is_command(const reader& r, std::size_t first, std::size_t last) {
  for (auto i = first; i < std::min(last, first + 6); ++i) {
    if (!r.is_one_of(i, {"need", "have", "like", "want", "must"}) ||
        (r.low(i) == "have" && r.is_one_of(i - 1, {"must", "to", "should"})))
      continue;
    auto to = i + 1 + (r.is_one_of(i + 1, {"you"}) ? 1 : 0);
    if (r.low(to) == "to" &&
        r.is_one_of(to + 1, {"book",    "cancel", "reschedule", "call",  "order",   "make",
                             "ask",     "get",    "schedule",   "move",  "change",  "reserve",
                             "confirm", "check",  "see",        "speak", "talk",    "return",
                             "find",    "know",   "buy",        "set",   "arrange", "report",
                             "dispute", "renew",  "pick"}))
      return true;
    if (r.is_one_of(to, {"a", "an", "the", "my", "some"}) && (r.low(i) != "like" || i < 3) &&
        !r.is_one_of(first, {"it", "they"}))
      return true;
  }
  return false;
}

const time_found* time_starting(const std::vector<time_found>& times, std::size_t i) {
  for (const auto& t : times)
    if (t.where.first == i)
      return &t;
  return nullptr;
}

const price_found* price_starting(const std::vector<price_found>& prices, std::size_t i) {
  for (const auto& p : prices)
    if (p.where.first == i)
      return &p;
  return nullptr;
}

/// Cuts a text into parts and judges each.
class splitter {
public:
  splitter(
      const reader& r, const std::vector<time_found>& times, const std::vector<price_found>& prices)
      : r_(r), times_(times), prices_(prices) {}

  wishes split() {
    std::size_t first = 0;
    for (std::size_t i = 0; i <= r_.size();) {
      if (i == r_.size() || r_.ends_sentence(i)) {
        take(first, i);
        first = ++i;
      } else if (is_break(i)) {
        take(first, i);
        first = ++i;
      } else if (i > first && starts_part(i) && !is_lead(first, i)) {
        take(first, i);
        first = i;
        i = step(i);
      } else {
        i = i == first && starts_part(i) ? step(i) : inside(i);
      }
    }
    return std::move(out_);
  }

private:
  /// Within a price or a time nothing ends: "March 3, 2027", "between 2 and 4".
  std::size_t inside(std::size_t i) const {
    if (const auto* t = time_starting(times_, i))
      return t->where.last;
    if (const auto* p = price_starting(prices_, i))
      return p->where.last;
    return i + 1;
  }

  std::size_t step(std::size_t i) const {
    auto n = std::max(hard_start(r_, i), soft_start(r_, i));
    return std::max(inside(i), i + std::max<std::size_t>(n, 1));
  }

  /// What stands before is only the beginning of this part: "ideally | after 5", "it must be |
  /// before noon".
  bool is_lead(std::size_t first, std::size_t i) const {
    while (r_.is_one_of(first, {"and", "or", ",", "but", "please"}))
      ++first;
    bool limits = time_starting(times_, i) || price_starting(prices_, i);
    return limits && (soft_start(r_, first) > 0 || (i - first <= 6 && has_hard_cue(r_, first, i)) ||
                      hard_start(r_, first) >= i - first ||
                      r_.is_one_of(i - 1, {"be", "is", "are", "only", "not", "need"}));
  }

  bool is_break(std::size_t i) const {
    return (r_.low(i) == "," && !(r_[i].glued && r_[i + 1].glued && r_.is_number(i + 1))) ||
           r_.low(i) == "but" || (r_.low(i) == "-" && !r_[i].glued) || r_.low(i) == "(" ||
           r_.low(i) == ")" ||
           (r_.low(i) == "and" && (starts_part(i + 1) || begins_command(i + 1) ||
                                   (is_subject(i + 1) && !is_part_of_wish(i))));
  }

  bool is_subject(std::size_t i) const {
    return r_.is_one_of(i, {"i", "we", "it", "they", "he", "she", "i'm", "i'd", "the", "a"});
  }
  /// "... must be quiet and the kitchen must be open": the clause before is complete.
  bool is_part_of_wish(std::size_t i) const {
    auto next = i + 1;
    for (auto k = next; k < next + 8 && k < r_.size() && !r_.ends_sentence(k); ++k)
      if (r_.is_one_of(k, {"must", "should", "would", "need", "needs", "has", "can't"}))
        return false;
    return true;
  }

  bool begins_command(std::size_t i) const {
    return r_.is_one_of(
        i, {"ask", "tell", "book", "get", "find", "check", "confirm", "cancel", "see", "request",
            "make", "reserve", "order", "schedule", "let", "say", "give", "negotiate", "try"});
  }

  bool starts_part(std::size_t i) const {
    if (const auto* t = time_starting(times_, i); t && t->is_limit)
      return true;
    if (const auto* p = price_starting(prices_, i); p && p->is_limit)
      return true;
    return soft_start(r_, i) > 0 || (hard_start(r_, i) > 0 && !is_verb_part(i));
  }

  /// "which must", "she must": the subject begins the part, not the verb behind it.
  bool is_verb_part(std::size_t i) const {
    return r_.is_one_of(i, {"must", "need", "cannot", "can't", "has", "only", "never"}) &&
           r_.is_word(i - 1) && !r_.is_one_of(i - 1, {"and", "but", "or"}) &&
           !(r_.low(i) == "only" && r_.is_one_of(i - 1, {"please", "seat", "seats", "it"}));
  }

  wish judge(std::size_t first, std::size_t last) const {
    if (has_soft_cue(r_, first, last) && !is_condition(first) && !is_command(r_, first, last))
      return wish::soft;
    if (const auto* p = price_starting(prices_, first); p && p->is_limit)
      return wish::none; // told as the price
    if (const auto* t = time_starting(times_, first); t && t->is_limit && !t->is_past)
      return wish::hard;
    if (is_condition(first) || is_command(r_, first, last))
      return wish::none;
    // What is asked is no condition, though it may speak of one.
    if (r_.is_one_of(first, {"ask", "tell", "find", "check"}))
      return wish::none;
    // "no lilies, please", "not Monday"
    if (r_.low(first) == "not" && r_.is_word(first + 1))
      return wish::hard;
    if (r_.low(first) == "no" && r_.is_word(first + 1) &&
        !r_.is_one_of(
            first + 1, {"problem", "matter", "idea", "need", "rush", "hurry", "one", "worries"}))
      return wish::hard;
    return has_hard_cue(r_, first, last) ? wish::hard : wish::none;
  }

  /// "if they don't have it, …" says what to do then.
  bool is_condition(std::size_t first) const {
    return r_.is_one_of(first, {"if", "unless", "because", "since", "when"}) &&
           r_.says_any(
               first, {"if possible", "if they have", "if available", "if you can", "if they can",
                       "if there is", "when possible"}) == 0;
  }

  void take(std::size_t first, std::size_t last) {
    while (first < last &&
           r_.is_one_of(
               first,
               {"and", "or", "but", "also", ",", "please", "so", "then", "with", ":", "-", "\""}) &&
           !(r_.low(first) == "with" && r_.low(first + 1) == "no"))
      ++first;
    while (last > first && (r_.is_one_of(last - 1, {"and", "or", "but", ",", "-", "(", ":"}) ||
                            r_.ends_sentence(last - 1)))
      --last;
    if (last <= first)
      return;
    auto found = judge(first, last);
    if (found == wish::none)
      return;
    std::string text{trimmed(r_.text(first, last))};
    if (text.size() > 400 || !count_characters(text) || has_control_character(text))
      return;
    auto& list = found == wish::hard ? out_.hard : out_.soft;
    if (list.size() < 20 && std::find(list.begin(), list.end(), text) == list.end())
      list.push_back(std::move(text));
  }

  const reader& r_;
  const std::vector<time_found>& times_;
  const std::vector<price_found>& prices_;
  wishes out_;
};

} // namespace

wishes find_wishes(
    const reader& r, const std::vector<time_found>& times, const std::vector<price_found>& prices) {
  return splitter(r, times, prices).split();
}

} // namespace ringmaster::rules
