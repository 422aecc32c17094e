#include "gateways/assistant/json_text.hpp"

#include <nlohmann/json.hpp>

namespace ringmaster::assistant {

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

object_text& object_text::raw(std::string_view name, std::string_view json) {
  if (!body_.empty())
    body_ += ',';
  body_ += json_string(name);
  body_ += ':';
  body_ += json;
  return *this;
}

object_text& object_text::members_of(std::string_view json) {
  auto begin = json.find('{');
  auto end = json.rfind('}');
  if (begin == std::string_view::npos || end == std::string_view::npos || end <= begin)
    return *this;
  auto inner = json.substr(begin + 1, end - begin - 1);
  if (inner.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return *this;
  if (!body_.empty())
    body_ += ',';
  body_ += inner;
  return *this;
}

array_text& array_text::raw(std::string_view json) {
  if (!body_.empty())
    body_ += ',';
  body_ += json;
  return *this;
}

} // namespace ringmaster::assistant
