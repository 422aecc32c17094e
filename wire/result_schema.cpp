#include "wire/result_schema.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "domain/text.hpp"

namespace ringmaster::wire {

namespace {

/// Keeps the properties in the order in which they were written: so they are shown.
using json = nlohmann::ordered_json;
using field = talk::schema_field;

constexpr std::size_t fields_most = 50;
constexpr std::size_t choices_most = 50;
constexpr std::size_t name_most = 64;
constexpr std::size_t text_most = 500;
constexpr std::size_t depth_most = 8;

tl::unexpected<error> refuse(std::string why) {
  error out{.code = errc::invalid, .detail = {}};
  out.detail = "the result schema " + why;
  out.fields.push_back({"/result_schema", "unsupported", std::move(why)});
  return tl::unexpected{std::move(out)};
}

/// What `parse` gives, or nothing for what is no JSON, is too deep or says a name twice.
std::optional<json> parse(std::string_view text) {
  std::vector<std::set<std::string>> names;
  bool fine = true;
  auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    fine = fine && depth <= static_cast<int>(depth_most);
    if (event == json::parse_event_t::object_start)
      names.emplace_back();
    else if (event == json::parse_event_t::object_end)
      names.pop_back();
    else if (event == json::parse_event_t::key && !names.empty())
      fine = fine && names.back().insert(parsed.get<std::string>()).second;
    return fine;
  };
  auto out = json::parse(text.begin(), text.end(), watch, false);
  if (!fine || out.is_discarded())
    return std::nullopt;
  return out;
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= name_most &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-';
         });
}

/// The member's text; empty if it is missing. Nothing if it is no fitting text.
std::optional<std::string> text_of(const json& object, const char* name) {
  auto member = object.find(name);
  if (member == object.end())
    return std::string{};
  if (!member->is_string())
    return std::nullopt;
  auto text = member->get<std::string>();
  auto length = count_characters(text);
  if (!length || *length > text_most || has_control_character(text, true))
    return std::nullopt;
  return text;
}

/// The first member that is none of `known`.
template <std::size_t N>
std::string stranger(const json& object, const std::array<std::string_view, N>& known) {
  for (const auto& [name, ignored] : object.items())
    if (std::find(known.begin(), known.end(), name) == known.end())
      return name;
  return {};
}

result<std::vector<std::string>> read_choices(const std::string& name, const json& list) {
  std::vector<std::string> out;
  if (!list.is_array() || list.empty() || list.size() > choices_most)
    return refuse("lists between 1 and 50 choices in an enum; " + name + " does not");
  for (const auto& one : list) {
    auto text = one.is_string() ? one.get<std::string>() : std::string{};
    auto length = count_characters(text);
    if (text.empty() || !length || *length > 100 || has_control_character(text))
      return refuse("takes texts of up to 100 characters as choices; " + name + " has another");
    if (std::find(out.begin(), out.end(), text) != out.end())
      return refuse("names the choice \"" + text + "\" of " + name + " twice");
    out.push_back(std::move(text));
  }
  return out;
}

/// type, format and enum together say what a field is.
result<void> read_kind(const json& property, field& out) {
  using enum field::kind;
  auto type = text_of(property, "type"), format = text_of(property, "format");
  if (!type || !format)
    return refuse("has a type or format of " + out.name + " that is no text");
  auto choices = property.find("enum");
  if (*type != "string" && (choices != property.end() || !format->empty()))
    return refuse("allows format and enum for strings only, not for " + out.name);
  if (*type != "array" && property.contains("items"))
    return refuse("allows items for arrays only, not for " + out.name);
  if (*type == "number" || *type == "integer" || *type == "boolean") {
    out.what = *type == "number" ? number : *type == "integer" ? integer : boolean;
    return {};
  }
  if (*type == "array") {
    auto items = property.find("items");
    static constexpr std::array<std::string_view, 2> known{"type", "description"};
    if (items == property.end() || !items->is_object() || text_of(*items, "type") != "string" ||
        !stranger(*items, known).empty())
      return refuse("takes arrays of strings only; " + out.name + " is another");
    out.what = list;
    return {};
  }
  if (*type != "string")
    return refuse(
        "knows the types string, number, integer, boolean and array; " + out.name + " has " +
        (type->empty() ? "none" : "\"" + *type + "\""));
  if (choices != property.end()) {
    if (!format->empty())
      return refuse("takes format or enum, not both, for " + out.name);
    auto read = read_choices(out.name, *choices);
    if (!read)
      return tl::unexpected{read.error()};
    out.choices = std::move(*read);
    out.what = choice;
  } else if (*format == "date" || *format == "date-time") {
    out.what = *format == "date" ? date : datetime;
  } else if (!format->empty()) {
    return refuse("knows the formats date and date-time; " + out.name + " has \"" + *format + "\"");
  }
  return {};
}

