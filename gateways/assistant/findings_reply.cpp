#include "gateways/assistant/findings_reply.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <simdjson.h>

#include "domain/text.hpp"

namespace ringmaster::assistant {

namespace {

namespace dom = simdjson::dom;
using fields = std::vector<std::pair<std::string, shape>>;

constexpr std::array<std::string_view, 8> known_keys{
    "price",       "appointment", "confirmation_number", "business_name",
    "person_name", "instruction", "callback_time",       "phone_number"};
constexpr std::string_view schema_prefix = "result.";

std::string text(dom::object from, std::string_view name) {
  std::string_view value;
  return from[name].get(value) == simdjson::SUCCESS ? std::string(trimmed(value)) : std::string();
}

bool flag(dom::object from, std::string_view name) {
  bool value = false;
  return from[name].get(value) == simdjson::SUCCESS && value;
}

template <class Take>
void each(dom::object from, std::string_view name, Take take) {
  dom::array list;
  if (from[name].get(list) != simdjson::SUCCESS)
    return;
  for (auto one : list)
    take(one);
}

talk::value_kind kind_of(talk::schema_field::kind k) {
  using field = talk::schema_field::kind;
  switch (k) {
  case field::number:
  case field::integer:
    return talk::value_kind::number;
  case field::boolean:
    return talk::value_kind::boolean;
  case field::date:
  case field::datetime:
    return talk::value_kind::datetime;
  case field::list:
    return talk::value_kind::json;
  case field::text:
  case field::choice:
    break;
  }
  return talk::value_kind::text;
}

/// The kind of a value by its key; nothing for a key that nobody asked for.
std::optional<talk::value_kind> kind_of(const std::string& key, const extract_request& asked) {
  if (key == "price" || key == "appointment")
    return talk::value_kind::json;
  if (key == "callback_time")
    return talk::value_kind::datetime;
  if (std::find(known_keys.begin(), known_keys.end(), key) != known_keys.end())
    return talk::value_kind::text;
  if (key.starts_with(schema_prefix))
    for (const auto& one : asked.schema)
      if (one.name == std::string_view(key).substr(schema_prefix.size()))
        return kind_of(one.what);
  return std::nullopt;
}

std::optional<talk::value> read_value(dom::object from, const extract_request& asked) {
  talk::value made;
  made.key = text(from, "key");
  auto kind = kind_of(made.key, asked);
  if (!kind)
    return std::nullopt;
  made.kind = *kind;
  made.text = text(from, "text");
  each(from, "parts", [&](dom::element one) {
    dom::object part;
    if (one.get(part) == simdjson::SUCCESS)
      made.parts.emplace_back(text(part, "name"), text(part, "text"));
  });
  if (made.kind == talk::value_kind::json)
    made.text.clear();
  else
    made.parts.clear();
  each(from, "segments", [&](dom::element one) {
    std::int64_t n = 0;
    if (one.get(n) == simdjson::SUCCESS && n > 0 && n <= INT32_MAX)
      made.segments.push_back(static_cast<std::int32_t>(n));
  });
  return made;
}

} // namespace

shape findings_shape() {
  fields part, value, next, made;
  part.emplace_back("name", shape::text(1, 64));
  part.emplace_back("text", shape::text(0, 500));
  value.emplace_back(
      "key", shape::text(
                 1, 80,
                 "price, appointment, confirmation_number, business_name, person_name, "
                 "instruction, callback_time, phone_number, or the key of one of the fields"));
  value.emplace_back(
      "text", shape::text(
                  0, 1000,
                  "The value; numbers with a point, true or false, 2026-11-24 or "
                  "2026-11-24T15:00; empty where it has parts"));
  value.emplace_back(
      "parts", shape::list(
                   shape::object(std::move(part)), 20,
                   "price: amount, currency, details. appointment: date, time, "
                   "confirmation_number, status (offered, booked, declined). A list: its members"));
  value.emplace_back(
      "segments",
      shape::list(shape::number(), 20, "n of the callee's segments that say it; at least one"));
  next.emplace_back("instruction", shape::text(1, 1000, "What is to be done, standing alone"));
  next.emplace_back("reason", shape::text(1, 500));
  next.emplace_back("when", shape::text(0, 40, "2026-11-24T15:00 or 2026-11-24; empty if open"));
  made.emplace_back("summary", shape::text(1, 1000, "One to three sentences"));
  made.emplace_back("goal_achieved", shape::word({"yes", "no", "unknown"}));
  made.emplace_back("sentiment", shape::word({"positive", "neutral", "negative"}));
  made.emplace_back("opt_out", shape::flag("The callee wants no calls any more"));
  made.emplace_back("wrong_number", shape::flag());
  made.emplace_back("values", shape::list(shape::object(std::move(value)), 60));
  made.emplace_back("follow_ups", shape::list(shape::object(std::move(next)), 5));
  return shape::object(std::move(made));
}

result<reply> read_findings(std::string_view json, const extract_request& asked) {
  dom::parser parser;
  dom::object from;
  if (parser.parse(json.data(), json.size()).get(from) != simdjson::SUCCESS)
    return fail(errc::invalid, "the answer must be an object");
  talk::findings made;
  made.summary = text(from, "summary");
  made.goal_achieved =
      talk::parse_verdict(text(from, "goal_achieved")).value_or(talk::verdict::unknown);
  made.mood = talk::parse_sentiment(text(from, "sentiment")).value_or(talk::sentiment::neutral);
  made.who = asked.who;
  made.opt_out = flag(from, "opt_out");
  made.wrong_number = flag(from, "wrong_number");
  each(from, "values", [&](dom::element one) {
    dom::object it;
    if (one.get(it) != simdjson::SUCCESS)
      return;
    if (auto read = read_value(it, asked))
      made.values.push_back(std::move(*read));
  });
  each(from, "follow_ups", [&](dom::element one) {
    dom::object it;
    if (one.get(it) != simdjson::SUCCESS)
      return;
    made.follow_ups.push_back({text(it, "instruction"), text(it, "reason"), text(it, "when")});
  });
  return reply(std::move(made));
}

} // namespace ringmaster::assistant
