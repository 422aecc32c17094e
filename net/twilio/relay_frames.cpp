#include "net/twilio/relay_frames.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include <nlohmann/json.hpp>

#include "net/json.hpp"
#include "net/twilio/heard.hpp"

namespace ringmaster::net::twilio {

namespace {

using json = nlohmann::ordered_json;
using value_kind = json_value::kind;

const std::string* text_of(const json_value& from, std::string_view name) {
  const auto* found = from.find(name);
  return found != nullptr && found->what == value_kind::text ? &found->text : nullptr;
}

/// A number, or a text of digits: older pages of the carrier have the latter.
std::chrono::milliseconds span_of(const json_value& from, std::string_view name) {
  constexpr std::int64_t most = 24 * 60 * 60 * 1000;
  const auto* found = from.find(name);
  std::int64_t number = 0;
  if (found == nullptr)
    return {};
  if (found->what == value_kind::integer)
    number = found->integer;
  else if (found->what == value_kind::real)
    number = found->real > 0 && found->real < static_cast<double>(most)
                 ? static_cast<std::int64_t>(found->real)
                 : 0;
  else if (found->what == value_kind::text)
    std::from_chars(found->text.data(), found->text.data() + found->text.size(), number);
  return std::chrono::milliseconds(std::clamp<std::int64_t>(number, 0, most));
}

using reader = bool (*)(const json_value&, relay_frame&);

bool read_setup(const json_value& from, relay_frame& into) {
  constexpr std::size_t id_max = 128;
  const auto* call = text_of(from, "callSid");
  const auto* account = text_of(from, "accountSid");
  if (call == nullptr || call->empty() || call->size() > id_max)
    return false;
  into.what = relay_frame::kind::setup;
  into.call = *call;
  if (account != nullptr)
    into.account = *account;
  return true;
}

bool read_prompt(const json_value& from, relay_frame& into) {
  const auto* text = text_of(from, "voicePrompt");
  auto heard = text != nullptr ? clean_heard(*text) : std::nullopt;
  if (!heard)
    return false;
  const auto* last = from.find("last");
  talk::words words;
  words.text = std::move(*heard);
  words.final = last == nullptr || last->what != value_kind::boolean || last->boolean;
  into.tells = std::move(words);
  return true;
}

bool read_interrupt(const json_value& from, relay_frame& into) {
  const auto* text = text_of(from, "utteranceUntilInterrupt");
  auto heard = clean_heard(text != nullptr ? std::string_view(*text) : std::string_view());
  if (!heard)
    return false;
  talk::cut cut;
  cut.heard = std::move(*heard);
  cut.spoken = span_of(from, "durationUntilInterruptMs");
  into.tells = std::move(cut);
  return true;
}

bool read_key(const json_value& from, relay_frame& into) {
  const auto* text = text_of(from, "digit");
  if (text == nullptr)
    return false;
  talk::keys keys;
  keys.digits = keys_of(*text);
  if (!keys.digits.empty())
    into.tells = std::move(keys);
  return true;
}

bool read_error(const json_value& from, relay_frame& into) {
  const auto* text = text_of(from, "description");
  into.detail =
      clean_heard(text != nullptr ? std::string_view(*text) : std::string_view()).value_or("");
  return true;
}

bool read_info(const json_value&, relay_frame&) { return true; }

constexpr std::pair<std::string_view, reader> readers[] = {
    {"setup",     read_setup    },
    {"prompt",    read_prompt   },
    {"interrupt", read_interrupt},
    {"dtmf",      read_key      },
    {"error",     read_error    },
    {"info",      read_info     },
};

struct writer {
  std::string operator()(const talk::say& what) const {
    if (what.text.empty() && !what.last)
      return {};
    json frame;
    frame["type"] = "text";
    frame["token"] = what.text;
    frame["last"] = what.last;
    frame["interruptible"] = what.interruptible;
    return dump(frame);
  }
  std::string operator()(const talk::press& what) const {
    json frame;
    frame["type"] = "sendDigits";
    std::string digits;
    for (auto c : what.digits)
      if (std::string_view("0123456789*#w").find(c) != std::string_view::npos)
        digits += c;
    if (digits.empty())
      return {};
    frame["digits"] = digits;
    return dump(frame);
  }
  std::string operator()(const talk::hang_up& what) const { return end(what.why); }
  std::string operator()(const talk::connect&) const { return end("transfer"); }
  std::string operator()(const line_closed&) const { return {}; }

  static std::string end(const std::string& why) {
    json handoff, frame;
    handoff["why"] = why;
    frame["type"] = "end";
    frame["handoffData"] = dump(handoff);
    return dump(frame);
  }
  static std::string dump(const json& what) {
    return what.dump(-1, ' ', false, json::error_handler_t::replace);
  }
};

} // namespace

relay_frame read_relay_frame(std::string_view text) {
  relay_frame out;
  auto doc = parse_json(text);
  const auto* type = doc && doc->what == value_kind::object ? text_of(*doc, "type") : nullptr;
  if (type == nullptr)
    return out;
  for (const auto& [name, read] : readers) {
    if (*type != name)
      continue;
    if (!read(*doc, out))
      out.what = relay_frame::kind::unreadable;
    else if (out.what != relay_frame::kind::setup)
      out.what = out.tells ? relay_frame::kind::event : relay_frame::kind::passing;
    return out;
  }
  out.what = relay_frame::kind::unknown;
  return out;
}

std::string write_relay_order(const line_order& order) { return std::visit(writer{}, order); }

} // namespace ringmaster::net::twilio
