#include "domain/money.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "domain/text.hpp"

namespace ringmaster {

namespace {

constexpr std::int64_t unit = 1'000'000;
constexpr std::size_t whole_digits = 9;
constexpr std::size_t fraction_digits = 6;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct sign {
  std::string_view text, currency;
};
constexpr std::array<sign, 3> signs{
    {{"$", "USD"}, {"€", "EUR"}, {"£", "GBP"}}
};

std::string with_commas(const std::string& digits) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0)
      out += ',';
    out += digits[i];
  }
  return out;
}

/// The digits of a number with or without commas between its thousands; empty if it is neither.
std::string without_commas(std::string_view text) {
  auto whole = text.substr(0, text.find('.'));
  if (whole.find(',') == std::string_view::npos)
    return std::string{text};
  std::string out;
  std::size_t group = 0; // digits since the last comma
  bool first = true;
  for (char c : whole) {
    if (c != ',') {
      out += c;
      ++group;
      continue;
    }
    if (group == 0 || group > 3 || (!first && group != 3))
      return {};
    first = false;
    group = 0;
  }
  return group == 3 ? out + std::string{text.substr(whole.size())} : std::string{};
}

} // namespace

std::string to_decimal(std::int64_t micros) {
  auto fraction = std::to_string(micros % unit);
  fraction.insert(0, fraction_digits - fraction.size(), '0');
  while (fraction.size() > 2 && fraction.back() == '0')
    fraction.pop_back();
  return std::to_string(micros / unit) + '.' + fraction;
}

std::optional<std::int64_t> parse_decimal(std::string_view text) {
  auto point = std::min(text.find('.'), text.size());
  auto whole = text.substr(0, point);
  auto fraction = point < text.size() ? text.substr(point + 1) : std::string_view{};
  if (whole.empty() || whole.size() > whole_digits || fraction.size() > fraction_digits ||
      (point < text.size() && fraction.empty()) ||
      !std::all_of(whole.begin(), whole.end(), is_digit) ||
      !std::all_of(fraction.begin(), fraction.end(), is_digit))
    return std::nullopt;
  std::int64_t micros = 0;
  for (char c : whole)
    micros = micros * 10 + (c - '0');
  for (std::size_t i = 0; i < fraction_digits; ++i)
    micros = micros * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  return micros;
}

bool is_currency(std::string_view text) {
  return text.size() == 3 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string show(const money& m) {
  auto number = with_commas(std::to_string(m.micros / unit));
  if (m.micros % unit != 0) {
    auto decimal = to_decimal(m.micros);
    number += decimal.substr(decimal.find('.'));
  }
  for (const auto& s : signs)
    if (s.currency == m.currency)
      return std::string{s.text} + number;
  return number + ' ' + m.currency;
}

std::optional<std::strong_ordering> compare(const money& a, const money& b) {
  if (a.currency != b.currency)
    return std::nullopt;
  return a.micros <=> b.micros;
}

std::optional<money> parse_price(std::string_view text) {
  money price;
  text = trimmed(text);
  for (const auto& s : signs) {
    if (text.starts_with(s.text))
      text.remove_prefix(s.text.size());
    else if (text.ends_with(s.text))
      text.remove_suffix(s.text.size());
    else
      continue;
    price.currency = s.currency;
    break;
  }
  text = trimmed(text);
  if (text.size() > 3 && is_currency(text.substr(0, 3))) {
    price.currency = text.substr(0, 3);
    text.remove_prefix(3);
  } else if (text.size() > 3 && is_currency(text.substr(text.size() - 3))) {
    price.currency = text.substr(text.size() - 3);
    text.remove_suffix(3);
  }
  auto micros = parse_decimal(without_commas(trimmed(text)));
  if (!micros)
    return std::nullopt;
  price.micros = *micros;
  return price;
}

} // namespace ringmaster
