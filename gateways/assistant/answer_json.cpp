#include "gateways/assistant/answer_json.hpp"

#include <string>

#include <simdjson.h>

namespace ringmaster::assistant {

namespace {

namespace dom = simdjson::dom;

constexpr std::int64_t tokens_most = 100'000'000;

std::optional<std::uint32_t> escape_at(std::string_view text, std::size_t at) {
  if (text.size() < at + 6 || text[at] != '\\' || text[at + 1] != 'u')
    return std::nullopt;
  std::uint32_t value = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    auto c = static_cast<char>(text[i] | 0x20);
    if (c >= '0' && c <= '9')
      value = value * 16 + static_cast<std::uint32_t>(c - '0');
    else if (c >= 'a' && c <= 'f')
      value = value * 16 + static_cast<std::uint32_t>(c - 'a' + 10);
    else
      return std::nullopt;
  }
  return value;
}

/// The same text with U+FFFD for each half of a surrogate pair that stands alone.
std::string mend(std::string_view text) {
  std::string made;
  made.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '\\' || i + 1 >= text.size()) {
      made += text[i++];
      continue;
    }
    auto code = escape_at(text, i);
    if (!code || *code < 0xd800 || *code > 0xdfff) {
      made += text.substr(i, 2);
      i += 2;
      continue;
    }
    auto next = *code < 0xdc00 ? escape_at(text, i + 6) : std::nullopt;
    if (next && *next >= 0xdc00 && *next <= 0xdfff) {
      made += text.substr(i, 12);
      i += 12;
    } else {
      made += "\\ufffd";
      i += 6;
    }
  }
  return made;
}

} // namespace

bool parse_object(dom::parser& parser, std::string_view json, dom::object& into) {
  dom::element root;
  auto failed = parser.parse(json.data(), json.size()).get(root);
  if (failed && json.find("\\u") != std::string_view::npos) {
    auto mended = mend(json);
    failed = parser.parse(mended).get(root);
  }
  if (failed)
    return false;
  dom::array list;
  if (root.get(list) == simdjson::SUCCESS && list.at(0).get(root) != simdjson::SUCCESS)
    return false;
  return root.get(into) == simdjson::SUCCESS;
}

std::optional<std::string_view> text_of(dom::object from, std::string_view name) {
  std::string_view value;
  if (from[name].get(value) != simdjson::SUCCESS)
    return std::nullopt;
  return value;
}

std::optional<std::int64_t> number_of(dom::object from, std::string_view name) {
  std::int64_t value = 0;
  if (from[name].get(value) != simdjson::SUCCESS)
    return std::nullopt;
  return value;
}

std::optional<dom::object> object_of(dom::object from, std::string_view name) {
  dom::object value;
  if (from[name].get(value) != simdjson::SUCCESS)
    return std::nullopt;
  return value;
}

std::optional<dom::array> array_of(dom::object from, std::string_view name) {
  dom::array value;
  if (from[name].get(value) != simdjson::SUCCESS)
    return std::nullopt;
  return value;
}

std::optional<std::int64_t> tokens_of(dom::object from, std::string_view name) {
  auto value = number_of(from, name);
  if (!value || *value < 0 || *value > tokens_most)
    return std::nullopt;
  return value;
}

} // namespace ringmaster::assistant
