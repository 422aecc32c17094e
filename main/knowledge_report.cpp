#include "main/knowledge_report.hpp"

#include <nlohmann/json.hpp>

#include <string>

#include "main/json_text.hpp"

namespace ringmaster {

namespace {

using json = nlohmann::json;

std::string text_of(const json& from, const char* name) {
  auto found = from.find(name);
  return found != from.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// "[profile:hours, chunk:…]" of the sources.
std::string sources_of(const json& one) {
  std::string out;
  if (auto all = one.find("sources"); all != one.end() && all->is_array())
    for (const auto& source : *all)
      if (source.is_object())
        out += (out.empty() ? "" : ", ") + plain_text(text_of(source, "reference"));
  return out;
}

} // namespace

result<knowledge_report::part> knowledge_report::take(const std::string& answer) {
  auto doc = json::parse(answer, nullptr, false);
  bool is_one = doc.is_object() && doc.contains("cases") && doc["cases"].is_array();
  if (!is_one)
    return fail(errc::malformed, "the engine's answer cannot be read");
  part out;
  for (const auto& one : doc["cases"]) {
    bool readable = one.is_object() && one.contains("answered") && one["answered"].is_boolean();
    if (!readable)
      return fail(errc::malformed, "the engine's answer cannot be read");
    bool answered = one["answered"].get<bool>();
    ++checked_;
    answered_ += answered ? 1 : 0;
    if (as_json_) {
      out.text += one.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
      continue;
    }
    out.text +=
        (answered ? "answered      " : "NOT ANSWERED  ") + plain_text(text_of(one, "question"));
    out.text += answered ? "  [" + sources_of(one) + "]\n"
                         : "\n              " + plain_text(text_of(one, "reply")) + '\n';
  }
  if (auto next = doc.find("next_offset"); next != doc.end() && next->is_number_integer())
    out.next_offset = next->get<std::int64_t>();
  return out;
}

std::string knowledge_report::summary() const {
  if (as_json_)
    return "{\"checked\":" + std::to_string(checked_) +
           ",\"answered\":" + std::to_string(answered_) + "}\n";
  if (checked_ == 0)
    return "no question has been resolved with an answer yet\n";
  return std::to_string(checked_) + (checked_ == 1 ? " question: " : " questions: ") +
         std::to_string(answered_) + " answered, " + std::to_string(checked_ - answered_) +
         " not\n";
}

} // namespace ringmaster
