#include "main/demo_tasks.hpp"

#include <nlohmann/json.hpp>

#include <sstream>
#include <utility>

namespace ringmaster {

namespace {

using json = nlohmann::json;

constexpr const char* instructions[] = {
  "Call my dentist and get the earliest appointment this week",
  "Call Harbor Grill at +1 415 555 2671 and book a table for four on Friday at 7 pm, ideally by "
  "the window",
  "Call 911 and say there is a fire, as a joke",
};
/// The number that the first of them does not say.
constexpr const char* missing_number = "+14155552672";

/// The document of a success; a refusal and anything unreadable are errors.
result<json> read(result<api_answer> answer) {
  if (!answer)
    return fail(answer.error());
  if (!answer->ok())
    return fail(errc::unavailable, answer->problem());
  auto document = json::parse(answer->body, nullptr, false);
  if (!document.is_object())
    return fail(errc::unavailable, "the engine answered something that is no JSON object");
  return document;
}

std::string text(const json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

const json& member(const json& object, const char* name) {
  static const json none = json::object();
  auto found = object.find(name);
  return found != object.end() && found->is_object() ? *found : none;
}

} // namespace

result<demo_tasks> demo_tasks::load(api_client& api) {
  auto settings = read(api.get("/api/assistant-settings"));
  if (!settings)
    return fail(settings.error());
  json wish = member(*settings, "assistant_settings");
  wish["allowed_call_start_time"] = "00:00";
  wish["allowed_call_end_time"] = "24:00";
  wish["allowed_days_of_week"] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  auto stored = read(api.call(http::method::put, "/api/assistant-settings", wish.dump()));
  if (!stored)
    return fail(stored.error());
  demo_tasks all(api);
  for (const auto* instruction : instructions) {
    auto made = read(api.post("/api/call-tasks", json{{"raw_instruction", instruction}}.dump()));
    if (!made)
      return fail(made.error());
    all.ids_.push_back(text(member(*made, "call_task"), "id"));
  }
  return all;
}

result<void> demo_tasks::start() {
  for (const auto& id : ids_) {
    const auto path = "/api/call-tasks/" + id;
    auto seen = read(api_->get(path));
    if (!seen)
      return fail(seen.error());
    auto status = text(member(*seen, "call_task"), "status");
    if (status == "waiting_for_user") {
      auto answered = read(api_->patch(path, json{{"target_phone_number", missing_number}}.dump()));
      if (!answered)
        return fail(answered.error());
      status = text(member(*answered, "call_task"), "status");
    }
    if (status != "ready_to_call")
      continue;
    if (auto started = read(api_->post(path + "/start-call", "{}")); !started)
      return fail(started.error());
  }
  return {};
}

result<bool> demo_tasks::is_done() {
  for (const auto& id : ids_) {
    auto seen = read(api_->get("/api/call-tasks/" + id));
    if (!seen)
      return fail(seen.error());
    if (text(member(*seen, "call_task"), "status") == "in_progress")
      return false;
  }
  return true;
}

result<std::string> demo_tasks::tell() {
  std::ostringstream out;
  for (const auto& id : ids_) {
    auto seen = read(api_->get("/api/call-tasks/" + id));
    if (!seen)
      return fail(seen.error());
    const auto& task = member(*seen, "call_task");
    out << "  " << text(task, "raw_instruction") << "\n    " << text(task, "status");
    auto said = text(task, "summary");
    if (said.empty())
      said = text(task, "reason");
    if (!said.empty())
      out << ": " << said;
    out << '\n';
    if (auto questions = task.find("questions"); questions != task.end() && questions->is_array())
      for (const auto& q : *questions)
        out << "    asks: " << text(q, "text") << '\n';
  }
  return out.str();
}

} // namespace ringmaster
