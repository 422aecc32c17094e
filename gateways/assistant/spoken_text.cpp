#include "gateways/assistant/spoken_text.hpp"

#include <algorithm>
#include <utility>

#include "wire/utf8.hpp"

namespace ringmaster::assistant {

namespace {

constexpr std::size_t address_max = 2'000;

bool is_picture(char32_t code) {
  return (code >= 0x1F000 && code <= 0x1FAFF) || (code >= 0x2600 && code <= 0x27BF) ||
         (code >= 0x2B00 && code <= 0x2BFF) || (code >= 0xFE00 && code <= 0xFE0F) ||
         code == 0x200D || code == 0x20E3 || (code >= 0xE0000 && code <= 0xE007F);
}

bool is_control(char32_t code) {
  return (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code <= 0x9f) ||
         code == 0xFEFF || (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

/// True if more bytes may make a character of these.
bool is_cut(std::string_view bytes) {
  auto first = static_cast<unsigned char>(bytes.front());
  std::size_t whole = first >= 0xf5   ? 1
                      : first >= 0xf0 ? 4
                      : first >= 0xe0 ? 3
                      : first >= 0xc2 ? 2
                                      : 1;
  return bytes.size() < whole && std::all_of(bytes.begin() + 1, bytes.end(), [](char c) {
           return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
         });
}

} // namespace

std::string spoken_text::feed(std::string_view text) {
  std::string all = std::move(rest_);
  rest_.clear();
  all += text;
  std::string out;
  for (auto left = std::string_view(all); !left.empty();) {
    auto [size, code] = wire::read_character(left);
    if (size == 0) {
      if (is_cut(left)) {
        rest_ = left; // the end may still come
        break;
      }
      left.remove_prefix(1);
      continue;
    }
    take(left.substr(0, size), code, out);
    left.remove_prefix(size);
  }
  return out;
}

void spoken_text::take(std::string_view bytes, char32_t code, std::string& out) {
  if (address_ > 0) {
    address_ = code == ')' || address_ > address_max ? 0 : address_ + 1;
    return;
  }
  if (std::exchange(after_bracket_, code == ']') && code == '(') {
    address_ = 1;
    return;
  }
  if (mark_ != 0) {
    // "- milk" is a list, "-5 degrees" is not.
    auto mark = std::exchange(mark_, '\0');
    if (code != U' ' && code != static_cast<char32_t>(mark)) {
      line_start_ = false;
      take(std::string_view(&mark, 1), static_cast<char32_t>(mark), out);
    } else {
      return;
    }
  }
  if (is_picture(code) || is_control(code))
    return;
  if (line_start_ && (code == '-' || code == '+')) {
    mark_ = static_cast<char>(code);
    return;
  }
  if (code == '*' || code == '`' || (!keeps_brackets_ && (code == '[' || code == ']')) ||
      (line_start_ && (code == '#' || code == '>')))
    return;
  bool space = code == ' ' || code == '\n' || code == '\t' || code == 0xA0;
  line_start_ = code == '\n' || (line_start_ && space);
  if (!began_ && space) {
    if (blank_.size() < 256)
      blank_ += bytes;
    return;
  }
  if (!began_) {
    began_ = true;
    out += std::exchange(blank_, {});
  }
  out += bytes;
}

} // namespace ringmaster::assistant
