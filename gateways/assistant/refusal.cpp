#include "gateways/assistant/refusal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include <simdjson.h>

#include "gateways/telephony/scrub.hpp"
#include "http/names.hpp"

namespace ringmaster::assistant {

namespace {

namespace dom = simdjson::dom;
using milliseconds = std::chrono::milliseconds;

constexpr std::size_t raw_max = 1024;
constexpr milliseconds wait_most{24LL * 60 * 60 * 1000};

struct error_body {
  std::string message, code, type;
  std::optional<milliseconds> wait;
};

/// A code may be a text or a number.
std::string word(dom::element value) {
  std::string_view text;
  std::int64_t number = 0;
  if (value.get(text) == simdjson::SUCCESS)
    return std::string(text);
  if (value.get(number) == simdjson::SUCCESS)
    return std::to_string(number);
  return {};
}

std::string word_at(dom::object from, const char* name) {
  dom::element value;
  return from[name].get(value) == simdjson::SUCCESS ? word(value) : std::string();
}

/// "20", "37s", "57.238747106s", "20ms"; seconds where nothing is said.
std::optional<milliseconds> read_span(std::string_view text) {
  auto end = text.find_first_not_of("0123456789.");
  auto number = std::string(text.substr(0, end));
  auto unit = end == std::string_view::npos ? std::string_view() : text.substr(end);
  if (number.empty() || number.size() > 18 || number.front() == '.' ||
      std::count(number.begin(), number.end(), '.') > 1)
    return std::nullopt;
  auto value = std::strtod(number.c_str(), nullptr);
  double scale = unit.empty() || unit == "s" ? 1000 : unit == "ms" ? 1 : 0;
  if (scale == 0)
    return std::nullopt;
  return std::min(
      wait_most, milliseconds(static_cast<std::int64_t>(std::min(value, 1e9) * scale + 0.999)));
}

error_body read_body(std::string_view body) {
  error_body made;
  dom::parser parser;
  dom::element root;
  dom::object object;
  if (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS)
    return made;
  dom::array list;
  if (root.get(list) == simdjson::SUCCESS && list.at(0).get(root) != simdjson::SUCCESS)
    return made;
  if (root.get(object) != simdjson::SUCCESS)
    return made;
  auto inner = object;
  dom::element error;
  if (object["error"].get(error) == simdjson::SUCCESS && error.get(inner) != simdjson::SUCCESS) {
    made.message = word(error); // {"error": "text"}
    inner = object;
  }
  if (made.message.empty())
    made.message = word_at(inner, "message");
  made.type = word_at(inner, "type");
  made.code = word_at(inner, "code");
  // Gemini's number repeats the status; its word says more.
  if (auto status = word_at(inner, "status"); !status.empty() && made.type.empty())
    made.type = status;
  dom::array details;
  if (inner["details"].get(details) == simdjson::SUCCESS)
    for (auto one : details) {
      std::string_view delay, reason;
      if (one["retryDelay"].get(delay) == simdjson::SUCCESS)
        made.wait = read_span(delay);
      if (one["reason"].get(reason) == simdjson::SUCCESS)
        made.type = reason;
    }
  return made;
}

bool says(const error_body& said, std::initializer_list<std::string_view> words) {
  return std::any_of(
      words.begin(), words.end(), [&](auto one) { return said.code == one || said.type == one; });
}

refusal::kind judge(int status, const error_body& said) {
  using enum refusal::kind;
  if (says(
          said, {"insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached",
                 "billing_not_active"}))
    return quota;
  if (status == 401 || status == 403 ||
      says(said, {"API_KEY_INVALID", "invalid_api_key", "invalid_authentication"}))
    return key;
  if (status == 402)
    return quota;
  if (status == 429)
    return rate;
  if (status == 408 || status == 409 || status >= 500)
    return broken;
  return request;
}

refusal describe(refusal made, const error_body& said, std::string_view raw, std::string_view key) {
  auto text = said.message.empty() ? std::string(raw.substr(0, raw_max)) : said.message;
  made.raw = text.substr(0, raw_max);
  std::string name =
      !said.type.empty() && said.code.find_first_not_of("0123456789") == std::string::npos
          ? said.type
          : said.code;
  made.detail = presentable(made.detail, key);
  // A name of letters is no secret, however long it is.
  bool plain =
      !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      });
  if (plain)
    made.detail += " (" + name + ")";
  else if (!name.empty())
    made.detail += " (" + presentable(name, key) + ")";
  if (!text.empty())
    made.detail += ": " + presentable(text, key);
  return made;
}

} // namespace

std::string presentable(std::string_view text, std::string_view key) {
  std::string plain(text.substr(0, 8 * raw_max));
  if (key.size() >= 4)
    for (auto at = plain.find(key); at != std::string::npos; at = plain.find(key, at))
      plain.replace(at, key.size(), "***");
  return telephony::scrub(plain);
}

refusal read_refusal(
    int status, const std::vector<http::header>& headers, std::string_view body,
    std::string_view key) {
  auto said = read_body(body);
  refusal made;
  made.what = judge(status, said);
  made.detail = "HTTP " + std::to_string(status);
  if (status >= 300 && status < 400)
    made.detail += ", a redirect, which is not followed";
  made.wait = said.wait;
  if (const auto* value = http::find_header(headers, "retry-after"))
    if (auto span = read_span(*value))
      made.wait = span;
  if (const auto* value = http::find_header(headers, "retry-after-ms"))
    if (auto span = read_span(*value + "ms"))
      made.wait = span;
  if (const auto* value = http::find_header(headers, "x-should-retry"))
    if (*value == "true" || *value == "false")
      made.again = *value == "true";
  // What only people can put right is not tried again, whatever the server thinks.
  if (made.what == refusal::kind::quota || made.what == refusal::kind::key)
    made.again = false;
  if (const auto* id = http::find_header(headers, "x-request-id"); id && id->size() <= 64)
    made.detail += ", request " + *id;
  return describe(std::move(made), said, body, key);
}

refusal read_inner_refusal(std::string_view json, std::string_view key) {
  auto said = read_body(json);
  int status = 500;
  std::from_chars(said.code.data(), said.code.data() + said.code.size(), status);
  if (says(said, {"rate_limit_exceeded", "slow_down", "RESOURCE_EXHAUSTED", "rate_limit_error"}))
    status = 429;
  if (status < 400 || status > 599)
    status = 500;
  refusal made;
  made.what = judge(status, said);
  made.detail = "an error within the answer";
  made.wait = said.wait;
  return describe(std::move(made), said, json, key);
}

} // namespace ringmaster::assistant
