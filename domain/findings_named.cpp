// What is named in a piece: prices, codes, and numbers as they are spelled.

#include <algorithm>
#include <array>
#include <utility>

#include "domain/findings_heard.hpp"
#include "domain/rules_parts.hpp"

namespace ringmaster::talk {

namespace {

using rules::reader;

// -- spoken numbers -------------------------------------------------------------------------------

constexpr auto ordinals = std::to_array<std::pair<std::string_view, int>>({
    {"first",       1 },
    {"second",      2 },
    {"third",       3 },
    {"fourth",      4 },
    {"fifth",       5 },
    {"sixth",       6 },
    {"seventh",     7 },
    {"eighth",      8 },
    {"ninth",       9 },
    {"tenth",       10},
    {"eleventh",    11},
    {"twelfth",     12},
    {"thirteenth",  13},
    {"fourteenth",  14},
    {"fifteenth",   15},
    {"sixteenth",   16},
    {"seventeenth", 17},
    {"eighteenth",  18},
    {"nineteenth",  19},
    {"twentieth",   20},
    {"thirtieth",   30}
});

int ordinal_of(const std::string& word) {
  for (const auto& [name, value] : ordinals)
    if (name == word)
      return value;
  return 0;
}

bool is_month(const reader& r, std::size_t i) {
  return r.is_one_of(
      i, {"january", "february", "march", "april", "may", "june", "july", "august", "september",
          "october", "november", "december"});
}

struct piece {
  std::string text;
  std::size_t length = 0;
};

/// "third", "twenty-fourth" behind a month or "the".
std::optional<piece> ordinal_at(const reader& r, std::size_t i) {
  if (!is_month(r, i - 1) && r.low(i - 1) != "the")
    return std::nullopt;
  int tens = r.low(i) == "twenty" ? 20 : r.low(i) == "thirty" ? 30 : 0;
  auto at = tens > 0 ? i + 1 + (r.low(i + 1) == "-" ? 1 : 0) : i;
  auto unit = ordinal_of(r.low(at));
  if (unit == 0 || (tens > 0 && unit > 9) || tens + unit > 31)
    return std::nullopt;
  // "the first one", "the second visit" are no dates.
  if (r.low(i - 1) == "the" && r.is_word(at + 1) &&
      !r.is_one_of(at + 1, {"of", "at", "in", "or", "and", "if", "is", "works", "would", "for"}))
    return std::nullopt;
  auto value = tens + unit;
  auto last = value % 10;
  auto ending = value > 10 && value < 14 ? "th"
                : last == 1              ? "st"
                : last == 2              ? "nd"
                : last == 3              ? "rd"
                                         : "th";
  return piece{std::to_string(value) + ending, at + 1 - i};
}

int digit_of(const reader& r, std::size_t i) {
  constexpr auto digits = std::to_array<std::string_view>(
      {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"});
  for (std::size_t d = 0; d < digits.size(); ++d)
    if (r.low(i) == digits[d])
      return static_cast<int>(d);
  return r.low(i) == "oh" || r.low(i) == "o" ? 0 : -1;
}

/// Seven and more digits in words are a telephone number.
std::optional<piece> digits_at(const reader& r, std::size_t i) {
  std::string out;
  auto at = i, last = i;
  for (; at < r.size() && at < i + 40; ++at) {
    if (auto d = digit_of(r, at); d >= 0) {
      out += static_cast<char>('0' + d);
      last = at + 1;
    } else if (r.is_number(at)) {
      out += r.low(at);
      last = at + 1;
    } else if (!r.is_one_of(at, {",", "-"}) || at == i) {
      break;
    }
  }
  if (out.size() < 7 || out.size() > 15 || digit_of(r, i) < 0)
    return std::nullopt;
  return piece{out, last - i};
}

bool is_number_word(const reader& r, std::size_t i) {
  return r.is_number(i) || rules::read_count(r, i).has_value() || digit_of(r, i) >= 0;
}

/// "ten thirty", "two fifteen", "five oh five": an hour and minutes in words.
std::optional<piece> clock_at(const reader& r, std::size_t i) {
  if (is_number_word(r, i - 1) || !r.is_word(i))
    return std::nullopt;
  auto hour = rules::read_count(r, i);
  reader first{r.low(i)};
  hour = rules::read_count(first, 0);
  if (!hour || hour->value < 1 || hour->value > 12)
    return std::nullopt;
  std::int64_t minutes = -1;
  std::size_t length = 0;
  if (r.low(i + 1) == "oh" && digit_of(r, i + 2) > 0) {
    minutes = digit_of(r, i + 2);
    length = 3;
  } else if (auto count = rules::read_count(r, i + 1);
             count && r.is_word(i + 1) && count->value >= 10 && count->value < 60) {
    minutes = count->value;
    length = 1 + count->length;
  }
  auto behind = i + length;
  bool is_time = r.is_one_of(
                     i - 1, {"at", "to", "for", "until", "or", "from", "around", "till", "is", "by",
                             "about", "monday", "tuesday", "wednesday", "thursday", "friday",
                             "saturday", "sunday", "tomorrow"}) ||
                 r.is_one_of(behind, {"am", "pm", "in", "o'clock", "a", "p", "tomorrow", "on"});
  if (minutes < 0 || !is_time || is_number_word(r, behind) ||
      r.is_one_of(
          behind, {"dollars", "dollar", "bucks", "euros", "pounds", "percent", "people", "cents",
                   "hundred", "thousand"}))
    return std::nullopt;
  return piece{
      std::to_string(hour->value) + (minutes < 10 ? ":0" : ":") + std::to_string(minutes), length};
}

} // namespace

std::string write_numbers(std::string_view spoken) {
  reader r{std::string{spoken}};
  std::string out;
  std::size_t copied = 0;
  const auto& all = r.all();
  for (std::size_t i = 0; i < r.size();) {
    std::optional<piece> found;
    if (r.is_word(i)) {
      found = ordinal_at(r, i);
      if (!found)
        found = digits_at(r, i);
      if (!found)
        found = clock_at(r, i);
    }
    if (!found) {
      ++i;
      continue;
    }
    out.append(all, copied, r[i].begin - copied);
    out += found->text;
    i += found->length;
    copied = r[i - 1].end;
  }
  out.append(all, copied, std::string::npos);
  return out;
}

// -- prices ---------------------------------------------------------------------------------------

namespace {

/// "over 100 dollars", "up to 80": a limit of something, not its price.
bool is_threshold(const reader& r, std::size_t i) {
  return r.is_one_of(i - 1, {"over", "above", "under", "below", "exceeding"}) ||
         r.says_any(i - 2, {"more than", "less than", "at least", "up to", "down to"}) > 0 ||
         r.is_one_of(i, {"over", "above", "under", "below", "up", "less", "more"});
}

/// "and 50 cents" behind whole dollars.
std::size_t add_cents(const reader& r, std::size_t at, money& amount) {
  auto start = at + (r.low(at) == "and" ? 1 : 0);
  auto cents = rules::read_count(r, start);
  if (!cents || cents->value >= 100 ||
      !r.is_one_of(start + cents->length, {"cents", "cent", "pence"}))
    return at;
  amount.micros += cents->value * 10'000;
  return start + cents->length + 1;
}

/// "it is 45", "now it is 65", "that's 35.": a bare amount where a price is expected.
std::optional<price_heard> bare_at(const utterance& u, std::size_t i, const std::string& currency) {
  const auto& r = u.words();
  auto count = rules::read_count(r, i);
  if (!count || count->value < 1 || (i > 0 && is_number_word(r, i - 1)))
    return std::nullopt;
  auto last = i + count->length;
  std::int64_t micros = count->value * 1'000'000;
  if (r.low(last) == "." && r[last].glued && r.is_number(last + 1) && r[last + 1].glued &&
      r.low(last + 1).size() == 2) {
    micros += rules::digits_of(r[last + 1]).value_or(0) * 10'000;
    last += 2;
  }
  bool led = i == 0 || r.is_one_of(
                           i - 1, {"is", "it's", "that's", "for", "be", "just", "only", "about",
                                   "around", ",", "to", "at", "say", "now", "."});
  for (std::size_t k = i; k-- > 0 && k + 5 > i;)
    if (r.is_one_of(k, {"number", "street", "order", "code", "year", "reference", "#"}))
      return std::nullopt;
  bool ends = last >= r.size() || r.ends_sentence(last) ||
              r.is_one_of(last, {",", "plus", "with", "including", "per", "each", "and", "for"});
  if (!led || !ends)
    return std::nullopt;
  return price_heard{
      i, last, money{micros, currency},
        false
  };
}

} // namespace

std::vector<price_heard> read_prices(const utterance& u, std::string_view region, bool expected) {
  const auto& r = u.words();
  std::vector<price_heard> out;
  std::string currency = "USD";
  for (auto& p : rules::find_prices(r, region, {})) {
    price_heard found{p.where.first, p.where.last, p.amount, false};
    currency = p.amount.currency;
    found.last = add_cents(r, found.last, found.amount);
    // A price of what is denied lets a bare one follow: "it is not 40 dollars, it is 45".
    if (u.around(p.where.first).negated)
      expected = true;
    else if (!is_threshold(r, p.where.first))
      out.push_back(std::move(found));
  }
  if (expected)
    for (std::size_t i = 0; i < r.size(); ++i) {
      auto taken = [&](const price_heard& p) { return i >= p.first && i < p.last; };
      if (std::any_of(out.begin(), out.end(), taken) || u.around(i).negated)
        continue;
      if (auto bare = bare_at(u, i, currency)) {
        i = bare->last - 1;
        out.push_back(std::move(*bare));
      }
    }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t k = 0; k + 1 < out.size(); ++k)
    out[k].superseded = u.corrects(out[k].last, out[k + 1].first);
  return out;
}

// -- codes ----------------------------------------------------------------------------------------

namespace {

constexpr auto alphabet = std::to_array<std::string_view>(
    {"alpha",  "bravo", "charlie", "delta",  "echo",     "foxtrot", "golf",   "hotel",  "india",
     "juliet", "kilo",  "lima",    "mike",   "november", "oscar",   "papa",   "quebec", "romeo",
     "sierra", "tango", "uniform", "victor", "whiskey",  "x-ray",   "yankee", "zulu"});

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return upper(c); });
  return text;
}

