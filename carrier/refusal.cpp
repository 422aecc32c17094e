#include "carrier/refusal.hpp"

#include "wire/utf8.hpp"

namespace ringmaster::telco {

void append_json(std::string& out, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    const char c = text.front();
    const auto byte = static_cast<unsigned char>(c);
    std::size_t size = 1;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else if (byte < 0x80) {
      out += c;
    } else if (size = wire::read_character(text).size; size == 0) {
      out += "\\ufffd"; // whatever a caller sends, the log stays JSON
      size = 1;
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  out += '"';
}

std::string to_json(const refusal& why) {
  const auto code = std::to_string(why.code);
  std::string out = "{\"code\":" + code + ",\"message\":";
  append_json(out, why.message);
  out += ",\"more_info\":\"https://www.twilio.com/docs/errors/" + code + "\",\"status\":";
  out += std::to_string(why.status) + "}";
  return out;
}

} // namespace ringmaster::telco
