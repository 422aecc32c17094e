// Chat Completions, as OpenAI defined it and many servers speak it, each a little differently.

#include <algorithm>
#include <utility>

#include <simdjson.h>

#include "gateways/assistant/answer_json.hpp"
#include "gateways/assistant/json_text.hpp"
#include "gateways/assistant/wire_prompt.hpp"

namespace ringmaster::assistant {

namespace {

namespace dom = simdjson::dom;

constexpr std::size_t calls_max = 64;
constexpr std::size_t arguments_max = 256 * 1024;

std::string_view word(message::role from) {
  switch (from) {
  case message::role::system:
    return "system";
  case message::role::assistant:
    return "assistant";
  case message::role::tool:
    return "tool";
  case message::role::user:
    break;
  }
  return "user";
}

std::string write_call(const tool_call& call) {
  object_text function;
  function.text("name", call.name).text("arguments", call.arguments);
  object_text made;
  made.text("id", call.id).text("type", "function").raw("function", function.str());
  if (!call.extra.empty())
    made.members_of(call.extra);
  return made.str();
}

std::string write_message(const message& one) {
  object_text made;
  made.text("role", word(one.from));
  if (one.from == message::role::assistant && one.text.empty() && !one.calls.empty())
    made.raw("content", "null");
  else
    made.text("content", one.text);
  if (!one.calls.empty()) {
    array_text calls;
    for (const auto& call : one.calls)
      calls.raw(write_call(call));
    made.raw("tool_calls", calls.str());
  }
  if (one.from == message::role::tool)
    made.text("tool_call_id", one.answers);
  return made.str();
}

heard::finish finish_of(std::string_view word) {
  if (word == "length")
    return heard::finish::length;
  if (word == "content_filter")
    return heard::finish::filtered;
  if (word == "stop" || word == "tool_calls" || word == "function_call" || word == "eos")
    return heard::finish::stop;
  return heard::finish::other;
}

/// The call that a piece belongs to: by its index, else by its id, else the last one; a piece with
/// a name and no sign of another begins a new one.
heard::draft* draft_for(
    heard& into, std::optional<std::int64_t> index, std::string_view id, std::string_view name) {
  auto& all = into.calls;
  auto found = all.end();
  if (index)
    found =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.index == index; });
  else if (!id.empty())
    found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == id; });
  else if (name.empty() && !all.empty())
    found = all.end() - 1;
  if (found != all.end())
    return &*found;
  if (all.size() >= calls_max)
    return nullptr;
  all.emplace_back();
  all.back().index = index;
  return &all.back();
}

class openai final : public dialect {
public:
  openai(std::string prefix, std::string model, const abilities& can)
      : target_(std::move(prefix) + "/chat/completions"), model_(std::move(model)), can_(can) {}

  http::outgoing write(const wire_prompt& what, std::string_view key) const override {
    object_text body;
    body.text("model", model_);
    array_text messages;
    bool in_words = !what.schema.empty() && !can_.json_schema;
    for (auto one : paired(what.messages)) {
      if (in_words && one.from == message::role::system) {
        one.text = with_schema_in_words(one.text, what.schema);
        in_words = false;
      }
      messages.raw(write_message(one));
    }
    body.raw("messages", messages.str());
    body.raw(can_.max_tokens_field, std::to_string(what.max_tokens));
    if (!can_.reasoning_effort.empty())
      body.text("reasoning_effort", can_.reasoning_effort);
    if (!what.schema.empty() && can_.json_schema) {
      object_text schema, format;
      schema.text("name", what.schema_name).raw("strict", "true").raw("schema", what.schema);
      format.text("type", "json_schema").raw("json_schema", schema.str());
      body.raw("response_format", format.str());
    }
    if (!what.tools.empty() && can_.tools) {
      array_text tools;
      for (const auto& one : what.tools) {
        object_text function, made;
        function.text("name", one.name).text("description", one.description);
        if (!one.schema.empty())
          function.raw("parameters", one.schema);
        made.text("type", "function").raw("function", function.str());
        tools.raw(made.str());
      }
      body.raw("tools", tools.str());
    }
    if (what.stream) {
      body.raw("stream", "true");
      if (can_.stream_usage)
        body.raw("stream_options", R"({"include_usage":true})");
    }
    http::outgoing made;
    made.verb = http::method::post;
    made.target = target_;
    made.headers.push_back({"Content-Type", "application/json"});
    made.headers.push_back({"Accept", what.stream ? "text/event-stream" : "application/json"});
    made.headers.push_back({"Accept-Encoding", "identity"});
    if (!key.empty())
      made.headers.push_back({"Authorization", "Bearer " + std::string(key)});
    made.body = body.str();
    return made;
  }

