#include "main/api_document.hpp"

#include <utility>

namespace ringmaster {

using json = nlohmann::json;

result<json> read_document(result<api_answer> answer) {
  if (!answer)
    return fail(answer.error());
  if (!answer->ok())
    return fail(errc::unavailable, answer->problem());
  auto document = json::parse(answer->body, nullptr, false);
  if (!document.is_object())
    return fail(errc::unavailable, "the engine answered something that is no JSON object");
  return document;
}

std::string text_of(const json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::int64_t number_of(const json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

const json& member_of(const json& object, const char* name) {
  static const json none = json::object();
  auto found = object.find(name);
  return found != object.end() && found->is_object() ? *found : none;
}

const json& list_of(const json& object, const char* name) {
  static const json none = json::array();
  auto found = object.find(name);
  return found != object.end() && found->is_array() ? *found : none;
}

result<void> each_item(
    api_client& api, const std::string& target, const char* name,
    const std::function<void(const json&)>& item) {
  const auto* more = target.find('?') == std::string::npos ? "?" : "&";
  std::string cursor;
  do {
    auto page = read_document(
        api.get(target + more + "limit=500" + (cursor.empty() ? "" : "&cursor=" + cursor)));
    if (!page)
      return fail(page.error());
    for (const auto& one : list_of(*page, name))
      item(one);
    cursor = text_of(*page, "next_cursor");
  } while (!cursor.empty());
  return {};
}

} // namespace ringmaster
