#include "main/json_text.hpp"

#include <cstddef>
#include <cstdint>

namespace ringmaster {

namespace {

struct code_point {
  std::uint32_t value = 0xfffd;
  std::size_t length = 1; ///< bytes taken
};

code_point read(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  auto lead = byte(0);
  if (lead < 0x80)
    return {lead, 1};
  std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length)
    return {};
  std::uint32_t value = lead & (0x7f >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80)
      return {};
    value = (value << 6) | (byte(i) & 0x3f);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
    return {};
  return {value, length};
}

bool is_control(std::uint32_t c) {
  // Line and paragraph separators end a line for some readers; the others are controls proper.
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

void escape(std::string& out, std::uint32_t c) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4)
    out += hex[(c >> shift) & 15];
}

void append(std::string& out, std::string_view text, bool quotes) {
  while (!text.empty()) {
    auto c = read(text);
    if (is_control(c.value))
      escape(out, c.value);
    else if (c.value == 0xfffd)
      out += "\xef\xbf\xbd";
    else {
      if (quotes && (c.value == '"' || c.value == '\\'))
        out += '\\';
      out += text.substr(0, c.length);
    }
    text.remove_prefix(c.length);
  }
}

} // namespace

std::string json_text(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  append(out, text, true);
  out += '"';
  return out;
}

std::string plain_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append(out, text, false);
  return out;
}

} // namespace ringmaster
