#include "gateways/assistant/shape.hpp"

#include <algorithm>

#include <simdjson.h>

#include "domain/text.hpp"
#include "gateways/assistant/json_text.hpp"

namespace ringmaster::assistant {

namespace {

namespace dom = simdjson::dom;
using wrong = std::optional<std::string>;

std::string type_of(const shape& of) {
  std::string_view name = "string";
  switch (of.what) {
  case shape::kind::text:
    name = "string";
    break;
  case shape::kind::flag:
    name = "boolean";
    break;
  case shape::kind::number:
    name = "integer";
    break;
  case shape::kind::list:
    name = "array";
    break;
  case shape::kind::object:
    name = "object";
    break;
  }
  return of.nullable ? "[" + json_string(name) + ",\"null\"]" : json_string(name);
}

std::string bounded(const shape& of) {
  auto text = of.description;
  auto unit = of.what == shape::kind::list ? " members" : " characters";
  if (of.most > 0 && (of.what == shape::kind::list || of.what == shape::kind::text)) {
    text += (text.empty() ? "At most " : "; at most ") + std::to_string(of.most) + unit;
  }
  return text;
}

wrong check(const shape& of, dom::element value, const std::string& at);

wrong check_text(const shape& of, dom::element value, const std::string& at) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS)
    return at + " must be a text";
  if (!of.words.empty() && std::find(of.words.begin(), of.words.end(), text) == of.words.end()) {
    auto all = at + " must be one of";
    for (const auto& one : of.words)
      all += " \"" + one + "\"";
    return all;
  }
  if (has_control_character(text, true))
    return at + " must have no control characters";
  auto size = count_characters(text).value_or(0);
  if (size < of.least || trimmed(text).size() < std::min<std::size_t>(of.least, 1))
    return at + " must not be empty";
  if (of.most > 0 && size > of.most)
    return at + " must have at most " + std::to_string(of.most) + " characters";
  return std::nullopt;
}

wrong check_object(const shape& of, dom::element value, const std::string& at) {
  dom::object object;
  if (value.get(object) != simdjson::SUCCESS)
    return (at.empty() ? std::string("the answer") : at) + " must be an object";
  for (const auto& [name, form] : of.members) {
    dom::element member;
    if (object[name].get(member) != simdjson::SUCCESS)
      return at + "/" + name + " is missing";
    if (auto found = check(form, member, at + "/" + name))
      return found;
  }
  return std::nullopt;
}

wrong check(const shape& of, dom::element value, const std::string& at) {
  if (of.nullable && value.is_null())
    return std::nullopt;
  switch (of.what) {
  case shape::kind::text:
    return check_text(of, value, at);
  case shape::kind::flag:
    return value.is_bool() ? std::nullopt : wrong(at + " must be true or false");
  case shape::kind::number: {
    std::int64_t number = 0;
    return value.get(number) == simdjson::SUCCESS && number >= 0
               ? std::nullopt
               : wrong(at + " must be a whole number");
  }
  case shape::kind::object:
    return check_object(of, value, at);
  case shape::kind::list:
    break;
  }
  dom::array list;
  if (value.get(list) != simdjson::SUCCESS)
    return at + " must be a list";
  std::size_t size = 0;
  for (auto one : list) {
    if (auto found = check(of.items.front(), one, at + "/" + std::to_string(size)))
      return found;
    ++size;
  }
  if (of.most > 0 && size > of.most)
    return at + " must have at most " + std::to_string(of.most) + " members";
  return std::nullopt;
}

bool is_of_type(dom::element value, std::string_view type) {
  if (type == "string")
    return value.is_string();
  if (type == "integer")
    return value.is<std::int64_t>() || value.is<std::uint64_t>();
  if (type == "number")
    return value.is_number();
  if (type == "boolean")
    return value.is_bool();
  if (type == "array")
    return value.is_array();
  if (type == "object")
    return value.is_object();
  return type != "null" || value.is_null();
}

} // namespace

shape shape::text(std::size_t least, std::size_t most, std::string description) {
  shape made;
  made.least = least;
  made.most = most;
  made.description = std::move(description);
  return made;
}

