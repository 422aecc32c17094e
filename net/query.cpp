#include "net/query.hpp"

#include <algorithm>
#include <charconv>

#include "net/json.hpp"

namespace ringmaster::net {

query_reader::query_reader(const http::request& req) {
  auto fields = wire::parse_form(req.query, 32);
  readable_ = fields.has_value();
  if (!fields)
    return;
  for (auto& [name, value] : *fields) {
    if (!valid_utf8(name) || !valid_utf8(value)) {
      readable_ = false;
      return;
    }
    if (wire::find(all_, name))
      mistake(name, "repeated", "is given twice");
    else
      all_.emplace_back(std::move(name), std::move(value));
  }
}

void query_reader::mistake(std::string_view name, std::string code, std::string message) {
  mistakes_.push_back({"?" + std::string(name), std::move(code), std::move(message)});
}

std::optional<std::string> query_reader::text(std::string_view name, std::size_t bytes_max) {
  asked_.emplace_back(name);
  auto value = wire::find(all_, name);
  if (!value)
    return std::nullopt;
  if (value->size() > bytes_max) {
    mistake(name, "too_long", "has more than " + std::to_string(bytes_max) + " bytes");
    return std::nullopt;
  }
  return *value;
}

std::optional<std::int64_t> query_reader::integer(
  std::string_view name, std::int64_t least, std::int64_t most) {
  auto value = text(name, 32);
  if (!value)
    return std::nullopt;
  std::int64_t number = 0;
  auto end = value->data() + value->size();
  auto [stopped, code] = std::from_chars(value->data(), end, number);
  if (code != std::errc() || stopped != end || number < least || number > most) {
    mistake(
      name, "out_of_range",
      "must be an integer from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
  }
  return number;
}

bool query_reader::flag(std::string_view name, bool otherwise) {
  auto value = text(name, 8);
  if (!value)
    return otherwise;
  if (value->empty() || *value == "true" || *value == "1")
    return true;
  if (*value != "false" && *value != "0")
    mistake(name, "wrong_type", "must be true or false");
  return false;
}

page_request query_reader::page() {
  page_request p;
  p.limit = integer("limit", 1, 500).value_or(50);
  p.offset = integer("offset", 0, 1'000'000'000).value_or(0);
  p.cursor = text("cursor", 512).value_or("");
  return p;
}

result<void> query_reader::verdict() {
  if (!readable_)
    return fail(errc::malformed, "the query cannot be read: broken escapes, NUL or not UTF-8");
  for (const auto& [name, value] : all_)
    if (std::find(asked_.begin(), asked_.end(), name) == asked_.end())
      mistake(name, "unknown_parameter", "is not a parameter of this request");
  if (mistakes_.empty())
    return {};
  return fail(invalid_fields(mistakes_));
}

http::header next_link(const http::request& req, std::string_view cursor) {
  wire::fields kept;
  if (auto fields = wire::parse_form(req.query, 32))
    for (auto& pair : *fields)
      if (pair.first != "cursor" && pair.first != "offset")
        kept.push_back(std::move(pair));
  kept.emplace_back("cursor", std::string(cursor));
  auto path = req.target.substr(0, req.target.find('?'));
  return {"Link", "<" + path + "?" + wire::write_form(kept) + ">; rel=\"next\""};
}

} // namespace ringmaster::net