result<field> read_field(const std::string& name, const json& property) {
  field out;
  out.name = name;
  if (!is_name(name))
    return refuse("has a property whose name is not 1 to 64 of A-Z, a-z, 0-9, _ and -");
  if (!property.is_object())
    return refuse("describes " + name + " by something that is no object");
  static constexpr std::array<std::string_view, 6> known{"type",        "format", "enum",
                                                         "description", "title",  "items"};
  if (auto other = stranger(property, known); !other.empty())
    return refuse("does not know \"" + other + "\" of " + name);
  auto description = text_of(property, "description"), title = text_of(property, "title");
  if (!description || !title)
    return refuse(
        "takes descriptions and titles of up to 500 characters; " + name + " has another");
  out.description = !description->empty() ? *description : *title;
  if (auto read = read_kind(property, out); !read)
    return tl::unexpected{read.error()};
  return out;
}

result<void> read_required(const json& schema, std::vector<field>& fields) {
  auto required = schema.find("required");
  if (required == schema.end())
    return {};
  if (!required->is_array())
    return refuse("has a \"required\" that is no array");
  for (const auto& one : *required) {
    auto name = one.is_string() ? one.get<std::string>() : std::string{};
    auto found =
        std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.name == name; });
    if (found == fields.end())
      return refuse("requires a property that it does not have");
    found->required = true;
  }
  return {};
}

// -- writing --------------------------------------------------------------------------------------

/// A decimal number as JSON takes it: no plus, no leading zeros, no bare point.
bool is_number(std::string_view text) {
  if (text.starts_with('-'))
    text.remove_prefix(1);
  auto point = std::min(text.find('.'), text.size());
  auto whole = text.substr(0, point), rest = text.substr(point);
  auto digits = [](std::string_view s) {
    return !s.empty() &&
           std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  return digits(whole) && (whole.size() == 1 || whole.front() != '0') &&
         (rest.empty() || digits(rest.substr(1)));
}

std::string quoted(const std::string& text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string write_parts(const talk::value& v) {
  auto numbered = [&](std::size_t i) { return v.parts[i].first == std::to_string(i); };
  bool is_list = true;
  for (std::size_t i = 0; i < v.parts.size(); ++i)
    is_list = is_list && numbered(i);
  std::string out;
  for (const auto& [name, text] : v.parts)
    out += (out.empty() ? "" : ", ") + (is_list ? "" : quoted(name) + ": ") + quoted(text);
  return is_list ? '[' + out + ']' : '{' + out + '}';
}

} // namespace

result<std::vector<talk::schema_field>> read_result_schema(std::string_view text) {
  std::vector<field> out;
  if (trimmed(text).empty())
    return out;
  auto schema = parse(text);
  if (!schema || !schema->is_object())
    return refuse("is no JSON object, or says a name twice");
  static constexpr std::array<std::string_view, 8> known{
      "type",  "properties",  "required", "additionalProperties",
      "title", "description", "$schema",  "$id"};
  if (auto other = stranger(*schema, known); !other.empty())
    return refuse("does not know \"" + other + "\"");
  if (text_of(*schema, "type") != "object")
    return refuse("must have the type \"object\"");
  for (auto name : {"title", "description", "$schema", "$id"})
    if (!text_of(*schema, name))
      return refuse(std::string{"has a \""} + name + "\" that is no text of up to 500 characters");
  if (auto more = schema->find("additionalProperties");
      more != schema->end() && !more->is_boolean())
    return refuse("takes true or false for \"additionalProperties\"");
  auto properties = schema->find("properties");
  if (properties == schema->end() || !properties->is_object() || properties->empty() ||
      properties->size() > fields_most)
    return refuse("must have between 1 and 50 properties");
  for (const auto& [name, property] : properties->items()) {
    auto read = read_field(name, property);
    if (!read)
      return tl::unexpected{read.error()};
    out.push_back(std::move(*read));
  }
  if (auto read = read_required(*schema, out); !read)
    return tl::unexpected{read.error()};
  return out;
}

std::string write_value(const talk::value& v) {
  if (!v.known())
    return "null";
  switch (v.kind) {
  case talk::value_kind::json:
    return v.parts.empty() ? "null" : write_parts(v);
  case talk::value_kind::number:
    return is_number(v.text) ? v.text : quoted(v.text);
  case talk::value_kind::boolean:
    return v.text == "true" || v.text == "false" ? v.text : quoted(v.text);
  case talk::value_kind::text:
  case talk::value_kind::datetime:
    return quoted(v.text);
  }
  return "null";
}

} // namespace ringmaster::wire
