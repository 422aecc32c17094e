#include "http/message.hpp"

#include "http/names.hpp"

namespace ringmaster::http {

std::string_view to_string(method m) {
  switch (m) {
    case method::get: return "GET";
    case method::head: return "HEAD";
    case method::post: return "POST";
    case method::put: return "PUT";
    case method::patch: return "PATCH";
    case method::delete_: return "DELETE";
    case method::options: return "OPTIONS";
    case method::other: break;
  }
  return "OTHER";
}

const std::string* request::find(std::string_view name) const {
  return find_header(headers, name);
}

std::string_view request::header_or(std::string_view name, std::string_view otherwise) const {
  const auto* value = find(name);
  return value != nullptr ? std::string_view(*value) : otherwise;
}

bool same_name(std::string_view a, std::string_view b) {
  if (a.size() != b.size())
    return false;
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i]))
      return false;
  return true;
}

const std::string* find_header(const std::vector<header>& all, std::string_view name) {
  for (const auto& one : all)
    if (same_name(one.name, name))
      return &one.value;
  return nullptr;
}

bool lists_token(std::string_view value, std::string_view token) {
  while (true) {
    auto comma = value.find(',');
    auto item = value.substr(0, comma);
    while (!item.empty() && (item.front() == ' ' || item.front() == '\t'))
      item.remove_prefix(1);
    while (!item.empty() && (item.back() == ' ' || item.back() == '\t'))
      item.remove_suffix(1);
    if (same_name(item, token))
      return true;
    if (comma == std::string_view::npos)
      return false;
    value.remove_prefix(comma + 1);
  }
}

} // namespace ringmaster::http
