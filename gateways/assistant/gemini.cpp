// Gemini's own API: generateContent and its stream of events.

#include <algorithm>
#include <array>
#include <utility>

#include <simdjson.h>

#include "gateways/assistant/answer_json.hpp"
#include "gateways/assistant/json_text.hpp"
#include "gateways/assistant/wire_prompt.hpp"

namespace ringmaster::assistant {

namespace {

namespace dom = simdjson::dom;

constexpr std::size_t calls_max = 64;
constexpr std::size_t depth_max = 24;

/// A JSON Schema as this API takes it: a subset of OpenAPI's. Types in capitals, `null` as a flag,
/// and none of the words that it refuses.
std::string translate(dom::element from, std::size_t depth);

std::string translate_members(dom::object from, std::size_t depth) {
  object_text made;
  for (auto [name, value] : from)
    made.raw(name, translate(value, depth + 1));
  return made.str();
}

std::string capitals(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return made;
}

std::string translate(dom::element from, std::size_t depth) {
  dom::object object;
  if (depth > depth_max || from.get(object) != simdjson::SUCCESS)
    return "{}";
  object_text made;
  bool nullable = false;
  for (auto [name, value] : object) {
    std::string_view text;
    dom::array list;
    if (name == "type" && value.get(text) == simdjson::SUCCESS) {
      made.text("type", capitals(text));
    } else if (name == "type" && value.get(list) == simdjson::SUCCESS) {
      for (auto one : list)
        if (one.get(text) == simdjson::SUCCESS) {
          if (text == "null")
            nullable = true;
          else
            made.text("type", capitals(text));
        }
    } else if (name == "properties") {
      dom::object members;
      if (value.get(members) == simdjson::SUCCESS)
        made.raw("properties", translate_members(members, depth));
    } else if (name == "items") {
      made.raw("items", translate(value, depth + 1));
    } else if (
        name == "description" || name == "enum" || name == "required" || name == "format" ||
        name == "title" || name == "minItems" || name == "maxItems") {
      made.raw(name, simdjson::minify(value));
    }
  }
  if (nullable)
    made.raw("nullable", "true");
  return made.str();
}

std::string translate(std::string_view schema) {
  dom::parser parser;
  dom::element root;
  if (parser.parse(schema.data(), schema.size()).get(root) != simdjson::SUCCESS)
    return "{}";
  return translate(root, 0);
}

bool is_object(std::string_view json) {
  dom::parser parser;
  dom::object root;
  return parser.parse(json.data(), json.size()).get(root) == simdjson::SUCCESS;
}

std::string escaped(std::string_view model) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string made;
  for (auto c : model) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '-' || c == '.' || c == '_' || c == '/';
    if (plain) {
      made += c;
    } else {
      made += '%';
      made += digits[static_cast<unsigned char>(c) >> 4];
      made += digits[static_cast<unsigned char>(c) & 15];
    }
  }
  return made;
}

heard::finish finish_of(std::string_view word) {
  constexpr std::array<std::string_view, 7> filters{
      "SAFETY", "RECITATION", "BLOCKLIST",   "PROHIBITED_CONTENT",
      "SPII",   "LANGUAGE",   "IMAGE_SAFETY"};
  if (word == "STOP")
    return heard::finish::stop;
  if (word == "MAX_TOKENS")
    return heard::finish::length;
  return std::find(filters.begin(), filters.end(), word) != filters.end() ? heard::finish::filtered
                                                                          : heard::finish::other;
}

class gemini final : public dialect {
public:
  gemini(std::string prefix, std::string model, const abilities& can)
      : path_(
            std::move(prefix) + "/" + (model.starts_with("models/") ? "" : "models/") +
            escaped(model)),
        can_(can) {}

