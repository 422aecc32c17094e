// Answers by rules: a sentence of a passage, word for word, or none.

#include <algorithm>
#include <optional>
#include <set>

#include "domain/knowledge.hpp"
#include "domain/knowledge_words.hpp"
#include "domain/spoken.hpp"
#include "domain/text.hpp"

namespace ringmaster::knowledge {

namespace {

constexpr std::string_view profile_title = "Business profile: ";
constexpr std::size_t spoken_most = 600; ///< bytes of an answer

using word_set = std::set<std::string>;

/// Words of an answer that bring nothing new: the unit or the size of what it tells.
bool is_measure(const std::string& word) {
  static const word_set all{"cost",   "hour",  "day",   "month",  "minut",     "year",
                            "dollar", "euro",  "half",  "includ", "addit",     "first",
                            "next",   "full",  "whole", "long",   "hours",     "when",
                            "least",  "about", "morn",  "even",   "afternoon", "duration",
                            "count",  "free",  "extra", "price",  "special"};
  return all.count(word) > 0;
}

/// Sentences that cannot stand alone: "It costs 20 dollars."
bool leans_back(std::string_view sentence) {
  talk::spoken s{sentence};
  return s.is_one_of(
      0, {"it", "they", "this", "that", "these", "those", "both", "there", "then", "otherwise",
          "he", "she", "after", "afterwards", "from", "a", "prices", "each", "all"});
}

struct sentence {
  std::string_view text;
  words_read words;
};

struct page {
  const passage* from = nullptr;
  words_read title;
  category title_about = category::other;
  std::vector<sentence> lines;
};

page open(const passage& p) {
  page out;
  out.from = &p;
  std::string_view title = p.title;
  if (title.starts_with(profile_title))
    title.remove_prefix(profile_title.size());
  out.title = read_words(title);
  out.title_about = categorise(title);
  for (auto line : sentences_of(p.text))
    out.lines.push_back({line, read_words(line)});
  return out;
}

/// What is asked, split into what must be borne by words and what by a value.
struct asked {
  words_read words;
  word_set subject; ///< content words that are no mere kind of question
  bool is_hours = false;
  category about = category::other;
  std::string counted; ///< of "how many"; empty: anything
};

/// A word of the business's name or of its description.
bool says_of_itself(const std::string& word, std::span<const passage> found) {
  for (const auto& p : found)
    if ((p.reference == "profile:name" || p.reference == "profile:description") &&
        read_words(p.text).has(word))
      return true;
  return false;
}

/// What "how many" counts; empty where it is people, or nothing of weight.
std::string counted_in(std::string_view question) {
  talk::spoken s{question};
  auto at = s.find({"how many"});
  if (at >= s.size())
    return {};
  auto words = read_words(s[at + 2]);
  return words.content.size() == 1 ? *words.content.begin() : std::string{};
}

asked open(const reading& question, std::span<const passage> found) {
  asked out;
  out.words = read_words(question.text);
  out.about = question.about;
  if (out.words.kind == wanted::count)
    out.counted = counted_in(question.text);
  for (const auto& w : out.words.content)
    if (w != "cost" && w != "when" && w != "duration" && w != "count" && w != "who")
      out.subject.insert(w);
  if (out.words.content.empty())
    for (const auto& w : out.words.light)
      if (w != "where")
        out.subject.insert(w);
  // The name of the business says nothing about the question.
  for (const auto& p : found)
    if (p.reference == "profile:name")
      for (const auto& w : read_words(p.text).content)
        if (out.subject.size() > 1)
          out.subject.erase(w);
  // Nor does what nearly all of it is about: in a shop for bicycles, "bike". That a search found
  // the word everywhere is no sign of it, so the business has to say it of itself.
  constexpr std::size_t passages_least = 6;
  if (found.size() >= passages_least)
    for (const auto& w : word_set{out.subject}) {
      if (!says_of_itself(w, found))
        continue;
      std::size_t having = 0;
      for (const auto& p : found)
        having += read_words(p.title + ". " + p.text).has(w) ? 1 : 0;
      if (having * 3 >= found.size() && out.subject.size() > 1)
        out.subject.erase(w);
    }
  out.is_hours = out.words.content.count("hours") > 0;
  return out;
}

bool has_word(const words_read& in, const std::string& word) {
  if (in.has(word))
    return true;
  for (auto general : wider_than(word))
    if (in.has(std::string{general}))
      return true;
  // "Do you take cards?" - "Visa and Mastercard."
  if (word == "card")
    return in.has("visa") || in.has("mastercard");
  return false;
}

/// What lines of a page together have to say to a question.
struct finding {
  const page* where = nullptr;
  std::size_t first = 0, last = 0; ///< lines, `last` included
  double score = 0;
};

/// The day, or days, that are asked for, and that the lines speak of.
bool days_fit(const asked& q, const words_read& line) {
  if (q.words.days.empty())
    return true;
  if (q.words.names_weekend)
    return line.days.count("saturday") > 0 || line.days.count("sunday") > 0;
  return std::includes(
      line.days.begin(), line.days.end(), q.words.days.begin(), q.words.days.end());
}

/// Numbers of the question must be in the line, or under a limit that it names: "up to 20".
bool numbers_fit(const asked& q, const sentence& line, const words_read& title) {
  for (const auto& n : q.words.numbers) {
    if (line.words.numbers.count(n) > 0 || title.numbers.count(n) > 0)
      continue;
    talk::spoken s{line.text};
    bool under = false;
    for (std::size_t i = 0; !under && i < s.size(); ++i)
      if (s.fits(i, "up to") || s.fits(i, "at most") || s.fits(i, "most"))
        for (std::size_t k = i + 1; k < i + 5 && k < s.size(); ++k)
          under = under || (is_number(s[k]) &&
                            (s[k].size() > n.size() || (s[k].size() == n.size() && s[k] >= n)));
    if (!under)
      return false;
  }
  return true;
}

/// "Three children": a number before what is counted.
bool counts(std::string_view line, const std::string& what) {
  constexpr std::size_t behind = 3;
  talk::spoken s{line};
  for (std::size_t i = 0; i < s.size(); ++i)
    if (is_number(s[i]) || number_named(s[i])) {
      std::string next;
      for (auto k = i + 1; k <= i + behind && !s.is_end(k); ++k)
        next += std::string{s[k]} + ' ';
      if (has_word(read_words(next), what))
        return true;
    }
  return false;
}

std::optional<finding> judge(const asked& q, const page& p, std::size_t first, std::size_t last) {
  double own = 0, by_title = 0;
  auto in_lines = [&](const std::string& word) {
    for (auto i = first; i <= last; ++i)
      if (has_word(p.lines[i].words, word))
        return true;
    return false;
  };
  const bool is_hours_page =
      p.title.content.count("hours") > 0 || p.from->reference == "profile:hours";
  auto is_borne = [&](const std::string& word) {
    if (in_lines(word)) {
      own += weight_of(word);
      return true;
    }
    bool titled = has_word(p.title, word) ||
                  (word == "address" && p.from->reference == "profile:address") ||
                  (word == "phone" && p.from->reference == "profile:phone") ||
                  (word == "email" && p.from->reference == "profile:email") ||
                  (word == "website" && p.from->reference == "profile:website");
    if (titled)
      by_title += weight_of(word);
    return titled;
  };
  for (const auto& word : q.subject)
    if (!is_borne(word))
      return std::nullopt;
  const auto& end = p.lines[last];
  // Whether one may bring or buy it must be said, not only that it is there.
  if (q.words.light.count("allow") > 0 && !in_lines("allow") && !has_word(p.title, "allow"))
    return std::nullopt;
  if (q.words.light.count("buy") > 0 && !in_lines("buy") && !has_word(p.title, "buy")) {
    bool sold = false;
    for (auto i = first; i <= last; ++i)
      sold = sold || has_money(p.lines[i].text) || in_lines("cost") ||
             talk::spoken{p.lines[i].text}.has({"have|keep|offer|available|there is|are"});
    if (!sold)
      return std::nullopt;
  }
  auto any_line = [&](auto fits) {
    for (auto i = first; i <= last; ++i)
      if (fits(p.lines[i]))
        return true;
    return false;
  };
  if (!any_line([&](const sentence& s) { return days_fit(q, s.words); }) && !days_fit(q, p.title))
    return std::nullopt;
  if (!q.words.numbers.empty() &&
      !any_line([&](const sentence& s) { return numbers_fit(q, s, p.title); }))
    return std::nullopt;
  if (!q.counted.empty() && !counts(end.text, q.counted))
    return std::nullopt;
  // The value that is asked for, in the last line: it is why the line was taken.
  const bool is_address = p.from->reference == "profile:address";
  if (!(q.words.kind == wanted::place && is_address) && !has_value(end.text, q.words.kind)) {
    if (q.words.kind == wanted::person && p.from->about == category::people &&
        end.words.content.size() > 1) {
      // "The owner is a family from Oslo": nobody's name, and an answer.
    } else {
      return std::nullopt;
    }
  }
  // "When do you open?" wants the hours of the house, "is the cafe open" those of the cafe.
  if (q.is_hours && q.subject.size() == 1 && q.words.kind != wanted::price) {
    if (!is_hours_page && p.from->about != category::hours &&
        !any_line([](const sentence& s) { return has_clock(s.text); }))
      return std::nullopt;
    // A line about one thing of the house only does not tell when the house is open.
    std::size_t other = 0;
    for (const auto& w : end.words.content)
      other += w != "hours" && !is_measure(w) ? 1 : 0;
    if (!is_hours_page && other > 0)
      return std::nullopt;
    if (is_hours_page && q.words.days.empty() && !has_clock(end.text))
      return std::nullopt;
  }
  // Only a kind of question and no subject: "how much is it?"
  if (q.subject.empty() && q.words.days.empty() && p.title.content.count("cost") == 0)
    return std::nullopt;
  finding out{&p, first, last, 0};
  // The very words that were used weigh a little more than others that mean the same.
  double literal = 0;
  for (auto i = first; i <= last; ++i) {
    word_set there;
    for (const auto& w : p.lines[i].words.surface)
      there.insert(stem_of(w));
    for (const auto& w : word_set(q.words.surface.begin(), q.words.surface.end()))
      literal += there.count(stem_of(w)) > 0 ? 0.3 : 0;
  }
  double surplus = 0;
  for (auto i = first; i <= last; ++i)
    for (const auto& w : p.lines[i].words.content)
      surplus += q.subject.count(w) > 0 || is_measure(w) ? 0 : 1;
  out.score = 2 * own + 1.2 * by_title + literal + (p.from->about == q.about ? 0.3 : 0) +
              (p.title_about == q.about ? 0.6 : 0) - 0.1 * surplus -
              0.4 * static_cast<double>(last - first) + 0.001 * p.from->rank;
  return out;
}

/// The best lines of a page.
std::optional<finding> search(const asked& q, const page& p) {
  std::optional<finding> best;
  auto consider = [&](std::size_t first, std::size_t last) {
    auto f = judge(q, p, first, last);
    if (f && (!best || f->score > best->score + 1e-9))
      best = f;
    return f.has_value();
  };
  bool before_stands = false;
  for (std::size_t i = 0; i < p.lines.size(); ++i) {
    bool stands = consider(i, i);
    if (i > 0 && !stands && !before_stands) {
      // A line that leans on the one before it, or that only adds a value to it.
      bool adds = true;
      for (const auto& w : p.lines[i].words.content)
        adds = adds && (is_measure(w) || p.lines[i - 1].words.has(w) || p.title.has(w));
      if (adds || leans_back(p.lines[i].text))
        (void)consider(i - 1, i);
    }
    before_stands = stands;
  }
  return best;
}

/// As it stands in the passage, with all between the lines.
std::string quote_of(const finding& f) {
  const auto& first = f.where->lines[f.first].text;
  const auto& last = f.where->lines[f.last].text;
  return {first.data(), static_cast<std::size_t>(last.data() + last.size() - first.data())};
}

std::string as_sentence(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  if (!text.empty() && std::string_view{".!?"}.find(text.back()) == std::string_view::npos)
    text += '.';
  return text;
}

std::string requested_by(const reading& question, wanted kind) {
  std::string what = "An answer to: ";
  switch (kind) {
  case wanted::price:
    what = "The price, for: ";
    break;
  case wanted::hours:
  case wanted::moment:
    what = "The time, for: ";
    break;
  case wanted::duration:
    what = "How long it takes, for: ";
    break;
  case wanted::place:
    what = "The place, for: ";
    break;
  case wanted::person:
    what = "Who, for: ";
    break;
  default:
    break;
  }
  auto out = what + question.text;
  while (count_characters(out).value_or(501) > 500)
    out.pop_back();
  return out;
}

/// The beginning of a passage: whole sentences, at least one.
std::string opening_of(const passage& p) {
  std::string_view out;
  for (auto line : sentences_of(p.text)) {
    const char* begin = out.empty() ? line.data() : out.data();
    auto length = static_cast<std::size_t>(line.data() + line.size() - begin);
    if (!out.empty() && length > spoken_most)
      break;
    out = {begin, length};
  }
  return std::string{out};
}

} // namespace

answer compose(const reading& question, std::span<const passage> found) {
  answer out;
  out.suggested = question.about;
  auto give = [&](const passage& p, std::string quote) {
    out.covered = true;
    out.text = as_sentence(quote);
    out.sources.push_back({p.reference, p.title, std::move(quote)});
    return out;
  };
  // What the user answered exactly this with.
  if (!question.asks.empty())
    for (const auto& p : found)
      if (!p.answers.empty() && same_question(question.asks, p.answers))
        if (auto text = opening_of(p); !text.empty())
          return give(p, std::move(text));
  auto q = open(question, found);
  std::vector<page> pages;
  pages.reserve(found.size());
  for (const auto& p : found)
    pages.push_back(open(p));
  std::optional<finding> best;
  if (!question.asks.empty())
    for (const auto& p : pages)
      if (auto f = search(q, p); f && (!best || f->score > best->score + 1e-9))
        best = f;
  if (best) {
    auto quote = quote_of(*best);
    if (quote.size() <= 4 * spoken_most)
      return give(*best->where->from, std::move(quote));
  }
  out.text = "I do not know that.";
  out.requested_info = requested_by(question, q.words.kind);
  return out;
}

} // namespace ringmaster::knowledge
