#include "tests/net/schema.hpp"

#include <algorithm>
#include <set>

namespace ringmaster::net_tests {

namespace {

bool is_of(const json& value, const std::string& type) {
  if (type == "null")
    return value.is_null();
  if (type == "boolean")
    return value.is_boolean();
  if (type == "integer")
    return value.is_number_integer();
  if (type == "number")
    return value.is_number();
  if (type == "string")
    return value.is_string();
  if (type == "array")
    return value.is_array();
  return type == "object" && value.is_object();
}

bool has_type(const json& type, const json& value) {
  if (type.is_string())
    return is_of(value, type.get<std::string>());
  return std::any_of(
    type.begin(), type.end(), [&](const json& one) { return is_of(value, one.get<std::string>()); });
}

const std::set<std::string> known_words{
  "$ref",  "type",    "required", "properties", "additionalProperties", "items",
  "enum",  "minimum", "maximum",  "minItems",   "maxItems",             "minLength",
  "maxLength", "description", "default", "format", "pattern", "allOf"};

} // namespace

const json& schema_checker::resolve(const json& schema) const {
  if (!schema.contains("$ref"))
    return schema;
  auto ref = schema["$ref"].get<std::string>();
  return resolve(document_.at(json::json_pointer(ref.substr(1))));
}

std::vector<std::string> schema_checker::check(const json& schema, const json& value) const {
  std::vector<std::string> wrong;
  look(schema, value, "", wrong);
  return wrong;
}

void schema_checker::look(
  const json& given, const json& value, const std::string& at,
  std::vector<std::string>& wrong) const {
  const auto& schema = resolve(given);
  for (const auto& [word, meaning] : schema.items())
    if (!known_words.contains(word))
      wrong.push_back(at + ": the schema says " + word + ", which nobody checks");
  if (schema.contains("allOf"))
    for (const auto& part : schema["allOf"])
      look(part, value, at, wrong);
  if (schema.contains("type") && !has_type(schema["type"], value)) {
    wrong.push_back(at + ": is " + value.type_name() + ", not " + schema["type"].dump());
    return;
  }
  if (schema.contains("enum") &&
      std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end())
    wrong.push_back(at + ": " + value.dump() + " is not among " + schema["enum"].dump());
  if (value.is_number() && schema.contains("minimum") && value < schema["minimum"])
    wrong.push_back(at + ": below the minimum");
  if (value.is_number() && schema.contains("maximum") && value > schema["maximum"])
    wrong.push_back(at + ": above the maximum");
  if (value.is_array()) {
    if (schema.contains("minItems") && value.size() < schema["minItems"].get<std::size_t>())
      wrong.push_back(at + ": too few items");
    if (schema.contains("maxItems") && value.size() > schema["maxItems"].get<std::size_t>())
      wrong.push_back(at + ": too many items");
    if (schema.contains("items"))
      for (std::size_t i = 0; i < value.size(); ++i)
        look(schema["items"], value[i], at + "/" + std::to_string(i), wrong);
  }
  if (!value.is_object())
    return;
  if (schema.contains("required"))
    for (const auto& name : schema["required"])
      if (!value.contains(name.get<std::string>()))
        wrong.push_back(at + ": lacks " + name.get<std::string>());
  for (const auto& [name, member] : value.items()) {
    bool known = schema.contains("properties") && schema["properties"].contains(name);
    if (known)
      look(schema["properties"][name], member, at + "/" + name, wrong);
    else if (schema.contains("additionalProperties") && !schema["additionalProperties"].get<bool>())
      wrong.push_back(at + ": has " + name + ", which is not documented");
  }
}

} // namespace ringmaster::net_tests
