// How values are said aloud.

#include "domain/speech_forms.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "domain/speech_letters.hpp"

namespace ringmaster::talk {

namespace {

using meanings = std::vector<std::string>;

constexpr auto months = std::to_array<std::string_view>(
    {"january", "february", "march", "april", "may", "june", "july", "august", "september",
     "october", "november", "december"});

std::map<std::string, meanings, std::less<>> make_words() {
  std::map<std::string, meanings, std::less<>> out;
  auto add = [&](std::string_view word, std::initializer_list<std::string> all) {
    auto& to = out[std::string{word}];
    for (const auto& m : all)
      if (std::find(to.begin(), to.end(), m) == to.end())
        to.push_back(m);
  };
  for (auto zero : {"zero", "oh", "o", "nought", "naught", "nil"})
    add(zero, {"0"});
  constexpr auto units = std::to_array<std::string_view>(
      {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine"});
  constexpr auto ordinals = std::to_array<std::string_view>(
      {"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"});
  for (std::size_t i = 0; i < units.size(); ++i) {
    auto digit = std::to_string(i + 1);
    add(units[i], {digit});
    add(ordinals[i], {digit, "0" + digit});
  }
  add("niner", {"9"});
  constexpr auto teens = std::to_array<std::string_view>(
      {"ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
       "eighteen", "nineteen"});
  for (std::size_t i = 0; i < teens.size(); ++i) {
    add(teens[i], {std::to_string(i + 10)});
    add(teens[i] == "twelve" ? std::string{"twelfth"} : std::string{teens[i]} + "th",
        {std::to_string(i + 10)});
  }
  constexpr auto tens = std::to_array<std::string_view>(
      {"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"});
  for (std::size_t i = 0; i < tens.size(); ++i) {
    auto digit = std::to_string(i + 2);
    add(tens[i], {digit + "0", digit});
    add(std::string{tens[i].substr(0, tens[i].size() - 1)} + "ieth", {digit + "0"});
  }
  add("fourty", {"40", "4"});
  add("hundred", {"00", "0", ""});
  add("thousand", {"000", "00", "0", ""});
  for (std::size_t i = 0; i < months.size(); ++i) {
    auto number = std::to_string(i + 1);
    auto padded = (number.size() == 1 ? "0" : "") + number;
    std::string whole{months[i]};
    auto abbreviated = whole.substr(0, 3);
    add(whole, {number, padded, abbreviated});
    add(abbreviated, {number, padded, whole});
  }
  add("sept", {"9", "09", "september"});
  for (auto between :
       {"st",    "nd",     "rd",    "th",    "of",    "the",   "dash",       "hyphen",
        "minus", "dot",    "point", "slash", "space", "comma", "underscore", "at",
        "then",  "period", "um",    "uh",    "er",    "plus"})
    add(between, {""});
  constexpr auto shortened = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"street",    "st"  },
      {"avenue",    "ave" },
      {"road",      "rd"  },
      {"drive",     "dr"  },
      {"boulevard", "blvd"},
      {"lane",      "ln"  },
      {"apartment", "apt" },
      {"suite",     "ste" },
      {"court",     "ct"  },
      {"square",    "sq"  },
      {"highway",   "hwy" },
      {"north",     "n"   },
      {"south",     "s"   },
      {"east",      "e"   },
      {"west",      "w"   }
  });
  for (auto [whole, part] : shortened) {
    add(whole, {std::string{part}});
    add(part, {std::string{whole}});
  }
  return out;
}

const std::map<std::string, meanings, std::less<>>& words() {
  static const auto all = make_words();
  return all;
}

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Words and numbers, apart where a letter meets a digit.
std::vector<std::string> parts_of(std::string_view value) {
  std::vector<std::string> out;
  for (const auto& word : spoken_words(value)) {
    bool was_digit = false;
    for (std::size_t i = 0; i < word.size(); ++i) {
      bool is_digit = word[i] >= '0' && word[i] <= '9';
      if (i == 0 || is_digit != was_digit)
        out.emplace_back();
      was_digit = is_digit;
      out.back() += word[i];
    }
  }
  return out;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& p : parts)
    out += p;
  return out;
}

// -- dates ----------------------------------------------------------------------------------------

struct date {
  int year = 0, month = 0, day = 0;
  bool short_year = false;
};

bool is_date(const date& d) {
  return d.month >= 1 && d.month <= 12 && d.day >= 1 && d.day <= 31 &&
         (d.short_year ? d.year >= 0 && d.year <= 99 : d.year >= 1850 && d.year <= 2150);
}

int number_of(const std::string& digits) { return digits.size() > 4 ? -1 : std::stoi(digits); }