shape shape::word(std::vector<std::string> words, std::string description) {
  shape made;
  made.words = std::move(words);
  made.description = std::move(description);
  return made;
}

shape shape::flag(std::string description) {
  shape made;
  made.what = kind::flag;
  made.description = std::move(description);
  return made;
}

shape shape::number(std::string description) {
  shape made;
  made.what = kind::number;
  made.description = std::move(description);
  return made;
}

shape shape::list(shape of, std::size_t most, std::string description) {
  shape made;
  made.what = kind::list;
  made.items.push_back(std::move(of));
  made.most = most;
  made.description = std::move(description);
  return made;
}

shape shape::object(std::vector<std::pair<std::string, shape>> members, std::string description) {
  shape made;
  made.what = kind::object;
  made.members = std::move(members);
  made.description = std::move(description);
  return made;
}

shape shape::or_null() && {
  nullable = true;
  return std::move(*this);
}

std::string write_schema(const shape& of) {
  object_text made;
  made.raw("type", type_of(of));
  if (auto text = bounded(of); !text.empty())
    made.text("description", text);
  if (!of.words.empty()) {
    array_text words;
    for (const auto& one : of.words)
      words.raw(json_string(one));
    made.raw("enum", words.str());
  }
  if (of.what == shape::kind::list)
    made.raw("items", write_schema(of.items.front()));
  if (of.what == shape::kind::object) {
    object_text members;
    array_text required;
    for (const auto& [name, form] : of.members) {
      members.raw(name, write_schema(form));
      required.raw(json_string(name));
    }
    made.raw("properties", members.str())
        .raw("required", required.str())
        .raw("additionalProperties", "false");
  }
  return made.str();
}

wrong misfit(const shape& of, std::string_view json) {
  dom::parser parser;
  dom::element root;
  if (auto failed = parser.parse(json.data(), json.size()).get(root))
    return std::string("the answer is no JSON: ") + simdjson::error_message(failed);
  return check(of, root, "");
}

std::string_view without_fences(std::string_view answer) {
  answer = trimmed(answer);
  if (answer.starts_with('{') && answer.ends_with('}'))
    return answer;
  if (auto open = answer.find("```"); open != std::string_view::npos) {
    auto line = answer.find('\n', open);
    auto close = answer.rfind("```");
    if (line != std::string_view::npos && close > line)
      return trimmed(answer.substr(line + 1, close - line - 1));
  }
  auto begin = answer.find('{');
  auto end = answer.rfind('}');
  if (begin != std::string_view::npos && end != std::string_view::npos && begin < end)
    return answer.substr(begin, end - begin + 1);
  return answer;
}

wrong misfit_arguments(std::string_view schema, std::string_view arguments) {
  dom::parser parser, schema_parser;
  dom::object given, form, members;
  if (parser.parse(arguments.data(), arguments.size()).get(given) != simdjson::SUCCESS)
    return "the arguments are no JSON object";
  if (schema_parser.parse(schema.data(), schema.size()).get(form) != simdjson::SUCCESS)
    return std::nullopt;
  dom::array required;
  if (form["required"].get(required) == simdjson::SUCCESS)
    for (auto one : required) {
      std::string_view name;
      dom::element value;
      if (one.get(name) == simdjson::SUCCESS && given[name].get(value) != simdjson::SUCCESS)
        return "/" + std::string(name) + " is missing";
    }
  if (form["properties"].get(members) != simdjson::SUCCESS)
    return std::nullopt;
  for (auto [name, value] : given) {
    std::string_view type;
    dom::array types;
    dom::object one;
    if (members[name].get(one) != simdjson::SUCCESS)
      continue;
    bool fits = true;
    if (one["type"].get(type) == simdjson::SUCCESS) {
      fits = is_of_type(value, type);
    } else if (one["type"].get(types) == simdjson::SUCCESS) {
      fits = false;
      for (auto each : types)
        fits = fits || (each.get(type) == simdjson::SUCCESS && is_of_type(value, type));
    }
    if (!fits)
      return "/" + std::string(name) + " has a wrong type";
  }
  return std::nullopt;
}

} // namespace ringmaster::assistant
