// Whether a text says more than its sources: the facts of it, one by one.

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "domain/knowledge.hpp"
#include "domain/knowledge_words.hpp"
#include "domain/spoken.hpp"
#include "domain/text.hpp"

namespace ringmaster::knowledge {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || is_upper(c) || (static_cast<unsigned char>(c) & 0x80) != 0;
}
std::string lowered(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    c = is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

/// A number as it is written, made comparable: "1,200.00" is "1200", "09:00" is "9".
struct written {
  std::string plain;
  std::string said; ///< as it stands
};

std::string plain_number(std::string_view digits) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    // A comma before three digits parts thousands, else it is a point.
    if (digits[i] == ',') {
      bool thousands =
          i + 3 < digits.size() + 0 && i + 4 > 3 &&
          std::all_of(
              digits.begin() + static_cast<std::ptrdiff_t>(i) + 1,
              digits.begin() + static_cast<std::ptrdiff_t>(std::min(i + 4, digits.size())),
              is_digit) &&
          (i + 4 == digits.size() || !is_digit(digits[i + 4]));
      if (!thousands)
        out += '.';
      continue;
    }
    out += digits[i] == ':' ? '.' : digits[i];
  }
  if (auto point = out.find('.');
      point != std::string::npos && out.find('.', point + 1) == std::string::npos) {
    auto rest = out.substr(point + 1);
    if (rest.find_first_not_of('0') == std::string::npos)
      out.resize(point);
  }
  auto first = out.find_first_not_of('0');
  if (first == std::string::npos)
    return "0";
  if (out[first] == '.')
    --first;
  return out.substr(std::min(first, out.size() - 1));
}

std::vector<written> numbers_in(std::string_view text) {
  std::vector<written> out;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_digit(text[i])) {
      ++i;
      continue;
    }
    auto begin = i;
    while (i < text.size() &&
           (is_digit(text[i]) || ((text[i] == '.' || text[i] == ',' || text[i] == ':') &&
                                  i + 1 < text.size() && is_digit(text[i + 1]))))
      ++i;
    auto said = text.substr(begin, i - begin);
    out.push_back({plain_number(said), std::string{said}});
  }
  return out;
}

/// Digits that stand together but for spaces and dashes, seven or more: a phone number.
struct run {
  std::size_t begin = 0, end = 0;
  std::string digits;
};
std::vector<run> runs_in(std::string_view text) {
  std::vector<run> out;
  run now;
  auto flush = [&] {
    if (now.digits.size() >= 7)
      out.push_back(now);
    now = {};
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (is_digit(c)) {
      if (now.digits.empty())
        now.begin = i;
      now.digits += c;
      now.end = i + 1;
      continue;
    }
    bool joins = c == ' ' || c == '-' || c == '(' || c == ')' || c == '/' ||
                 (c == '.' && i + 1 < text.size() && is_digit(text[i + 1]));
    if (!joins)
      flush();
  }
  flush();
  return out;
}

/// What looks like an address of mail or web.
std::vector<std::string> addresses_in(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < text.size();) {
    auto space = std::min(text.find_first_of(" \t\r\n<>()\"", i), text.size());
    auto word = text.substr(i, space - i);
    while (!word.empty() && std::string_view{".,;:!?'"}.find(word.back()) != std::string_view::npos)
      word.remove_suffix(1);
    bool mail = word.find('@') != std::string_view::npos && word.size() > 2;
    bool web = word.starts_with("http") || word.starts_with("www.");
    for (std::size_t k = 1; !web && !mail && k + 2 < word.size(); ++k)
      if (word[k] == '.' && is_letter(word[k - 1]) && is_letter(word[k + 1]) &&
          is_letter(word[k + 2]) &&
          !is_upper(word[k + 1])) // "end.Next" is a slip, "wheels.example" is an address
        web = true;
    if (mail || web)
      out.push_back(lowered(word));
    i = space + 1;
  }
  return out;
}

const std::set<std::string>& months() {
  static const std::set<std::string> all{"january", "february", "march",   "april",
                                         "june",    "july",     "august",  "september",
                                         "october", "november", "december"};
  return all;
}