  http::outgoing write(const wire_prompt& what, std::string_view key) const override {
    object_text body;
    std::string system;
    array_text contents;
    auto messages = paired(what.messages);
    for (std::size_t i = 0; i < messages.size(); ++i) {
      const auto& one = messages[i];
      if (one.from == message::role::system) {
        system += (system.empty() ? "" : "\n") + one.text;
        continue;
      }
      object_text content;
      content.text("role", one.from == message::role::assistant ? "model" : "user");
      array_text parts;
      if (one.from == message::role::tool) {
        // All answers to one turn of calls belong into one content.
        parts.raw(write_result(messages, one));
        while (i + 1 < messages.size() && messages[i + 1].from == message::role::tool)
          parts.raw(write_result(messages, messages[++i]));
      } else {
        if (!one.text.empty() || one.calls.empty())
          parts.raw(object_text().text("text", one.text).str());
        for (const auto& call : one.calls)
          parts.raw(write_call(call));
      }
      content.raw("parts", parts.str());
      contents.raw(content.str());
    }
    if (!what.schema.empty() && !can_.json_schema)
      system = with_schema_in_words(system, what.schema);
    if (!system.empty()) {
      array_text parts;
      parts.raw(object_text().text("text", system).str());
      body.raw("systemInstruction", object_text().raw("parts", parts.str()).str());
    }
    body.raw("contents", contents.str());
    if (!what.tools.empty() && can_.tools) {
      array_text functions, tools;
      for (const auto& one : what.tools) {
        object_text made;
        made.text("name", one.name).text("description", one.description);
        if (!one.schema.empty())
          made.raw("parameters", translate(one.schema));
        functions.raw(made.str());
      }
      tools.raw(object_text().raw("functionDeclarations", functions.str()).str());
      body.raw("tools", tools.str());
    }
    object_text numbers;
    numbers.raw("maxOutputTokens", std::to_string(what.max_tokens));
    if (!what.schema.empty()) {
      numbers.text("responseMimeType", "application/json");
      if (can_.json_schema)
        numbers.raw("responseSchema", translate(what.schema));
    }
    body.raw("generationConfig", numbers.str());
    http::outgoing made;
    made.verb = http::method::post;
    made.target = path_ + (what.stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
    made.headers.push_back({"Content-Type", "application/json"});
    made.headers.push_back({"Accept", what.stream ? "text/event-stream" : "application/json"});
    made.headers.push_back({"Accept-Encoding", "identity"});
    if (!key.empty())
      made.headers.push_back(
          {"x-goog-api-key", std::string(key)}); // never in the URL, which is logged
    made.body = body.str();
    return made;
  }

  bool is_last(std::string_view data) const override { return data == "[DONE]"; }

  std::optional<refusal> take(std::string_view json, std::string_view key, heard& into) override {
    dom::object root;
    refusal wrong;
    if (!parse_object(parser_, json, root)) {
      wrong.what = refusal::kind::nonsense;
      wrong.detail = "the answer is no JSON object";
      return wrong;
    }
    dom::element error;
    if (root["error"].get(error) == simdjson::SUCCESS && !error.is_null())
      return read_inner_refusal(json, key);
    if (auto usage = object_of(root, "usageMetadata")) {
      if (auto tokens = tokens_of(*usage, "promptTokenCount"))
        into.prompt_tokens = tokens;
      if (auto tokens = tokens_of(*usage, "candidatesTokenCount"))
        into.completion_tokens = *tokens + tokens_of(*usage, "thoughtsTokenCount").value_or(0);
    }
    if (auto feedback = object_of(root, "promptFeedback"))
      if (auto reason = text_of(*feedback, "blockReason")) {
        into.why = heard::finish::filtered;
        into.why_word = *reason;
      }
    auto candidates = array_of(root, "candidates");
    dom::object first;
    if (!candidates || candidates->at(0).get(first) != simdjson::SUCCESS)
      return std::nullopt;
    if (auto why = text_of(first, "finishReason");
        why && !why->empty() && *why != "FINISH_REASON_UNSPECIFIED") {
      into.why = finish_of(*why);
      into.why_word = *why;
    }
    auto content = object_of(first, "content");
    auto parts = content ? array_of(*content, "parts") : std::nullopt;
    if (parts)
      for (auto one : *parts) {
        dom::object part;
        if (one.get(part) == simdjson::SUCCESS)
          take_part(part, into);
      }
    return std::nullopt;
  }

private:
  static std::string write_call(const tool_call& call) {
    object_text function, part;
    function.text("name", call.name).raw("args", is_object(call.arguments) ? call.arguments : "{}");
    if (!call.id.starts_with(own_id))
      function.text("id", call.id);
    part.raw("functionCall", function.str());
    if (!call.extra.empty())
      part.members_of(call.extra);
    return part.str();
  }

  static std::string write_result(const std::vector<message>& all, const message& one) {
    object_text result;
    // Ids of ours come again in every turn: the call is the last one before its answer.
    for (auto at = static_cast<std::size_t>(&one - all.data()); at-- > 0;)
      for (const auto& call : all[at].calls)
        if (call.id == one.answers) {
          if (!call.id.starts_with(own_id))
            result.text("id", call.id);
          result.text("name", call.name);
          auto text = is_object(one.text) ? one.text : object_text().text("result", one.text).str();
          result.raw("response", text);
          return object_text().raw("functionResponse", result.str()).str();
        }
    return object_text().text("text", one.text).str();
  }

  static void take_part(dom::object part, heard& into) {
    into.alive = true;
    bool thought = false;
    if (part["thought"].get(thought) == simdjson::SUCCESS && thought)
      return;
    if (auto text = text_of(part, "text"))
      into.text += *text;
    auto call = object_of(part, "functionCall");
    if (!call || into.calls.size() >= calls_max)
      return;
    heard::draft draft;
    draft.id = text_of(*call, "id").value_or(std::string_view());
    if (draft.id.empty())
      draft.id = std::string(own_id) + std::to_string(into.calls.size() + 1);
    draft.name = text_of(*call, "name").value_or(std::string_view());
    if (auto arguments = object_of(*call, "args"))
      draft.arguments = simdjson::minify(*arguments);
    for (auto [member, value] : part)
      if (member != "functionCall" && member != "text" && member != "thought")
        draft.extra[std::string(member)] = simdjson::minify(value);
    into.calls.push_back(std::move(draft));
  }

  /// Ids that are ours: this API often has none, and must not be sent one then.
  static constexpr std::string_view own_id = "own-call-";

  const std::string path_;
  const abilities& can_;
  dom::parser parser_;
};

} // namespace

std::unique_ptr<dialect> make_gemini(std::string prefix, std::string model, const abilities& can) {
  return std::make_unique<gemini>(std::move(prefix), std::move(model), can);
}

} // namespace ringmaster::assistant
