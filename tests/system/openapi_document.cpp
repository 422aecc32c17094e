#include "tests/system/openapi_document.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace ringmaster::system_test {

namespace {

std::vector<std::string> types_of(const json& schema) {
  std::vector<std::string> out;
  if (!schema.contains("type"))
    return out;
  if (schema["type"].is_string())
    out.push_back(schema["type"]);
  else
    for (const auto& t : schema["type"])
      out.push_back(t);
  return out;
}

bool is_of(const json& value, const std::string& type) {
  return type == "object"    ? value.is_object()
         : type == "array"   ? value.is_array()
         : type == "string"  ? value.is_string()
         : type == "integer" ? value.is_number_integer()
         : type == "number"  ? value.is_number()
         : type == "boolean" ? value.is_boolean()
                             : type == "null" && value.is_null();
}

} // namespace

json operation::answer_for(int status) const {
  if (!spec.contains("responses"))
    return nullptr;
  const auto& all = spec["responses"];
  const auto exact = std::to_string(status);
  const auto family = exact.substr(0, 1) + "XX";
  for (const auto& name : {exact, family, std::string("default")})
    if (all.contains(name))
      return all[name];
  return nullptr;
}

json openapi_document::resolve(json schema) const {
  for (int i = 0; i < 32 && schema.is_object() && schema.contains("$ref"); ++i) {
    auto ref = schema["$ref"].get<std::string>();
    schema = document_.at(json::json_pointer(ref.substr(1)));
  }
  return schema;
}

std::vector<operation> openapi_document::operations() const {
  static const std::set<std::string> methods{"get", "post", "put", "patch", "delete"};
  std::vector<operation> out;
  for (const auto& [path, item] : document_.at("paths").items())
    for (const auto& [method, spec] : item.items()) {
      if (!methods.contains(method))
        continue;
      operation o;
      o.path = path;
      o.spec = spec;
      for (char c : method)
        o.method += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      o.parameters = json::array();
      for (const json* list : {&item, static_cast<const json*>(&o.spec)})
        if (list->contains("parameters"))
          for (const auto& p : (*list)["parameters"])
            o.parameters.push_back(resolve(p));
      if (spec.contains("requestBody")) {
        const auto body = resolve(spec["requestBody"]);
        if (body.contains("content") && body["content"].contains("application/json"))
          o.body_schema = resolve(body["content"]["application/json"].value("schema", json::object()));
      }
      for (auto& [status, answer] : o.spec["responses"].items())
        answer = resolve(answer);
      out.push_back(std::move(o));
    }
  return out;
}

json openapi_document::sample(const json& given, int depth) const {
  const auto schema = resolve(given);
  for (const char* name : {"example", "default", "const"})
    if (schema.contains(name))
      return schema[name];
  if (schema.contains("examples") && schema["examples"].is_array() && !schema["examples"].empty())
    return schema["examples"][0];
  if (schema.contains("enum"))
    return schema["enum"][0];
  for (const char* name : {"oneOf", "anyOf"})
    if (schema.contains(name) && !schema[name].empty())
      return sample(schema[name][0], depth + 1);
  if (schema.contains("allOf")) {
    auto out = json::object();
    for (const auto& part : schema["allOf"])
      out.update(sample(part, depth + 1));
    return out;
  }
  const auto types = types_of(schema);
  const auto is = [&](const char* t) { return std::find(types.begin(), types.end(), t) != types.end(); };
  if (is("object") || schema.contains("properties")) {
    auto out = json::object();
    if (schema.contains("required") && depth < 8)
      for (const auto& name : schema["required"])
        out[name.get<std::string>()] = sample(
          schema.value("properties", json::object()).value(name.get<std::string>(), json::object()),
          depth + 1);
    return out;
  }
  if (is("array"))
    return schema.value("minItems", 0) > 0 ? json::array({sample(schema["items"], depth + 1)}) : json::array();
  if (is("integer") || is("number"))
    return schema.value("minimum", 1);
  if (is("boolean"))
    return true;
  if (schema.value("format", "") == "date-time")
    return "2030-01-01T12:00:00Z";
  if (schema.value("format", "") == "uuid")
    return "01890000-0000-7000-8000-000000000000";
  return "text";
}

std::vector<std::string> openapi_document::text_members(const json& given) const {
  const auto schema = resolve(given);
  std::vector<std::string> out;
  for (const char* name : {"oneOf", "anyOf", "allOf"})
    if (schema.contains(name))
      for (const auto& part : schema[name])
        for (auto& member : text_members(part))
          out.push_back(std::move(member));
  const auto properties = schema.value("properties", json::object());
  for (const auto& [name, member] : properties.items()) {
    const auto types = types_of(resolve(member));
    if (types.empty() || std::find(types.begin(), types.end(), "string") != types.end())
      out.push_back(name);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void openapi_document::judge(
  const json& given, const json& value, const std::string& where,
  std::vector<std::string>& complaints, bool whole) const {
  const auto schema = resolve(given);
  if (!schema.is_object())
    return;
  const auto complain = [&](const std::string& what) {
    complaints.push_back(where + ": " + what + ", found " + value.dump().substr(0, 80));
  };
  if (schema.contains("allOf"))
    for (const auto& part : schema["allOf"])
      judge(part, value, where, complaints, false);
  for (const char* name : {"oneOf", "anyOf"})
    if (schema.contains(name)) {
      const bool fits = std::any_of(schema[name].begin(), schema[name].end(), [&](const json& part) {
        std::vector<std::string> here;
        judge(part, value, where, here);
        return here.empty();
      });
      if (!fits)
        complain("fits none of " + std::string(name));
    }
  const auto types = types_of(schema);
  if (!types.empty() &&
      std::none_of(types.begin(), types.end(), [&](const auto& t) { return is_of(value, t); }))
    return complain("not of type " + schema["type"].dump());
  if (schema.contains("const") && schema["const"] != value)
    complain("not " + schema["const"].dump());
  if (schema.contains("enum") &&
      std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end())
    complain("none of " + schema["enum"].dump());
  if (value.is_object()) {
    for (const auto& name : schema.value("required", json::array()))
      if (!value.contains(name.get<std::string>()))
        complain("lacks " + name.get<std::string>());
    const auto properties = schema.value("properties", json::object());
    for (const auto& [name, member] : value.items())
      if (properties.contains(name))
        judge(properties[name], member, where + "/" + name, complaints);
      else if (whole && !properties.empty() && !schema.contains("allOf") &&
               !(schema.contains("additionalProperties") && schema["additionalProperties"] != false))
        complaints.push_back(where + ": has an undeclared member " + name);
  }
  if (value.is_array() && schema.contains("items"))
    for (std::size_t i = 0; i < value.size(); ++i)
      judge(schema["items"], value[i], where + "/" + std::to_string(i), complaints);
}

} // namespace ringmaster::system_test