/// Words with a capital that name nobody.
bool is_plain_capital(const std::string& low) {
  static const std::set<std::string> all{
      "i",   "ok",  "mr", "mrs", "ms",  "dr",  "am",  "pm",     "ai",    "yes",    "no",
      "the", "a",   "an", "we",  "our", "you", "it",  "is",     "and",   "or",     "but",
      "if",  "for", "in", "on",  "at",  "usd", "eur", "please", "thank", "thanks", "hello"};
  return all.count(low) > 0;
}

struct known_facts {
  std::set<std::string> numbers, days, months, words;
  std::vector<run> runs;
  std::string all; ///< in small letters
};

void learn(known_facts& k, std::string_view text) {
  for (auto& n : numbers_in(text)) {
    k.numbers.insert(n.plain);
    // "14:30" is "2:30 pm"; "2 pm" is "14:00".
    auto point = std::min(n.plain.find('.'), n.plain.size());
    if (point <= 2 && n.said.find(',') == std::string::npos) {
      auto hour = std::stoi(n.plain.substr(0, point).empty() ? "0" : n.plain.substr(0, point));
      if (hour > 12 && hour < 24 && n.said.find(':') != std::string::npos)
        k.numbers.insert(std::to_string(hour - 12) + n.plain.substr(point));
    }
  }
  for (auto& r : runs_in(text))
    k.runs.push_back(std::move(r));
  for (auto line : sentences_of(text)) {
    auto w = read_words(line);
    k.numbers.insert(w.numbers_in_words.begin(), w.numbers_in_words.end());
    k.days.insert(w.days.begin(), w.days.end());
    talk::spoken s{line};
    for (std::size_t i = 0; i < s.size(); ++i) {
      k.words.insert(std::string{s[i]});
      k.words.insert(stem_of(s[i]));
    }
  }
  k.all += lowered(text) + '\n';
}

/// A passage, read.
struct source {
  known_facts has;
  words_read words;
};

/// What a text is about, without the kind of what it asks or tells.
std::set<std::string> subject_of(const words_read& w) {
  static const std::set<std::string> kinds{"cost",  "duration", "count", "when",   "who",
                                           "hour",  "day",      "minut", "dollar", "euro",
                                           "month", "year",     "where"};
  std::set<std::string> out;
  for (const auto* all : {&w.content, &w.light})
    for (const auto& word : *all)
      if (kinds.count(word) == 0)
        out.insert(word);
  for (const auto& d : w.days)
    out.insert(d);
  return out;
}

bool speaks_of(const words_read& source, const std::string& word) {
  if (source.has(word) || source.days.count(word) > 0)
    return true;
  for (auto general : wider_than(word))
    if (source.has(std::string{general}))
      return true;
  return false;
}

} // namespace

