#include "net/twilio/heard.hpp"

#include "wire/utf8.hpp"

namespace ringmaster::net::twilio {

std::optional<std::string> clean_heard(std::string_view text) {
  constexpr std::size_t heard_max = 4'000;
  std::string out;
  while (!text.empty()) {
    auto [size, code] = wire::read_character(text);
    if (size == 0)
      return std::nullopt;
    bool control = code < 0x20 || (code >= 0x7f && code <= 0x9f);
    if (out.size() + size <= heard_max) {
      if (control)
        out += ' ';
      else
        out += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  return out;
}

std::string keys_of(std::string_view text) {
  constexpr std::size_t keys_max = 64;
  std::string out;
  for (auto c : text)
    if (std::string_view("0123456789*#").find(c) != std::string_view::npos && out.size() < keys_max)
      out += c;
  return out;
}

} // namespace ringmaster::net::twilio
