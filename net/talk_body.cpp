#include "net/talk_body.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "wire/result_schema.hpp"

namespace ringmaster::net {

using kind = json_value::kind;
using json = nlohmann::ordered_json;

namespace {

json to_json(const json_value& v) {
  switch (v.what) {
  case kind::null:
    return {};
  case kind::boolean:
    return v.boolean;
  case kind::integer:
    return v.integer;
  case kind::real:
    return v.real;
  case kind::text:
    return v.text;
  case kind::list: {
    auto items = json::array();
    for (const auto& item : v.items)
      items.push_back(to_json(item));
    return items;
  }
  case kind::object: {
    auto members = json::object();
    for (const auto& [name, member] : v.members)
      members[name] = to_json(member);
    return members;
  }
  }
  return {};
}

std::optional<std::string> text_or_null(object_reader& r, std::string_view name) {
  auto value = r.member(name);
  if (value && value->what == kind::null)
    return std::string();
  return r.text(name);
}

template <class Parse>
auto take_word(object_reader& r, std::string_view name, Parse parse, const char* words)
    -> decltype(parse(std::string_view())) {
  auto word = r.text(name);
  if (!word)
    return std::nullopt;
  auto known = parse(*word);
  if (!known)
    r.mistake(name, "unknown_word", std::string("must be one of ") + words);
  return known;
}

/// The schema as text, once it can be read by those who will fill it.
std::optional<std::string> take_schema(object_reader& r) {
  constexpr std::string_view name = "result_schema";
  auto value = r.member(name);
  if (!value)
    return std::nullopt;
  if (value->what == kind::null)
    return std::string();
  if (value->what != kind::object) {
    r.wrong_type(name, "a JSON Schema of an object", *value);
    return std::nullopt;
  }
  auto text = write_json(*value);
  auto fields = wire::read_result_schema(text);
  if (fields)
    return text;
  if (fields.error().fields.empty())
    r.mistake(name, "invalid", fields.error().detail);
  else
    r.take(fields.error().fields);
  return std::nullopt;
}

template <class Patch>
void read_common(object_reader& r, Patch& p) {
  p.voicemail_action = take_word(
      r, "voicemail_action", [](auto w) { return talk::parse_machine_action(w); },
      "hang_up, leave_message");
  p.voicemail_message = text_or_null(r, "voicemail_message");
  p.menu_action = take_word(
      r, "menu_action", [](auto w) { return talk::parse_menu_action(w); }, "hang_up, navigate");
  p.menu_keys = text_or_null(r, "menu_keys");
  p.record_calls = r.boolean("record_calls");
  p.result_schema = take_schema(r);
}

} // namespace

std::string write_json(const json_value& v) {
  return to_json(v).dump(-1, ' ', false, json::error_handler_t::replace);
}

void read_talk(object_reader& r, campaign::patch& into) {
  into.call_style = take_word(
      r, "call_style", [](auto w) { return talk::parse_style(w); }, "conversation, announcement");
  read_common(r, into);
}

void read_talk(object_reader& r, task::patch& into) { read_common(r, into); }

talk::settings read_talk(object_reader& r) {
  task::patch given;
  read_common(r, given);
  talk::settings s;
  s.on_voicemail = given.voicemail_action.value_or(s.on_voicemail);
  s.message = given.voicemail_message.value_or(s.message);
  s.on_menu = given.menu_action.value_or(s.on_menu);
  s.menu_keys = given.menu_keys.value_or(s.menu_keys);
  s.record = given.record_calls.value_or(s.record);
  s.result_schema = given.result_schema.value_or(s.result_schema);
  return s;
}

} // namespace ringmaster::net
