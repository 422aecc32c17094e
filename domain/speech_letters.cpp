#include "domain/speech_letters.hpp"

#include <array>

namespace ringmaster::talk {

glyph read_glyph(std::string_view text, std::size_t i) {
  auto lead = static_cast<unsigned char>(text[i]);
  if (lead < 0x80)
    return {lead, 1, false};
  std::size_t length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length == 0)
    return {};
  std::uint32_t code = lead & (0x7fu >> length);
  for (std::size_t k = 1; k < length; ++k) {
    if (i + k >= text.size())
      return {0xfffd, 1, true};
    auto next = static_cast<unsigned char>(text[i + k]);
    if ((next & 0xc0) != 0x80)
      return {};
    code = (code << 6) | (next & 0x3fu);
  }
  constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
    return {};
  return {code, length, false};
}

void append_utf8(std::string& to, std::uint32_t code) {
  auto put = [&](std::uint32_t byte) { to += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | (code >> 6));
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3f));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

namespace {

/// U+00C0 to U+017F without their accents; "." where a letter has none.
constexpr std::string_view latin =
    "aaaaaa.ceeeeiiii.nooooo.ouuuuy..aaaaaa.ceeeeiiii.nooooo.ouuuuy.y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkk.llllllllllnnnnnn"
    "..."
    "oooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzz.";

/// Ten digits in a row.
constexpr auto digit_rows = std::to_array<std::uint32_t>(
    {0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50,
     0xed0, 0xf20, 0xff10});

std::string one(char c) { return std::string(1, c); }

std::string digit_of(std::uint32_t code) {
  auto digit = [](std::uint32_t value) { return one(static_cast<char>('0' + value)); };
  for (auto first : digit_rows)
    if (code >= first && code < first + 10)
      return digit(code - first);
  if (code >= 0x1d7ce && code <= 0x1d7ff) // mathematical
    return digit((code - 0x1d7ce) % 10);
  if (code == 0xb9)
    return "1";
  if (code == 0xb2 || code == 0xb3)
    return digit(code - 0xb0);
  if (code == 0x2070 || (code >= 0x2074 && code <= 0x2079))
    return digit(code - 0x2070);
  if (code >= 0x2080 && code <= 0x2089)
    return digit(code - 0x2080);
  if (code >= 0x2460 && code <= 0x2473) // circled 1 to 20
    return std::to_string(code - 0x2460 + 1);
  if (code >= 0x2474 && code <= 0x2487) // in brackets
    return std::to_string(code - 0x2474 + 1);
  if (code >= 0x2488 && code <= 0x249b) // with a point
    return std::to_string(code - 0x2488 + 1);
  if (code == 0x24ea || code == 0x24ff)
    return "0";
  if (code >= 0x2776 && code <= 0x277f)
    return std::to_string(code - 0x2776 + 1);
  if (code >= 0x2780 && code <= 0x2793)
    return std::to_string((code - 0x2780) % 10 + 1);
  return {};
}

std::string fancy_letter(std::uint32_t code) {
  auto letter = [](std::uint32_t value) { return one(static_cast<char>('a' + value)); };
  if (code >= 0xff21 && code <= 0xff3a)
    return letter(code - 0xff21);
  if (code >= 0xff41 && code <= 0xff5a)
    return letter(code - 0xff41);
  if (code >= 0x1d400 && code <= 0x1d6a3) // thirteen mathematical alphabets
    return letter((code - 0x1d400) % 26);
  if (code >= 0x24b6 && code <= 0x24e9)
    return letter((code - 0x24b6) % 26);
  if (code >= 0x1f130 && code <= 0x1f149)
    return letter(code - 0x1f130);
  return {};
}

/// Blocks of signs, punctuation and pictures.
bool is_sign(std::uint32_t code) {
  return code < 0xc0 || code == 0xd7 || code == 0xf7 || (code >= 0x2000 && code <= 0x2bff) ||
         (code >= 0x3000 && code <= 0x303f) || (code >= 0xe000 && code <= 0xf8ff) ||
         (code >= 0xfe00 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff0f) ||
         (code >= 0xff1a && code <= 0xff20) || code >= 0xfff0;
}

} // namespace

bool is_invisible(std::uint32_t code) {
  return code == 0xad || (code >= 0x300 && code <= 0x36f) || code == 0x34f || code == 0x61c ||
         code == 0x180e || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x202a && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
         (code >= 0x20d0 && code <= 0x20ff) || (code >= 0xfe00 && code <= 0xfe0f) ||
         code == 0xfeff || (code >= 0xe0000 && code <= 0xe0fff);
}

std::string folded(std::uint32_t code) {
  if (code < 0x80) {
    auto c = static_cast<char>(code);
    if (c >= 'A' && c <= 'Z')
      return one(static_cast<char>(c - 'A' + 'a'));
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? one(c) : std::string{};
  }
  if (auto digit = digit_of(code); !digit.empty())
    return digit;
  if (auto letter = fancy_letter(code); !letter.empty())
    return letter;
  if (code == 0xdf)
    return "ss";
  if (code == 0xc6 || code == 0xe6)
    return "ae";
  if (code == 0x152 || code == 0x153)
    return "oe";
  if (code >= 0xc0 && code < 0xc0 + latin.size() && latin[code - 0xc0] != '.')
    return one(latin[code - 0xc0]);
  if (is_sign(code) || is_invisible(code))
    return {};
  std::string out;
  append_utf8(out, code);
  return out;
}

std::string plain(std::string_view text, std::size_t most) {
  std::string out;
  std::size_t count = 0;
  bool space = false;
  for (std::size_t i = 0; i < text.size() && count < most;) {
    auto g = read_glyph(text, i);
    bool is_white = g.code < 0x21 || (g.code >= 0x7f && g.code <= 0xa0) || g.code == 0xfffd ||
                    g.code == 0x2028 || g.code == 0x2029;
    if (is_white) {
      space = true;
    } else {
      if (space && !out.empty()) {
        out += ' ';
        ++count;
      }
      space = false;
      out.append(text.substr(i, g.length));
      ++count;
    }
    i += g.length;
  }
  return out;
}

std::string letters_of(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    auto g = read_glyph(text, i);
    if (!is_invisible(g.code))
      out += folded(g.code);
    i += g.length;
  }
  return out;
}

std::vector<std::string> spoken_words(std::string_view text) {
  std::vector<std::string> out;
  bool inside = false;
  for (std::size_t i = 0; i < text.size();) {
    auto g = read_glyph(text, i);
    bool is_apostrophe = g.code == '\'' || g.code == 0x2019 || g.code == 0x2018;
    if (!is_apostrophe && !is_invisible(g.code)) {
      auto letters = folded(g.code);
      if (letters.empty()) {
        inside = false;
      } else {
        if (!inside)
          out.emplace_back();
        inside = true;
        out.back() += letters;
      }
    }
    i += g.length;
  }
  return out;
}

} // namespace ringmaster::talk
