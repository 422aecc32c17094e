#include "carrier/callbacks.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "carrier/chance.hpp"
#include "domain/time.hpp"
#include "wire/carrier_signature.hpp"

namespace ringmaster::telco {

namespace {

// -- places ----------------------------------------------------------------------------------------

struct place {
  std::string_view prefix, city, state, zip, country;
};

/// Enough of a numbering plan for callbacks to carry full, partly empty and empty places.
constexpr std::array places{
  place{"+1212", "NEW YORK", "NY", "10001", "US"},
  place{"+1312", "CHICAGO", "IL", "60601", "US"},
  place{"+1415", "SAN FRANCISCO", "CA", "94105", "US"},
  place{"+1416", "TORONTO", "ON", "", "CA"},
  place{"+1512", "AUSTIN", "TX", "", "US"},
  place{"+1617", "BOSTON", "MA", "02108", "US"},
  place{"+1", "", "", "", "US"},
  place{"+33", "", "", "", "FR"},
  place{"+34", "", "", "", "ES"},
  place{"+39", "", "", "", "IT"},
  place{"+41", "", "", "", "CH"},
  place{"+43", "", "", "", "AT"},
  place{"+44", "", "", "", "GB"},
  place{"+49", "", "", "", "DE"},
  place{"+61", "", "", "", "AU"},
  place{"+91", "", "", "", "IN"},
};

const place& place_of(std::string_view number) {
  static constexpr place nowhere{};
  for (const auto& p : places)
    if (number.starts_with(p.prefix))
      return p;
  return nowhere;
}

void add_place(wire::fields& out, std::string_view role, const place& where) {
  const std::string name(role);
  out.emplace_back(name + "City", where.city);
  out.emplace_back(name + "State", where.state);
  out.emplace_back(name + "Zip", where.zip);
  out.emplace_back(name + "Country", where.country);
}

// -- overrides -------------------------------------------------------------------------------------

void take_number(std::string_view text, long min, long max, auto set) {
  long value = 0;
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (!text.empty() && ec == std::errc{} && end == text.data() + text.size())
    set(std::clamp(value, min, max));
}

void take_policy(std::string_view list, delivery_rules& r) {
  r.on_connect = r.on_read = r.on_4xx = r.on_5xx = false;
  while (!list.empty()) {
    auto comma = list.find(',');
    auto word = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    const bool all = word == "all";
    r.on_connect |= all || word == "ct";
    r.on_read |= all || word == "rt";
    r.on_4xx |= all || word == "4xx";
    r.on_5xx |= all || word == "5xx";
  }
}

void take_override(std::string_view name, std::string_view value, delivery_rules& r) {
  if (name == "ct")
    take_number(value, 100, 10000, [&](long v) { r.connect = milliseconds(v); });
  else if (name == "rt")
    take_number(value, 100, 15000, [&](long v) { r.read = milliseconds(v); });
  else if (name == "tt")
    take_number(value, 100, 15000, [&](long v) { r.total = milliseconds(v); });
  else if (name == "rc")
    take_number(value, 0, 5, [&](long v) { r.retries = static_cast<std::uint32_t>(v); });
  else if (name == "rp")
    take_policy(value, r);
}

} // namespace

split_hook split(std::string_view url) {
  split_hook out;
  auto hash = url.find('#');
  out.url = std::string(url.substr(0, hash));
  if (hash == std::string_view::npos)
    return out;
  auto rest = url.substr(hash + 1);
  while (!rest.empty()) {
    auto amp = rest.find('&');
    auto pair = rest.substr(0, amp);
    rest = amp == std::string_view::npos ? std::string_view{} : rest.substr(amp + 1);
    if (auto eq = pair.find('='); eq != std::string_view::npos)
      take_override(pair.substr(0, eq), pair.substr(eq + 1), out.rules);
  }
  return out;
}

bool tries_again(
  const delivery_rules& rules, std::uint32_t tries, const try_result& last, milliseconds spent) {
  if (tries > rules.retries || spent >= rules.total)
    return false;
  switch (last.what) {
    case try_result::how::not_connected:
      return rules.on_connect;
    case try_result::how::broken:
      return rules.on_read;
    case try_result::how::answered:
      return (last.status >= 400 && last.status < 500 && rules.on_4xx) ||
             (last.status >= 500 && rules.on_5xx);
  }
  return false;
}

signed_request prepare(const errand& e, std::string_view auth_token) {
  signed_request out{e.to.url, {}, {}};
  if (e.post) {
    out.body = wire::write_form(e.params);
    out.signature = wire::sign(auth_token, out.url, e.params);
    return out;
  }
  if (!e.params.empty())
    out.url += (out.url.find('?') == std::string::npos ? "?" : "&") + wire::write_form(e.params);
  out.signature = wire::sign(auth_token, out.url, {});
  return out;
}

// -- parameters ------------------------------------------------------------------------------------

wire::fields
call_fields(const call_record& c, std::string_view status, std::string_view account) {
  const auto& from = c.order.from;
  const auto& to = c.order.to;
  wire::fields out;
  out.reserve(40);
  out.emplace_back("CallSid", c.sid);
  out.emplace_back("AccountSid", account);
  out.emplace_back("From", from);
  out.emplace_back("To", to);
  out.emplace_back("Caller", from);
  out.emplace_back("Called", to);
  out.emplace_back("CallStatus", status);
  out.emplace_back("Direction", "outbound-api");
  out.emplace_back("ApiVersion", "2010-04-01");
  add_place(out, "Called", place_of(to));
  add_place(out, "To", place_of(to));
  add_place(out, "Caller", place_of(from));
  add_place(out, "From", place_of(from));
  return out;
}

wire::fields status_fields(
  const call_record& c, call::status status, std::uint32_t sequence, instant at,
  std::string_view account) {
  auto out = call_fields(c, to_string(status), account);
  out.emplace_back("Timestamp", to_rfc2822(at));
  out.emplace_back("SequenceNumber", std::to_string(sequence));
  out.emplace_back("CallbackSource", "call-progress-events");
  if (status == call::status::ringing || status == call::status::in_progress)
    out.emplace_back("StirStatus", "B");
  if (!call::ended(status))
    return out;
  out.emplace_back("CallDuration", std::to_string(c.duration_seconds));
  if (status == call::status::completed)
    out.emplace_back("Duration", std::to_string((c.duration_seconds + 59) / 60));
  out.emplace_back("SipResponseCode", std::to_string(c.sip_code));
  if (!c.answered_by.empty())
    out.emplace_back("AnsweredBy", c.answered_by);
  if (c.order.record && status == call::status::completed) {
    const auto recording = "RE" + c.sid.substr(2);
    out.emplace_back(
      "RecordingUrl", "https://api.twilio.com/2010-04-01/Accounts/" + std::string(account) +
                        "/Recordings/" + recording);
    out.emplace_back("RecordingSid", recording);
    out.emplace_back("RecordingDuration", std::to_string(c.duration_seconds));
  }
  return out;
}

wire::fields recording_fields(
  const call_record& c, instant began, std::int64_t duration_seconds, std::string_view account) {
  const auto sid = "RE" + c.sid.substr(2);
  return {
    {"AccountSid", std::string(account)},
    {"CallSid", c.sid},
    {"RecordingSid", sid},
    {"RecordingUrl",
     "https://api.twilio.com/2010-04-01/Accounts/" + std::string(account) + "/Recordings/" + sid},
    {"RecordingStatus", "completed"},
    {"RecordingDuration", std::to_string(duration_seconds)},
    {"RecordingChannels", "1"},
    {"RecordingStartTime", to_rfc2822(began)},
    {"RecordingSource", "StartCallRecordingTwiML"},
    {"RecordingTrack", "both"}};
}

std::uint8_t event_of(call::status s) {
  switch (s) {
    case call::status::queued:
      return 0;
    case call::status::initiated:
      return event::initiated;
    case call::status::ringing:
      return event::ringing;
    case call::status::in_progress:
      return event::answered;
    default:
      return event::completed;
  }
}

} // namespace ringmaster::telco
