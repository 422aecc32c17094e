#include "persistence/array.hpp"

#include <algorithm>

namespace ringmaster::db {
namespace {

constexpr char hex[] = "0123456789abcdef";
constexpr char separator = '\x1f';

// The length of the well-formed UTF-8 sequence at the start of `text`, or 0.
std::size_t sequence(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  auto tail = [&](std::size_t n) {
    if (text.size() < n)
      return false;
    for (std::size_t i = 1; i < n; ++i)
      if ((byte(i) & 0xc0u) != 0x80u)
        return false;
    return true;
  };
  auto first = byte(0);
  if (first < 0x80)
    return 1;
  if (first >= 0xc2 && first <= 0xdf)
    return tail(2) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (!tail(3) || (first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f))
      return 0;
    return 3;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (!tail(4) || (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f))
      return 0;
    return 4;
  }
  return 0;
}

} // namespace

void array::add(const uuid& value) {
  separate();
  char text[36];
  std::size_t at = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      text[at++] = '-';
    text[at++] = hex[value.bytes[i] >> 4];
    text[at++] = hex[value.bytes[i] & 15];
  }
  text_.append(text, at);
}

void joined_texts::add(std::string_view value) {
  if (any_)
    text_.push_back(separator);
  any_ = true;
  auto plain = [](char c) { return c > 0 && c != separator; };
  if (std::all_of(value.begin(), value.end(), plain)) {
    text_ += value;
    return;
  }
  while (!value.empty()) {
    auto n = sequence(value);
    if (n == 0 || (n == 1 && !plain(value[0]))) {
      auto byte = static_cast<unsigned char>(value[0]);
      text_ += '%';
      text_ += hex[byte >> 4];
      text_ += hex[byte & 15];
      n = 1;
    } else {
      text_ += value.substr(0, n);
    }
    value.remove_prefix(n);
  }
}

} // namespace ringmaster::db