bool is_upper_word(const reader& r, std::size_t i) {
  auto text = r.text(i, i + 1);
  return r.is_word(i) && text.size() >= 2 && text.size() <= 6 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// One spelled part: "A", "A as in alpha", "bravo", "17", "seven", "double five", "KX".
std::optional<piece> part_at(const reader& r, std::size_t i) {
  const auto& w = r.low(i);
  if (r.is_number(i))
    return piece{w, 1};
  if (auto d = digit_of(r, i); d >= 0 && w != "o")
    return piece{std::to_string(d), 1};
  if (r.is_one_of(i, {"double", "triple"})) {
    auto d =
        r.is_number(i + 1) && r.low(i + 1).size() == 1 ? r.low(i + 1)[0] - '0' : digit_of(r, i + 1);
    if (d >= 0)
      return piece{std::string(w == "double" ? 2 : 3, static_cast<char>('0' + d)), 2};
  }
  if (r.is_word(i) && w.size() == 1) {
    std::size_t length = 1;
    if (r.says(i + 1, "as in") > 0 || r.says(i + 1, ", as in") > 0)
      length = r.low(i + 1) == "," ? 5 : 4;
    else if (r.is_one_of(i + 1, {"for", "like"}) && r.low(i + 2).starts_with(w))
      length = 3;
    return piece{upper(w), length};
  }
  for (auto word : alphabet)
    if (w == word)
      return piece{std::string(1, upper(word[0])), 1};
  if (is_upper_word(r, i) ||
      (r.is_word(i) && w.size() <= 4 && r[i + 1].glued && r.is_number(i + 1)))
    return piece{upper(w), 1};
  if (auto count = rules::read_count(r, i); count && r.is_word(i) && count->value < 100)
    return piece{std::to_string(count->value), count->length};
  return std::nullopt;
}

struct run {
  std::string text;
  std::size_t last = 0;
};

/// Parts in a row, with signs between them. A point ends it unless it is within ("A.17").
run run_at(const reader& r, std::size_t i) {
  run out{{}, i};
  for (auto at = i; at < r.size() && out.text.size() < 24;) {
    if (auto part = part_at(r, at)) {
      // The article of "a table" is no letter.
      if (part->text == "A" && part->length == 1 && !part_at(r, at + 1) &&
          !r.is_one_of(at + 1, {"-", ","}))
        break;
      if (part->text == "I" && part->length == 1 && r.is_word(at + 1) && !part_at(r, at + 1))
        break;
      out.text += part->text;
      at += part->length;
      out.last = at;
    } else if (
        at > i &&
        (r.is_one_of(at, {"-", ",", "dash", "hyphen", "/"}) ||
         (r.low(at) == "." && r[at + 1].glued)) &&
        part_at(r, at + 1)) {
      ++at;
    } else {
      break;
    }
  }
  return out;
}

std::size_t cue_at(const reader& r, std::size_t i) {
  auto n = r.says_any(
      i, {"confirmation number", "confirmation code", "reference number",    "reference code",
          "reference",           "booking number",    "booking code",        "case number",
          "order number",        "ticket number",     "cancellation number", "reservation number",
          "confirmation is",     "your number is",    "your code is",        "the code is",
          "tracking number",     "claim number",      "confirmation",        "cancellation code",
          "request number",      "record locator"});
  return n;
}

bool is_code(std::string_view text) {
  bool digit = std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return text.size() >= 3 && text.size() <= 20 && (digit || text.size() >= 5);
}

} // namespace