std::vector<std::string>
ungrounded(std::string_view text, std::string_view question, std::span<const passage> sources) {
  known_facts known, asked;
  learn(known, question);
  learn(asked, question);
  std::vector<source> each;
  for (const auto& p : sources) {
    learn(known, p.title);
    learn(known, p.text);
    source one;
    learn(one.has, p.title);
    learn(one.has, p.text);
    one.words = read_words(p.title + ". " + p.text);
    each.push_back(std::move(one));
  }
  const auto wanted_words = read_words(question);
  std::vector<std::string> out;
  auto strange = [&](std::string what) {
    if (std::find(out.begin(), out.end(), what) == out.end())
      out.push_back(std::move(what));
  };
  // Phone numbers are compared as a whole, however they are parted; their digits say nothing else.
  std::string rest{text};
  for (const auto& r : runs_in(text)) {
    constexpr std::size_t prefix_most = 3; // of a country
    bool borne = std::any_of(known.runs.begin(), known.runs.end(), [&](const auto& k) {
      return k.digits.ends_with(r.digits) ||
             (r.digits.ends_with(k.digits) && r.digits.size() - k.digits.size() <= prefix_most);
    });
    if (!borne)
      strange(r.digits);
    rest.replace(r.begin, r.end - r.begin, std::string(r.end - r.begin, ' '));
  }
  // A number must stand in a source that has to do with what is said or asked: the price of one
  // thing is no price of another.
  auto is_borne = [&](const std::string& number, const words_read& line) {
    if (asked.numbers.count(number) > 0)
      return true;
    if (known.numbers.count(number) == 0)
      return false;
    auto subject = subject_of(line);
    subject.merge(subject_of(wanted_words));
    return subject.empty() || std::any_of(each.begin(), each.end(), [&](const source& s) {
             return s.has.numbers.count(number) > 0 &&
                    std::any_of(subject.begin(), subject.end(), [&](const auto& w) {
                      return speaks_of(s.words, w);
                    });
           });
  };
  for (auto line : sentences_of(rest)) {
    auto words = read_words(line);
    for (const auto& n : numbers_in(line))
      if (!is_borne(n.plain, words))
        strange(n.said);
    for (const auto& n : words.numbers_in_words)
      if (!is_borne(n, words))
        strange(n);
  }
  for (const auto& address : addresses_in(text))
    if (known.all.find(address) == std::string::npos)
      strange(address);
  for (auto line : sentences_of(text)) {
    bool asks_back = line.ends_with('?');
    auto w = read_words(line);
    if (asks_back)
      continue;
    for (const auto& d : w.days)
      if (known.days.count(d) == 0)
        strange(d);
    talk::spoken s{line};
    for (std::size_t i = 0; i < s.size(); ++i)
      if (months().count(std::string{s[i]}) > 0 && known.words.count(std::string{s[i]}) == 0)
        strange(std::string{s[i]});
    // Names: a capital inside of the sentence, or two words of it at the beginning.
    bool first = true, last_was_capital = false;
    std::string opener;
    for (std::size_t i = 0; i < line.size();) {
      if (!is_letter(line[i])) {
        ++i;
        continue;
      }
      auto begin = i;
      while (i < line.size() && (is_letter(line[i]) || line[i] == '\''))
        ++i;
      auto word = line.substr(begin, i - begin);
      auto low = lowered(word);
      if (low.ends_with("'s"))
        low.resize(low.size() - 2);
      bool capital = is_upper(word.front());
      bool is_known = is_plain_capital(low) || known.words.count(low) > 0 ||
                      known.words.count(stem_of(low)) > 0 || months().count(low) > 0 ||
                      low.find('\'') != std::string::npos || !read_words(low).days.empty();
      if (capital && !first && !is_known) {
        strange(std::string{word});
        if (last_was_capital && !opener.empty())
          strange(opener);
      }
      if (first)
        opener = is_known ? std::string{} : std::string{word};
      else if (!(capital && last_was_capital))
        opener.clear();
      last_was_capital = capital;
      first = false;
    }
  }
  return out;
}

std::vector<citation> sources_of(std::string_view text, std::span<const passage> found) {
  struct rated {
    double score;
    std::size_t place;
    citation what;
  };
  std::vector<rated> all;
  std::vector<words_read> said;
  for (auto line : sentences_of(text))
    if (auto w = read_words(line); !w.content.empty() || !w.numbers.empty())
      said.push_back(std::move(w));
  for (std::size_t at = 0; at < found.size(); ++at) {
    const auto& p = found[at];
    auto title = read_words(p.title);
    double best = 0;
    std::string_view quote;
    for (auto line : sentences_of(p.text)) {
      auto has = read_words(line);
      for (const auto& w : said) {
        double shared = 0, whole = 0;
        for (const auto& word : w.content) {
          auto weight = weight_of(word);
          whole += weight;
          shared += has.has(word) ? weight : title.has(word) ? 0.5 * weight : 0;
        }
        for (const auto& n : w.numbers) {
          whole += 1;
          shared += has.numbers.count(n) > 0 ? 1 : 0;
        }
        constexpr double least = 0.5;
        if (whole > 0 && shared / whole >= least && shared > best) {
          best = shared;
          quote = line;
        }
      }
    }
    if (best > 0)
      all.push_back({
          best, at, {p.reference, p.title, std::string{quote}}
      });
  }
  std::stable_sort(
      all.begin(), all.end(), [](const rated& a, const rated& b) { return a.score > b.score; });
  constexpr std::size_t citations_most = 3;
  std::vector<citation> out;
  for (auto& r : all)
    if (out.size() < citations_most && r.score >= all.front().score * 0.6)
      out.push_back(std::move(r.what));
  return out;
}

} // namespace ringmaster::knowledge