/// The dates that a value may mean: 03/04/1980 is two.
std::vector<date> dates_in(std::string_view value, bool is_date_field) {
  std::vector<int> numbers;
  std::vector<std::size_t> lengths;
  int month = 0;
  for (const auto& part : parts_of(value)) {
    if (is_digits(part)) {
      if (part.size() == 8 && is_date_field) {
        // 19800201
        std::vector<date> out;
        auto at = [&](std::size_t i, std::size_t n) { return std::stoi(part.substr(i, n)); };
        for (auto d : {
                 date{at(0, 4), at(4, 2), at(6, 2), false},
                 date{at(4, 4), at(0, 2), at(2, 2), false},
                 date{at(4, 4), at(2, 2), at(0, 2), false}
        })
          if (is_date(d))
            out.push_back(d);
        return out;
      }
      numbers.push_back(number_of(part));
      lengths.push_back(part.size());
      continue;
    }
    for (std::size_t i = 0; i < months.size(); ++i)
      if (part == months[i] || (part.size() >= 3 && months[i].starts_with(part)))
        month = static_cast<int>(i) + 1;
    for (const auto& m : meanings_of(part))
      if (month == 0 && is_digits(m) && numbers.size() < 3) {
        numbers.push_back(number_of(m));
        lengths.push_back(m.size());
        break;
      }
  }
  std::vector<date> out;
  auto add = [&](int y, std::size_t y_length, int m, int d) {
    date found{y, m, d, y_length <= 2};
    if (is_date(found))
      out.push_back(found);
  };
  if (month > 0 && numbers.size() == 2) {
    add(numbers[1], lengths[1], month, numbers[0]);
    if (lengths[0] == 4)
      add(numbers[0], lengths[0], month, numbers[1]);
  } else if (month == 0 && numbers.size() == 3) {
    if (lengths[0] == 4) {
      add(numbers[0], 4, numbers[1], numbers[2]);
    } else if (lengths[2] == 4 || is_date_field) {
      add(numbers[2], lengths[2], numbers[0], numbers[1]);
      add(numbers[2], lengths[2], numbers[1], numbers[0]);
    }
  }
  return out;
}

std::string padded(int n) { return (n < 10 ? "0" : "") + std::to_string(n); }

void add_forms_of(const date& d, std::vector<secret_form>& out) {
  auto year = d.year % 100;
  std::vector<std::string> years{padded(year)};
  if (d.short_year) {
    years.push_back("19" + padded(year));
    years.push_back("20" + padded(year));
  } else {
    years.push_back(std::to_string(d.year));
  }
  auto add = [&](const std::array<std::string, 3>& parts) {
    secret_form f;
    f.letters = parts[0] + parts[1] + parts[2];
    constexpr std::size_t whole_date = 8;
    if (f.letters.size() < whole_date)
      f.borders = {0, parts[0].size(), parts[0].size() + parts[1].size(), f.letters.size()};
    out.push_back(std::move(f));
  };
  for (const auto& y : years)
    for (const auto& m : std::set<std::string>{std::to_string(d.month), padded(d.month)})
      for (const auto& day : std::set<std::string>{std::to_string(d.day), padded(d.day)}) {
        add({m, day, y});
        add({day, m, y});
        add({y, m, day});
      }
}

} // namespace

const std::vector<std::string>& meanings_of(std::string_view word) {
  static const meanings none;
  auto found = words().find(word);
  return found == words().end() ? none : found->second;
}

const std::vector<std::string>& meanings_of_words_with(std::string_view start) {
  static const auto table = [] {
    std::map<std::string, meanings, std::less<>> out;
    for (const auto& [word, all] : words())
      for (std::size_t n = 1; n <= word.size(); ++n) {
        auto& to = out[word.substr(0, n)];
        to.insert(to.end(), all.begin(), all.end());
      }
    for (auto twice : {"double", "triple"})
      for (std::size_t n = 1; n <= 6; ++n)
        out[std::string{twice}.substr(0, n)].emplace_back();
    for (auto& [start_of, all] : out) {
      std::sort(all.begin(), all.end());
      all.erase(std::unique(all.begin(), all.end()), all.end());
    }
    return out;
  }();
  static const meanings none;
  auto found = table.find(start);
  return found == table.end() ? none : found->second;
}

std::vector<secret_form> forms_of(const secret_value& v) {
  constexpr std::size_t shortest = 3, short_word = 5;
  std::vector<secret_form> out;
  auto add = [&](const std::string& letters) {
    if (letters.size() < shortest)
      return;
    secret_form f{letters, {}};
    bool has_digit = letters.find_first_of("0123456789") != std::string::npos;
    if (!has_digit && letters.size() < short_word)
      f.borders = {0, letters.size()};
    out.push_back(std::move(f));
  };
  auto parts = parts_of(v.value);
  add(joined(parts));
  // "Apartment four" is said "apartment 4", too.
  auto in_digits = parts;
  for (auto& p : in_digits)
    for (const auto& m : meanings_of(p))
      if (is_digits(m)) {
        p = m;
        break;
      }
  add(joined(in_digits));
  if (v.field == "name" && parts.size() >= 2) {
    std::vector<std::string> turned{parts.back()};
    turned.insert(turned.end(), parts.begin(), parts.end() - 1);
    add(joined(turned));
    if (parts.size() > 2)
      add(parts.front() + parts.back());
  }
  // The street without the town.
  for (std::size_t begin = 0; begin < v.value.size();) {
    auto end = std::min(v.value.find_first_of(",;\n", begin), v.value.size());
    auto part = letters_of(std::string_view{v.value}.substr(begin, end - begin));
    constexpr std::size_t telling = 6;
    bool tells = part.size() >= telling && v.field == "address" &&
                 part.find_first_of("0123456789") != std::string::npos;
    if (tells)
      add(part);
    begin = end + 1;
  }
  if (auto digits = letters_of(v.value); is_digits(digits)) {
    // A number is said without its country, too.
    constexpr std::size_t national = 10;
    if (digits.size() > national)
      add(digits.substr(digits.size() - national));
  }
  bool is_date_field =
      v.field.find("birth") != std::string::npos || v.field.find("date") != std::string::npos;
  for (const auto& d : dates_in(v.value, is_date_field))
    add_forms_of(d, out);
  return out;
}

} // namespace ringmaster::talk
