#include "gateways/telephony/scrub.hpp"

#include <algorithm>
#include <cstddef>

#include "wire/utf8.hpp"

namespace ringmaster::telephony {

namespace {

constexpr std::string_view mask = "\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2";
constexpr std::size_t text_max = 1024;
constexpr std::size_t number_min = 7;
constexpr std::size_t secret_min = 24;

bool digit(char c) { return c >= '0' && c <= '9'; }
bool word(char c) {
  return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '+' || c == '/' ||
         c == '=';
}
bool separator(char c) { return c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '/'; }

/// The length of a phone number at the start of `text`, or 0.
std::size_t number_at(std::string_view text) {
  std::size_t digits = 0;
  std::size_t end = 0;
  std::size_t gap = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (digit(text[i])) {
      ++digits;
      end = i + 1;
      gap = 0;
    } else if (text[i] == '+' && i == 0) {
      continue;
    } else if (!separator(text[i]) || ++gap > 2) {
      break;
    }
  }
  return digits >= number_min ? end : 0;
}

std::size_t word_at(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && word(text[size]))
    ++size;
  return size;
}

/// The escape `%2B` hides the plus of a number, `%20` a space: as good as written out.
std::string readable(std::string_view text) {
  std::string plain;
  while (!text.empty() && plain.size() < 4 * text_max) {
    auto [size, code] = wire::read_character(text);
    if (size == 0) {
      text.remove_prefix(1);
      continue;
    }
    if (code < ' ' || (code >= 0x7f && code <= 0x9f))
      plain += ' ';
    else if (text.starts_with("%2B") || text.starts_with("%2b") || text.starts_with("%20"))
      plain += text[2] == '0' ? ' ' : '+', size = 3;
    else
      plain += text.substr(0, size);
    text.remove_prefix(size);
  }
  return plain;
}

} // namespace

std::string scrub(std::string_view text) {
  auto plain = readable(text);
  std::string out;
  for (auto rest = std::string_view(plain); !rest.empty() && out.size() < text_max;) {
    std::size_t used = 0;
    if (digit(rest[0]) || rest[0] == '+')
      used = number_at(rest);
    auto length = word_at(rest);
    if (length >= secret_min)
      used = std::max(used, length);
    if (used > 0) {
      out += mask;
    } else {
      used = wire::read_character(rest).size;
      out += rest.substr(0, used);
    }
    rest.remove_prefix(used);
  }
  while (out.size() > text_max || !wire::valid_utf8(out))
    out.pop_back();
  return out;
}

} // namespace ringmaster::telephony