  bool is_last(std::string_view data) const override { return data.starts_with("[DONE]"); }

  std::optional<refusal> take(std::string_view json, std::string_view key, heard& into) override {
    dom::object root;
    refusal wrong;
    wrong.what = refusal::kind::nonsense;
    if (!parse_object(parser_, json, root)) {
      wrong.detail = "the answer is no JSON object";
      return wrong;
    }
    dom::element error;
    if (root["error"].get(error) == simdjson::SUCCESS && !error.is_null())
      return read_inner_refusal(json, key);
    if (auto kind = text_of(root, "object"); kind == "error")
      return read_inner_refusal(json, key);
    if (auto usage = object_of(root, "usage")) {
      if (auto tokens = tokens_of(*usage, "prompt_tokens"))
        into.prompt_tokens = tokens;
      if (auto tokens = tokens_of(*usage, "completion_tokens"))
        into.completion_tokens = tokens;
    }
    auto choices = array_of(root, "choices");
    dom::object choice;
    if (!choices || choices->at(0).get(choice) != simdjson::SUCCESS)
      return std::nullopt; // a chunk of usage, or of something we do not know
    if (auto index = number_of(choice, "index"); index && *index != 0)
      return std::nullopt;
    if (auto why = text_of(choice, "finish_reason"); why && !why->empty()) {
      into.why = finish_of(*why);
      into.why_word = *why;
    }
    auto said = object_of(choice, "delta");
    if (!said)
      said = object_of(choice, "message");
    if (!said)
      return std::nullopt;
    return take_message(*said, into);
  }

private:
  std::optional<refusal> take_message(dom::object said, heard& into) {
    if (auto text = text_of(said, "content"))
      into.text += *text;
    else if (auto parts = array_of(said, "content"))
      for (auto part : *parts) {
        dom::object one;
        if (part.get(one) == simdjson::SUCCESS)
          into.text += text_of(one, "text").value_or(std::string_view());
      }
    if (auto text = text_of(said, "refusal"))
      into.refused += *text;
    into.alive = true;
    if (auto calls = array_of(said, "tool_calls"))
      for (auto one : *calls) {
        dom::object call;
        if (one.get(call) == simdjson::SUCCESS && !take_call(call, into)) {
          refusal wrong;
          wrong.what = refusal::kind::nonsense;
          wrong.detail = "the answer has too many or too large tool calls";
          return wrong;
        }
      }
    return std::nullopt;
  }

  static bool take_call(dom::object call, heard& into) {
    auto function = object_of(call, "function");
    auto id = text_of(call, "id").value_or(std::string_view());
    auto name =
        function ? text_of(*function, "name").value_or(std::string_view()) : std::string_view();
    auto* draft = draft_for(into, number_of(call, "index"), id, name);
    if (draft == nullptr)
      return false;
    if (draft->id.empty())
      draft->id = id;
    if (draft->name.empty())
      draft->name = name;
    if (function) {
      dom::object arguments;
      if (auto text = text_of(*function, "arguments"))
        draft->arguments += *text;
      else if ((*function)["arguments"].get(arguments) == simdjson::SUCCESS)
        draft->arguments = simdjson::minify(arguments); // some servers send it as JSON
    }
    for (auto [member, value] : call)
      if (member != "index" && member != "id" && member != "type" && member != "function")
        draft->extra[std::string(member)] = simdjson::minify(value);
    return draft->arguments.size() <= arguments_max;
  }

  const std::string target_, model_;
  const abilities& can_;
  dom::parser parser_;
};

} // namespace

std::unique_ptr<dialect> make_openai(std::string prefix, std::string model, const abilities& can) {
  return std::make_unique<openai>(std::move(prefix), std::move(model), can);
}

} // namespace ringmaster::assistant
