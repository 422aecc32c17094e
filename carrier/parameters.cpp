#include "carrier/parameters.hpp"

#include <algorithm>
#include <bitset>
#include <charconv>
#include <cstdio>

namespace ringmaster::telco {

const std::vector<parameter>& call_parameters() {
  using enum form;
  // clang-format off
  static const std::vector<parameter> table{
    // name                              takes        create update code   values           min   max
    {"To",                                 endpoint,    true,  false, 21211},
    {"From",                               endpoint,    true,  false, 21212},
    {"Url",                                url,         true,  true,  21205},
    {"Method",                             http_method, true,  true,  21209, "GET POST"},
    {"Twiml",                              twiml,       true,  true,  32018, {},              1,    4000},
    {"ApplicationSid",                     sid,         true,  false, 21218, "AP"},
    {"FallbackUrl",                        url,         true,  true,  21205},
    {"FallbackMethod",                     http_method, true,  true,  21209, "GET POST"},
    {"StatusCallback",                     url,         true,  true,  21205},
    {"StatusCallbackMethod",               http_method, true,  true,  21209, "GET POST"},
    {"StatusCallbackEvent",                each_of,     true,  false, 20001, "initiated ringing answered completed"},
    {"Status",                             one_of,      false, true,  20001, "canceled completed"},
    {"SendDigits",                         digits,      true,  false, 21206, "0123456789ABCD#*wW", 1, 32},
    {"Timeout",                            integer,     true,  false, 21208, {},              1,    600},
    {"TimeLimit",                          integer,     true,  true,  20001, {},              1,    86400},
    {"Record",                             boolean,     true,  false, 20001},
    {"RecordingChannels",                  one_of,      true,  false, 20001, "mono dual"},
    {"RecordingTrack",                     one_of,      true,  false, 20001, "inbound outbound both"},
    {"RecordingStatusCallback",            url,         true,  false, 21205},
    {"RecordingStatusCallbackMethod",      http_method, true,  false, 21209, "GET POST"},
    {"RecordingStatusCallbackEvent",       each_of,     true,  false, 20001, "in-progress completed absent"},
    {"Trim",                               one_of,      true,  false, 20001, "trim-silence do-not-trim"},
    {"MachineDetection",                   one_of,      true,  false, 21234, "Enable DetectMessageEnd"},
    {"MachineDetectionTimeout",            integer,     true,  false, 21234, {},              3,    59},
    {"MachineDetectionSpeechThreshold",    integer,     true,  false, 21234, {},              1000, 6000},
    {"MachineDetectionSpeechEndThreshold", integer,     true,  false, 21234, {},              500,  5000},
    {"MachineDetectionSilenceTimeout",     integer,     true,  false, 21234, {},              2000, 10000},
    {"AsyncAmd",                           boolean,     true,  false, 21234},
    {"AsyncAmdStatusCallback",             url,         true,  false, 21205},
    {"AsyncAmdStatusCallbackMethod",       http_method, true,  false, 21209, "GET POST"},
    {"SipAuthUsername",                    text,        true,  false, 20001, {},              0,    256},
    {"SipAuthPassword",                    text,        true,  false, 20001, {},              0,    256},
    {"CallerId",                           text,        true,  false, 21212, {},              0,    256},
    {"Byoc",                               sid,         true,  false, 20001, "BY"},
    {"CallReason",                         text,        true,  false, 20001, {},              0,    256},
    {"CallToken",                          text,        true,  false, 20001, {},              0,    4096},
    {"ClientNotificationUrl",              url,         true,  false, 21205},
  };
  // clang-format on
  return table;
}

namespace {

constexpr std::size_t parameters_max = 64;

std::optional<long> read_integer(std::string_view text) {
  long value = 0;
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || ec != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

bool is_word_of(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    auto space = list.find(' ');
    if (list.substr(0, space) == word)
      return true;
    list = space == std::string_view::npos ? std::string_view{} : list.substr(space + 1);
  }
  return false;
}

bool is_sid(std::string_view text, std::string_view letters) {
  return text.size() == 34 && text.starts_with(letters) &&
         text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
}

bool is_endpoint(std::string_view text) {
  if (text.starts_with("sip:"))
    return text.find('@') != std::string_view::npos && text.size() <= 256;
  if (text.starts_with("client:"))
    return text.size() > 7 && text.size() <= 256;
  return is_e164(text);
}

bool fits(const parameter& row, std::string_view value) {
  switch (row.takes) {
    case form::endpoint:
      return is_endpoint(value);
    case form::url:
      return is_hook_url(value);
    case form::http_method:
    case form::one_of:
    case form::each_of:
      return !value.empty() && is_word_of(row.values, value);
    case form::text:
      return value.size() <= static_cast<std::size_t>(row.max);
    case form::twiml:
      return !value.empty() && value.size() <= static_cast<std::size_t>(row.max);
    case form::digits:
      return !value.empty() && value.size() <= static_cast<std::size_t>(row.max) &&
             value.find_first_not_of(row.values) == std::string_view::npos;
    case form::integer: {
      auto number = read_integer(value);
      return number && *number >= row.min && *number <= row.max;
    }
    case form::boolean:
      return value == "true" || value == "false";
    case form::sid:
      return is_sid(value, row.values);
  }
  return false;
}

std::string complaint(const parameter& row, std::string_view value) {
  std::string shown(value.substr(0, 64));
  if (row.code == 21211)
    return "The phone number you are attempting to call, " + shown + ", is not valid.";
  if (row.takes == form::twiml)
    return value.empty() ? "Twiml is empty" : "Twiml is longer than 4000 characters";
  std::string out = "Invalid value for " + std::string(row.name) + ": '" + shown + "'";
  if (row.takes == form::integer)
    out += " is not a whole number from " + std::to_string(row.min) + " to " +
           std::to_string(row.max);
  else if (row.takes == form::one_of || row.takes == form::each_of || row.takes == form::http_method)
    out += " is not one of: " + std::string(row.values);
  return out;
}

/// Checks every pair against the table and hands the good ones to `take(row, value)`.
template <class Take>
answer<void> check_pairs(const wire::fields& pairs, bool parameter::*operation, Take take) {
  const auto& table = call_parameters();
  std::bitset<parameters_max> seen;
  for (const auto& [name, value] : pairs) {
    auto row = std::find_if(table.begin(), table.end(), [&](const parameter& p) {
      return p.name == name;
    });
    if (row == table.end() || !((*row).*operation))
      return refuse(400, 20001, "Unknown parameter " + name.substr(0, 64));
    const auto index = static_cast<std::size_t>(row - table.begin());
    if (seen[index] && row->takes != form::each_of)
      return refuse(400, 20001, "Parameter " + name + " is given twice");
    seen.set(index);
    // An empty number is a missing one, and has a code of its own.
    if (row->takes == form::endpoint && value.empty())
      continue;
    if (!fits(*row, value))
      return refuse(400, row->code, complaint(*row, value));
    take(*row, value);
  }
  return {};
}

std::uint8_t event_bit(std::string_view name) {
  if (name == "initiated")
    return event::initiated;
  if (name == "ringing")
    return event::ringing;
  return name == "answered" ? event::answered : event::completed;
}

std::int32_t to_int(std::string_view text) {
  return static_cast<std::int32_t>(read_integer(text).value_or(0));
}

} // namespace

bool is_e164(std::string_view text) {
  return text.size() >= 9 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
         text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

bool is_hook_url(std::string_view text) {
  if (text.size() > 2048)
    return false;
  for (char c : text)
    if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f)
      return false;
  auto rest = text;
  if (rest.starts_with("https://"))
    rest.remove_prefix(8);
  else if (rest.starts_with("http://"))
    rest.remove_prefix(7);
  else
    return false;
  auto host = rest.substr(0, rest.find_first_of("/?#"));
  if (auto at = host.rfind('@'); at != std::string_view::npos)
    host.remove_prefix(at + 1);
  return !host.empty() && host[0] != ':' && host.find('_') == std::string_view::npos;
}

answer<call_order> read_create(const wire::fields& pairs) {
  call_order out;
  std::uint8_t events = 0;
  bool application = false;
  auto ok = check_pairs(pairs, &parameter::create, [&](const parameter& row, const std::string& v) {
    const auto name = row.name;
    if (name == "To")
      out.to = v;
    else if (name == "From")
      out.from = v;
    else if (name == "Url")
      out.document.url = v;
    else if (name == "Method")
      out.document.post = v == "POST";
    else if (name == "Twiml")
      out.twiml = v;
    else if (name == "FallbackUrl")
      out.fallback.url = v;
    else if (name == "FallbackMethod")
      out.fallback.post = v == "POST";
    else if (name == "StatusCallback")
      out.status.url = v;
    else if (name == "StatusCallbackMethod")
      out.status.post = v == "POST";
    else if (name == "StatusCallbackEvent")
      events |= event_bit(v);
    else if (name == "Timeout")
      out.timeout_seconds = to_int(v);
    else if (name == "TimeLimit")
      out.time_limit_seconds = to_int(v);
    else if (name == "Record")
      out.record = v == "true";
    else if (name == "MachineDetection")
      out.detection = v == "Enable" ? detection::enable : detection::message_end;
    else if (name == "MachineDetectionTimeout")
      out.detection_timeout_seconds = to_int(v);
    else if (name == "AsyncAmd")
      out.detection_async = v == "true";
    else if (name == "AsyncAmdStatusCallback")
      out.amd_result.url = v;
    else if (name == "AsyncAmdStatusCallbackMethod")
      out.amd_result.post = v == "POST";
    else if (name == "ApplicationSid")
      application = true;
  });
  if (!ok)
    return tl::unexpected<refusal>(std::move(ok).error());
  if (out.to.empty())
    return refuse(400, 21201, "No 'To' number is specified");
  if (out.from.empty())
    return refuse(400, 21213, "A 'From' number is required");
  if (is_e164(out.to) && !is_e164(out.from))
    return refuse(400, 21212, "'From' must be a phone number when 'To' is one");
  if (application)
    return refuse(400, 21218, "The account has no such application");
  if (out.document.url.empty() && out.twiml.empty())
    return refuse(400, 21205, "Url parameter is required");
  if (!out.document.url.empty())
    out.twiml.clear(); // the carrier prefers Url
  if (events != 0)
    out.events = events;
  // Digits sent after pick-up and detection exclude each other.
  if (wire::find(pairs, "SendDigits"))
    out.detection = detection::off;
  return out;
}

answer<call_change> read_change(const wire::fields& pairs) {
  call_change out;
  auto ok = check_pairs(pairs, &parameter::update, [&](const parameter& row, const std::string& v) {
    const auto name = row.name;
    if (name == "Status")
      out.status = v == "canceled" ? call::status::canceled : call::status::completed;
    else if (name == "Url")
      out.url = v;
    else if (name == "Method")
      out.post = v == "POST";
    else if (name == "Twiml")
      out.twiml = v;
    else if (name == "StatusCallback")
      out.status_url = v;
    else if (name == "StatusCallbackMethod")
      out.status_post = v == "POST";
    else if (name == "FallbackUrl")
      out.fallback_url = v;
    else if (name == "FallbackMethod")
      out.fallback_post = v == "POST";
    else if (name == "TimeLimit")
      out.time_limit_seconds = to_int(v);
  });
  if (!ok)
    return tl::unexpected<refusal>(std::move(ok).error());
  if (out.url && out.twiml)
    return refuse(400, 20001, "Url and Twiml exclude each other");
  return out;
}

} // namespace ringmaster::telco
