// Sentences, numbers in words, and the values that a text may have: money, hours, places.

#include <algorithm>
#include <array>
#include <utility>

#include "domain/knowledge_words.hpp"
#include "domain/spoken.hpp"
#include "domain/text.hpp"

namespace ringmaster::knowledge {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

constexpr auto number_names = std::to_array<std::pair<std::string_view, int>>({
    {"two",       2  },
    {"three",     3  },
    {"four",      4  },
    {"five",      5  },
    {"six",       6  },
    {"seven",     7  },
    {"eight",     8  },
    {"nine",      9  },
    {"ten",       10 },
    {"eleven",    11 },
    {"twelve",    12 },
    {"thirteen",  13 },
    {"fourteen",  14 },
    {"fifteen",   15 },
    {"sixteen",   16 },
    {"seventeen", 17 },
    {"eighteen",  18 },
    {"nineteen",  19 },
    {"twenty",    20 },
    {"thirty",    30 },
    {"forty",     40 },
    {"fifty",     50 },
    {"sixty",     60 },
    {"seventy",   70 },
    {"eighty",    80 },
    {"ninety",    90 },
    {"hundred",   100},
});

} // namespace

std::optional<int> number_named(std::string_view word) {
  for (const auto& [name, value] : number_names)
    if (name == word)
      return value;
  return std::nullopt;
}

/// "Mon-Fri" and "9–5" with a "to" for the dash.
std::string with_spans(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 8);
  for (std::size_t i = 0; i < text.size();) {
    bool is_dash = text[i] == '-';
    bool is_long = text.substr(i, 3) == "\xe2\x80\x93" || text.substr(i, 3) == "\xe2\x80\x94";
    if (!is_dash && !is_long) {
      out += text[i++];
      continue;
    }
    auto length = is_long ? 3u : 1u;
    auto before = trimmed(out);
    auto begin = before.size();
    while (begin > 0 && is_letter(before[begin - 1]))
      --begin;
    std::string left{before.substr(begin)};
    auto rest = trimmed(text.substr(i + length));
    std::string right{rest.substr(0, std::min<std::size_t>(rest.size(), 12))};
    auto stop = std::find_if(right.begin(), right.end(), [](char c) { return !is_letter(c); });
    right.erase(stop, right.end());
    auto lower = [](std::string& s) {
      for (auto& c : s)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    lower(left), lower(right);
    bool days = is_day_named(left) && is_day_named(right);
    bool clocks = !rest.empty() && is_digit(rest.front()) && !before.empty() &&
                  (is_digit(before.back()) || left == "am" || left == "pm" || left == "m");
    out += days || clocks ? " to " : is_long ? " " : "-";
    i += length;
  }
  return out;
}

std::vector<std::string_view> sentences_of(std::string_view text) {
  std::vector<std::string_view> out;
  auto put = [&](std::size_t from, std::size_t to) {
    if (auto one = trimmed(text.substr(from, to - from)); !one.empty())
      out.push_back(one);
  };
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\n' || c == '\r') {
      put(begin, i);
      begin = i + 1;
      continue;
    }
    if (c != '.' && c != '!' && c != '?')
      continue;
    bool ends = i + 1 == text.size() || text[i + 1] == ' ' || text[i + 1] == '\t' ||
                text[i + 1] == '\n' || text[i + 1] == '\r';
    if (!ends)
      continue;
    if (c == '.') {
      auto from = i;
      while (from > begin && is_letter(text[from - 1]))
        --from;
      auto word = text.substr(from, i - from);
      // "Dr. Smith", "9 a.m. to 5": a short form, unless a capital follows "a.m.".
      bool title = word == "Dr" || word == "Mr" || word == "Mrs" || word == "Ms" || word == "St" ||
                   word == "No" || word == "approx" || word == "e.g";
      auto next = text.find_first_not_of(" \t", i + 1);
      bool small = next != std::string_view::npos &&
                   ((text[next] >= 'a' && text[next] <= 'z') || is_digit(text[next]));
      if (title || (small && (word == "m" || word.size() == 1)))
        continue;
    }
    put(begin, i + 1);
    begin = i + 1;
  }
  put(begin, text.size());
  return out;
}

// -- values ---------------------------------------------------------------------------------------

