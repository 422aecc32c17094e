#include "wire/form.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

#include "wire/form_reader.hpp"

namespace ringmaster::wire {

namespace {

constexpr std::array<bool, 256> unreserved = [] {
  std::array<bool, 256> table{};
  for (auto c : std::string_view(
         "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~-"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}();

void append_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (auto c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (unreserved[byte]) {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
}

} // namespace

result<fields> parse_form(std::string_view body, std::size_t limit) {
  fields all;
  if (auto read = read_form(body, limit, all); !read)
    return tl::unexpected(read.error());
  return all;
}

result<void> read_form(std::string_view body, std::size_t limit, fields& into) {
  std::size_t count = 0;
  std::size_t at = 0;
  while (at < body.size()) {
    auto end = body.find('&', at);
    if (end == std::string_view::npos)
      end = body.size();
    auto pair = body.substr(at, end - at);
    at = end + 1;
    if (pair.empty())
      continue;
    if (count == limit)
      return fail(errc::malformed, "the form has more than " + std::to_string(limit) + " fields");
    if (into.size() == count)
      into.emplace_back();
    auto& [name, value] = into[count];
    ++count;
    auto equals = pair.find('=');
    name.clear();
    value.clear();
    bool readable = append_decoded(name, pair.substr(0, equals), true);
    if (equals != std::string_view::npos)
      readable = readable && append_decoded(value, pair.substr(equals + 1), true);
    if (!readable)
      return fail(errc::malformed, "the form has a broken escape or a NUL");
  }
  into.resize(count);
  return {};
}

bool append_decoded(std::string& out, std::string_view text, bool plus_is_space) {
  auto hex = [](char c) -> int {
    if (c >= '0' && c <= '9')
      return c - '0';
    if (c >= 'a' && c <= 'f')
      return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
      return c - 'A' + 10;
    return -1;
  };
  out.reserve(out.size() + text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3)
        return false;
      int high = hex(text[i + 1]);
      int low = hex(text[i + 2]);
      if (high < 0 || low < 0)
        return false;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (c == '\0')
      return false;
    out += c;
  }
  return true;
}

const std::string* find(const fields& all, std::string_view name) {
  for (const auto& [key, value] : all)
    if (key == name)
      return &value;
  return nullptr;
}

std::string write_form(const fields& all) {
  std::size_t size = 0;
  for (const auto& [name, value] : all)
    size += name.size() + value.size() * 3 + 2;
  std::string out;
  out.reserve(size);
  for (const auto& [name, value] : all) {
    if (!out.empty())
      out += '&';
    append_encoded(out, name);
    out += '=';
    append_encoded(out, value);
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  std::string out;
  append_encoded(out, text);
  return out;
}

result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  if (!append_decoded(out, text, plus_is_space))
    return fail(errc::malformed, "a broken escape or a NUL");
  return out;
}

} // namespace ringmaster::wire
