#include "tests/support/status_post.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <set>

#include "tests/support/waiting.hpp"

namespace ringmaster::support {

namespace {

std::string mail_date() {
  const auto now = static_cast<std::time_t>(wall_us() / 1'000'000);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[64];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &utc);
  return text;
}

std::string escaped(const std::string& text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (unsigned char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
        c == '_' || c == '.')
      out += static_cast<char>(c);
    else if (c == ' ')
      out += '+';
    else
      (out += '%') += digits[c >> 4], out += digits[c & 15];
  }
  return out;
}

} // namespace

form_fields callback_fields(const status_event& e) {
  form_fields out{
    {"Called", e.to},          {"ToState", "CA"},          {"CallerCountry", "US"},
    {"Direction", "outbound-api"}, {"Timestamp", mail_date()}, {"CallbackSource", "call-progress-events"},
    {"CallerState", "NY"},     {"ToZip", "94105"},         {"SequenceNumber", std::to_string(e.sequence)},
    {"CallSid", e.sid},        {"To", e.to},               {"CallerZip", "10001"},
    {"ToCountry", "US"},       {"CalledZip", "94105"},     {"ApiVersion", "2010-04-01"},
    {"CalledCity", "SAN FRANCISCO"}, {"CallStatus", e.status}, {"From", e.from},
    {"AccountSid", e.account}, {"CalledCountry", "US"},    {"CallerCity", "NEW YORK"},
    {"ToCity", "SAN FRANCISCO"}, {"FromCountry", "US"},    {"Caller", e.from},
    {"FromCity", "NEW YORK"},  {"CalledState", "CA"},      {"FromZip", "10001"},
    {"FromState", "NY"},
  };
  if (e.status == "completed") {
    out.emplace_back("CallDuration", std::to_string(e.duration_seconds));
    out.emplace_back("Duration", std::to_string((e.duration_seconds + 59) / 60));
    out.emplace_back("SipResponseCode", "200");
  } else if (e.status == "ringing" || e.status == "in-progress") {
    out.emplace_back("StirStatus", "B");
  }
  if (!e.answered_by.empty())
    out.emplace_back("AnsweredBy", e.answered_by);
  return out;
}

std::string form_body(const form_fields& fields) {
  std::string out;
  for (const auto& [name, value] : fields)
    out += (out.empty() ? "" : "&") + escaped(name) + "=" + escaped(value);
  return out;
}

std::string carrier_signature(
  const std::string& auth_token, const std::string& url, const form_fields& fields) {
  std::map<std::string, std::set<std::string>> sorted;
  for (const auto& [name, value] : fields)
    sorted[name].insert(value);
  std::string text = url;
  for (const auto& [name, values] : sorted)
    for (const auto& value : values)
      text += name + value;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  HMAC(
    EVP_sha1(), auth_token.data(), static_cast<int>(auth_token.size()),
    reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &length);
  unsigned char encoded[64];
  const int size = EVP_EncodeBlock(encoded, digest, static_cast<int>(length));
  return {reinterpret_cast<char*>(encoded), static_cast<std::size_t>(size)};
}

http_answer post_signed(
  const std::string& authority, const std::string& public_url, const std::string& target,
  const std::string& auth_token, const form_fields& fields) {
  return http_call(
    authority, "POST", target,
    {{"Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"},
     {"X-Twilio-Signature", carrier_signature(auth_token, public_url + target, fields)}},
    form_body(fields));
}

} // namespace ringmaster::support