bool has_money(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '$' || text.substr(i, 3) == "\xe2\x82\xac" || text.substr(i, 2) == "\xc2\xa3")
      return true;
  talk::spoken s{text};
  if (s.has(
          {"free", "complimentary", "no .. charge|fee", "without charge", "included in the price",
           "costs nothing", "at no cost"}))
    return true;
  for (std::size_t i = 0; i < s.size(); ++i)
    if ((is_number(s[i]) || number_named(s[i]) || s[i] == "a" || s[i] == "one") &&
        s.is_one_of(
            i + 1, {"dollar", "dollars", "euro", "euros", "usd", "eur", "pounds", "pound", "cents",
                    "bucks", "percent", "francs"}))
      return true;
    else if (is_number(s[i]) && text.find('%') != std::string_view::npos)
      return true;
  return false;
}

bool has_clock(std::string_view text) {
  talk::spoken s{with_spans(text)};
  if (s.has({"noon", "midnight", "24 hours", "around the clock"}))
    return true;
  for (std::size_t i = 0; i < s.size(); ++i) {
    bool hour = (is_number(s[i]) && s[i].size() <= 2) || number_named(s[i]);
    if (hour &&
        (s.is_one_of(i + 1, {"am", "pm", "oclock"}) || s.fits(i + 1, "a|p m") ||
         s.fits(i + 1, "to|until|till") || s.is_one_of(i - 1, {"until", "till", "at", "from"})))
      return true;
  }
  for (std::size_t i = 1; i + 2 < text.size(); ++i)
    if (text[i] == ':' && is_digit(text[i - 1]) && is_digit(text[i + 1]) && is_digit(text[i + 2]))
      return true;
  return false;
}

bool has_duration(std::string_view text) {
  talk::spoken s{text};
  if (s.has(
          {"half an hour", "an hour", "a day", "a week", "a month", "a year", "a minute",
           "same day", "overnight", "all day", "no time limit", "while you wait", "on the spot",
           "next day"}))
    return true;
  for (std::size_t i = 0; i < s.size(); ++i)
    if ((is_number(s[i]) || number_named(s[i]) || s[i] == "one") &&
        s.is_one_of(
            i + 1, {"minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "month",
                    "months", "year", "years", "business", "working", "full"}))
      return true;
  return false;
}

bool has_value(std::string_view text, wanted kind) {
  switch (kind) {
  case wanted::anything:
    return true;
  case wanted::price:
    return has_money(text);
  case wanted::hours: {
    auto w = read_words(text);
    return has_clock(text) || !w.days.empty() || w.content.count("hours") > 0;
  }
  case wanted::moment: {
    auto w = read_words(text);
    talk::spoken s{text};
    return has_clock(text) || !w.days.empty() || has_duration(text) ||
           s.has(
               {"january|february|march|april|may|june|july|august|september|october|november|"
                "december",
                "spring|summer|autumn|fall|winter", "any time", "anytime", "always",
                "morning|evening"});
  }
  case wanted::duration:
    return has_duration(text);
  case wanted::place: {
    talk::spoken s{text};
    return s.has(
        {"in|at|on|behind|opposite|near|next|beside|between|street|road|avenue|lane|square|floor|"
         "corner|yard|garage|station|downstairs|upstairs|outside|inside|across|front"});
  }
  case wanted::phone: {
    auto digits = std::count_if(text.begin(), text.end(), is_digit);
    return digits >= 7;
  }
  case wanted::email:
    return text.find('@') != std::string_view::npos;
  case wanted::website:
    for (std::size_t i = 1; i + 2 < text.size(); ++i)
      if (text[i] == '.' && is_letter(text[i - 1]) && is_letter(text[i + 1]) &&
          is_letter(text[i + 2]))
        return true;
    return false;
  case wanted::person: {
    // A name: a capital inside of the sentence, or two at its beginning.
    for (std::size_t i = 1; i < text.size(); ++i)
      if (text[i] >= 'A' && text[i] <= 'Z' && text[i - 1] == ' ')
        return true;
    return false;
  }
  case wanted::count: {
    auto w = read_words(text);
    return !w.numbers.empty();
  }
  }
  return false;
}

} // namespace ringmaster::knowledge
