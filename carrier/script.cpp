// The parts of a scenario that are written as JSON: fixed fates, and changes of a running one.
#include <nlohmann/json.hpp>

#include <string>

#include "carrier/scenario.hpp"

namespace ringmaster::telco {

namespace {

using nlohmann::json;

result<reply> read_reply(const json& from) {
  using kind = reply::kind;
  if (from.is_null())
    return reply{};
  if (from.is_string())
    return reply{kind::speech, from.get<std::string>(), std::nullopt};
  if (!from.is_object() || from.size() > 2)
    return fail(errc::invalid, "a gather reply is null, a text, or an object");
  reply out;
  for (const auto& [name, value] : from.items()) {
    if (name == "speech" && value.is_string())
      out.what = kind::speech, out.text = value.get<std::string>();
    else if (name == "digits" && value.is_string())
      out.what = kind::digits, out.text = value.get<std::string>();
    else if (name == "confidence" && value.is_number() && value >= 0.0 && value <= 1.0)
      out.confidence = value.get<double>();
    else
      return fail(errc::invalid, "gather reply: '" + name + "' is unknown or has a wrong value");
  }
  if (out.what == kind::silence || (out.what == kind::digits && out.confidence))
    return fail(errc::invalid, "a gather reply has speech (with confidence) or digits");
  return out;
}

result<void> read_field(const std::string& name, const json& value, scripted& out) {
  auto refuse = [&] { return fail(errc::invalid, "'" + name + "' is unknown or has a wrong value"); };
  if (name == "outcome" && value.is_string()) {
    out.outcome = parse_outcome(value.get<std::string>());
    return out.outcome ? result<void>{} : refuse();
  }
  if (name == "fault" && value.is_string()) {
    out.fault = parse_fault(value.get<std::string>());
    return out.fault ? result<void>{} : refuse();
  }
  if (name == "answered_by" && value.is_string()) {
    out.answered_by = value.get<std::string>();
    return is_detection_word(out.answered_by) ? result<void>{} : refuse();
  }
  if (name == "persona" && value.is_string()) {
    out.persona = value.get<std::string>();
    return {};
  }
  if ((name == "ring_ms" || name == "talk_ms") && value.is_number_unsigned() && value <= 86400000u) {
    (name == "ring_ms" ? out.ring : out.talk) = milliseconds(value.get<std::int64_t>());
    return {};
  }
  if (name == "gather" && value.is_array()) {
    out.gather.emplace();
    for (const auto& item : value) {
      auto one = read_reply(item);
      if (!one)
        return fail(one.error());
      out.gather->push_back(std::move(*one));
    }
    return {};
  }
  return refuse();
}

result<void> read_line(const json& line, scenario& into) {
  if (!line.is_object() || !line.contains("to") || !line["to"].is_string())
    return fail(errc::invalid, "a line is an object with the text member 'to'");
  scripted fate;
  for (const auto& [name, value] : line.items())
    if (name != "to")
      if (auto ok = read_field(name, value, fate); !ok)
        return ok;
  into.script[line["to"].get<std::string>()].push_back(std::move(fate));
  return {};
}

result<void> change_one(const std::string& name, const json& value, scenario& into) {
  auto text = [&]() -> std::string { return value.is_string() ? value.get<std::string>() : ""; };
  if (name == "fault" && value.is_string())
    return parse_faults(text(), true, into);
  if (name == "fault_other" && value.is_string())
    return parse_faults(text(), false, into);
  if (name == "faults_off" && value == true) {
    into.create_faults = into.other_faults = {};
    into.callback_lost = into.callback_duplicate = into.callback_reorder = 0;
    return {};
  }
  if (name == "mix") {
    auto weights = parse_mix(text());
    return weights ? (into.outcomes = *weights, result<void>{}) : fail(weights.error());
  }
  for (auto [known, range] :
       {std::pair{"ring", &into.ring}, {"talk", &into.talk}, {"slow", &into.slow_for}})
    if (name == known) {
      auto read = parse_time_range(text());
      return read ? (*range = *read, result<void>{}) : fail(read.error());
    }
  if (name == "list_lag") {
    auto lag = parse_time(text());
    return lag ? (into.list_lag = *lag, result<void>{}) : fail(lag.error());
  }
  if (name == "callbacks") {
    auto order = parse_callback_order(text());
    return order ? (into.callbacks = *order, result<void>{})
                 : fail(errc::invalid, "callbacks are ordered, shuffled or off");
  }
  if (name == "personas" && value.is_object()) {
    for (const auto& [number, persona] : value.items()) {
      if (persona.is_null())
        into.callees.erase(number);
      else if (!persona.is_string())
        return fail(errc::invalid, "personas are numbers with the name of a persona, or null");
      else
        into.callees[number] = persona.get<std::string>();
    }
    return {};
  }
  if (name == "persona_mix" && value.is_string())
    return parse_persona_mix(text(), into);
  if (name == "calls_per_second" && value.is_number()) {
    into.calls_per_second = value.get<double>();
    return {};
  }
  if (name == "concurrent_max" && value.is_number_unsigned()) {
    into.concurrent_max = value.get<std::uint32_t>();
    return {};
  }
  return fail(errc::invalid, "'" + name + "' cannot be changed or has a wrong value");
}

} // namespace

result<void> parse_script(std::string_view ndjson, scenario& into) {
  std::size_t number = 0;
  while (!ndjson.empty()) {
    ++number;
    auto end = ndjson.find('\n');
    auto line = ndjson.substr(0, end);
    ndjson = end == std::string_view::npos ? std::string_view{} : ndjson.substr(end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos)
      continue;
    auto parsed = json::parse(line, nullptr, false);
    auto ok = parsed.is_discarded() ? result<void>(fail(errc::invalid, "not JSON"))
                                    : read_line(parsed, into);
    if (!ok)
      return fail(errc::invalid, "script line " + std::to_string(number) + ": " + ok.error().detail);
  }
  return {};
}

result<void> parse_change(std::string_view text, scenario& into) {
  auto parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object())
    return fail(errc::malformed, "a change is a JSON object");
  auto changed = into;
  for (const auto& [name, value] : parsed.items())
    if (auto ok = change_one(name, value, changed); !ok)
      return ok;
  if (auto ok = check(changed); !ok)
    return ok;
  into = std::move(changed);
  return {};
}

} // namespace ringmaster::telco
