#include "gateways/assistant/wire_prompt.hpp"

#include <algorithm>

#include "gateways/assistant/json_text.hpp"

namespace ringmaster::assistant {

std::vector<tool_call> heard::finished_calls() const {
  std::vector<tool_call> made;
  for (const auto& one : calls) {
    tool_call call;
    call.id = one.id.empty() ? "call-" + std::to_string(made.size() + 1) : one.id;
    call.name = one.name;
    call.arguments =
        one.arguments.find_first_not_of(" \t\r\n") == std::string::npos ? "{}" : one.arguments;
    object_text extra;
    for (const auto& [name, json] : one.extra)
      extra.raw(name, json);
    if (!extra.empty())
      call.extra = extra.str();
    made.push_back(std::move(call));
  }
  return made;
}

std::vector<message> paired(const std::vector<message>& messages) {
  std::vector<message> made;
  std::vector<bool> used(messages.size(), false);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto& one = messages[i];
    if (one.from == message::role::tool)
      continue; // taken with its call, or an answer to nothing
    made.push_back(one);
    for (const auto& call : one.calls) {
      message answer;
      answer.from = message::role::tool;
      answer.answers = call.id;
      answer.text = R"({"error":"there is no result"})";
      for (auto k = i + 1; k < messages.size(); ++k)
        if (!used[k] && messages[k].from == message::role::tool && messages[k].answers == call.id) {
          answer.text = messages[k].text;
          used[k] = true;
          break;
        }
      made.push_back(std::move(answer));
    }
  }
  return made;
}

std::string with_schema_in_words(const std::string& system, const std::string& schema) {
  return system +
         "\nAnswer with one JSON object and nothing else, no Markdown. It must fit this JSON "
         "Schema:\n" +
         schema;
}

} // namespace ringmaster::assistant
