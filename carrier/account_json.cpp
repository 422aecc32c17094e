#include "carrier/account_json.hpp"

#include <span>

#include "carrier/refusal.hpp"
#include "wire/digest.hpp"

namespace ringmaster::telco {

namespace {

constexpr std::string_view root = "/2010-04-01/Accounts/";

void text(std::string& out, std::string_view name, std::string_view value) {
  out += out.ends_with('{') ? "" : ",";
  append_json(out, name);
  out += ':';
  append_json(out, value);
}

/// A stable sid of a number: the same number has the same one in every run.
std::string sid_of(std::string_view prefix, std::string_view number) {
  auto digest = wire::sha256(number);
  return std::string(prefix) + wire::to_hex(std::span(digest).first(16));
}

} // namespace

std::string write_account(std::string_view sid) {
  std::string out = "{";
  text(out, "sid", sid);
  text(out, "owner_account_sid", sid);
  text(out, "friendly_name", "Simulated account");
  text(out, "status", "active");
  text(out, "type", "Full");
  text(out, "uri", std::string(root) + std::string(sid) + ".json");
  return out + "}";
}

std::string write_numbers(
    std::string_view name, const std::vector<std::string>& numbers, std::string_view account,
    std::string_view target) {
  const bool incoming = name == "incoming_phone_numbers";
  std::string out = "{";
  append_json(out, name);
  out += ":[";
  for (const auto& number : numbers) {
    out += out.ends_with('[') ? "{" : ",{";
    text(out, "sid", sid_of(incoming ? "PN" : "CA", number));
    text(out, "account_sid", account);
    text(out, "friendly_name", number);
    text(out, "phone_number", number);
    if (incoming)
      out += R"(,"capabilities":{"voice":true,"sms":false,"mms":false,"fax":false})";
    out += '}';
  }
  out += "],\"page\":0,\"page_size\":50,\"start\":0,\"end\":";
  out += std::to_string(numbers.empty() ? 0 : numbers.size() - 1);
  out += ",\"next_page_uri\":null,\"previous_page_uri\":null";
  text(out, "uri", target);
  return out + "}";
}

} // namespace ringmaster::telco
