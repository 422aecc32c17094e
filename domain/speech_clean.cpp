// Text without what is not speech.

#include <algorithm>
#include <array>

#include "domain/speech.hpp"
#include "domain/speech_letters.hpp"

namespace ringmaster::talk {

namespace {

bool is_white(std::uint32_t code) {
  return code <= 0x20 || (code >= 0x7f && code <= 0xa0) || code == 0x1680 ||
         (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 || code == 0x202f ||
         code == 0x205f || code == 0x3000;
}

/// Emoji, arrows, boxes, dingbats, private areas: none of it has a sound.
bool is_picture(std::uint32_t code) {
  return (code >= 0x2190 && code <= 0x245f) || (code >= 0x2500 && code <= 0x2775) ||
         (code >= 0x2794 && code <= 0x2bff) || (code >= 0xe000 && code <= 0xf8ff) ||
         (code >= 0xfff0 && code <= 0xffff) || (code >= 0x1f000 && code <= 0x1faff) ||
         code >= 0xe0000;
}

/// Full width, mathematical, circled: letters in fancy dress, read as what they are.
bool is_fancy(std::uint32_t code) {
  return (code >= 0xff01 && code <= 0xff5e) || (code >= 0x1d400 && code <= 0x1d7ff) ||
         (code >= 0x2460 && code <= 0x24ff) || (code >= 0x2776 && code <= 0x2793) ||
         (code >= 0x1f130 && code <= 0x1f149);
}

char low(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_letter(char c) { return low(c) >= 'a' && low(c) <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool starts(std::string_view text, std::string_view with) {
  return text.size() >= with.size() &&
         std::equal(
             with.begin(), with.end(), text.begin(), [](char a, char b) { return a == low(b); });
}

/// The length of an address of the web at `i`; 0: none. It goes on up to white space.
std::size_t address_at(std::string_view text, std::size_t i) {
  if (i > 0 && (is_letter(text[i - 1]) || is_digit(text[i - 1])))
    return 0;
  auto rest = text.substr(i);
  auto end = rest.find_first_of(" \t\r\n<>()[]\"");
  auto word = rest.substr(0, end);
  bool is_address = starts(word, "http://") || starts(word, "https://") || starts(word, "www.") ||
                    starts(word, "ftp://") || starts(word, "mailto:");
  if (!is_address) {
    // "wss://", "example.com/path"
    auto scheme = word.find("://");
    is_address =
        scheme != std::string_view::npos && scheme > 0 &&
        std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(scheme), is_letter);
    auto dot = word.find('.');
    auto slash = word.find('/');
    is_address = is_address || (dot != std::string_view::npos && slash != std::string_view::npos &&
                                dot > 0 && slash > dot + 2 && is_letter(word[dot - 1]) &&
                                is_letter(word[dot + 1]) && is_letter(word[slash - 1]));
  }
  if (!is_address)
    return 0;
  // The sign that ends the sentence stays.
  auto length = word.size();
  while (length > 0 && (word[length - 1] == '.' || word[length - 1] == ',' ||
                        word[length - 1] == '!' || word[length - 1] == '?'))
    --length;
  return length;
}

/// The length of a tag or a comment at `i`, which is '<'; 0: only a sign.
std::size_t tag_at(std::string_view text, std::size_t i) {
  constexpr std::size_t longest = 400;
  if (i + 1 >= text.size() ||
      !(is_letter(text[i + 1]) || text[i + 1] == '/' || text[i + 1] == '!' || text[i + 1] == '?'))
    return 0;
  auto end = text.find('>', i);
  return end == std::string_view::npos || end - i > longest ? 0 : end - i + 1;
}

struct entity {
  std::string_view text, means;
};
constexpr auto entities = std::to_array<entity>({
    {"&amp;",  " and "},
    {"&lt;",   " "    },
    {"&gt;",   " "    },
    {"&quot;", "\""   },
    {"&apos;", "'"    },
    {"&nbsp;", " "    },
});

/// Puts pieces together with single spaces between them.
class writer {
public:
  void put(std::string_view bytes) {
    if (space_)
      out_ += ' ';
    space_ = false;
    out_ += bytes;
  }
  void space() { space_ = true; }
  bool ends_with_space() const { return space_ || out_.empty(); }
  std::string take() {
    if (space_)
      out_ += ' ';
    return std::move(out_);
  }

private:
  std::string out_;
  bool space_ = false;
};

/// What stands for an ASCII sign; returns how many bytes it took.
std::size_t put_sign(std::string_view text, std::size_t i, writer& w) {
  char c = text[i];
  char next = i + 1 < text.size() ? text[i + 1] : '\0';
  switch (c) {
  case '<':
    if (auto length = tag_at(text, i)) {
      w.space();
      return length;
    }
    return 1;
  case '>':
  case '*':
  case '`':
  case '~':
  case '\\':
  case '^':
  case '{':
  case '}':
  case '[':
    return 1;
  case ']':
    // "[text](address)": the text.
    if (next == '(')
      if (auto end = text.find(')', i); end != std::string_view::npos &&
                                        text.substr(i, end - i).find(' ') == std::string_view::npos)
        return end - i + 1;
    return 1;
  case '|':
  case '_':
    w.space();
    return 1;
  case '#':
    if (is_digit(next)) {
      w.space();
      w.put("number");
    }
    w.space();
    return 1;
  case '&': {
    for (const auto& e : entities)
      if (starts(text.substr(i), e.text)) {
        if (e.means.front() == ' ')
          w.space();
        if (e.means == " and ")
          w.put("and");
        if (e.means.back() == ' ')
          w.space();
        else
          w.put(e.means);
        return e.text.size();
      }
    if (next == '#')
      if (auto end = text.find(';', i); end != std::string_view::npos && end - i < 10) {
        w.space();
        return end - i + 1;
      }
    w.space();
    w.put("and");
    w.space();
    return 1;
  }
  case '-':
  case '+':
    // The mark of a list.
    if (next == ' ' && (i == 0 || text[i - 1] == '\n')) {
      w.space();
      return 1;
    }
    break;
  default:
    break;
  }
  w.put(text.substr(i, 1));
  return 1;
}

} // namespace

std::string clean_for_speech(std::string_view text) {
  writer w;
  for (std::size_t i = 0; i < text.size();) {
    if (auto length = address_at(text, i)) {
      w.space();
      i += length;
      continue;
    }
    auto g = read_glyph(text, i);
    if (is_white(g.code)) {
      w.space();
    } else if (g.code < 0x80) {
      i += put_sign(text, i, w);
      continue;
    } else if (g.code == 0xfffd || is_invisible(g.code)) {
      // Nothing.
    } else if (is_fancy(g.code)) {
      auto letters = folded(g.code);
      if (!letters.empty())
        w.put(letters);
      else if (g.code >= 0xff01 && g.code <= 0xff5e && g.code != 0xff1c && g.code != 0xff1e)
        w.put(std::string(1, static_cast<char>(g.code - 0xff01 + '!')));
    } else if (is_picture(g.code)) {
      w.space();
    } else {
      w.put(text.substr(i, g.length));
    }
    i += g.length;
  }
  return w.take();
}

} // namespace ringmaster::talk