std::vector<code_heard> read_codes(const utterance& u) {
  const auto& r = u.words();
  std::vector<code_heard> out;
  for (std::size_t i = 0; i < r.size(); ++i) {
    auto n = cue_at(r, i);
    if (n == 0 || u.around(i).negated || u.around(i).asks)
      continue;
    std::optional<code_heard> found;
    for (auto at = i + n; at < i + n + 8 && at < r.size(); ++at) {
      auto read = run_at(r, at);
      if (is_code(read.text)) {
        found = code_heard{at, read.last, read.text, std::string{r.text(i, i + n)}};
        break;
      }
      if (r.ends_sentence(at) && at > i + n)
        break;
    }
    // "4 4 7, sorry, 4 4 9 1"
    for (auto at = found ? found->last : r.size(); found && at < found->last + 5; ++at)
      if (auto length = correction_at(r, at)) {
        auto next = at + length + (r.low(at + length) == "," ? 1 : 0);
        while (r.is_one_of(next, {"it", "is", "it's", "that's", "that"}))
          ++next;
        if (auto read = run_at(r, next); is_code(read.text))
          found = code_heard{next, read.last, read.text, found->cue};
        break;
      }
    if (found) {
      i = found->last - 1;
      out.push_back(std::move(*found));
    }
  }
  return out;
}

std::vector<std::string> read_spelled(const reader& r) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < r.size();) {
    auto read = run_at(r, i);
    if (read.last > i) {
      out.push_back(std::move(read.text));
      i = read.last;
    } else {
      ++i;
    }
  }
  return out;
}

} // namespace ringmaster::talk
