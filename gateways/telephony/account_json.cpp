#include "gateways/telephony/account_json.hpp"

#include <simdjson.h>

namespace ringmaster::telephony {

namespace {

namespace dom = simdjson::dom;

constexpr std::size_t depth_max = 32;
constexpr std::size_t text_max = 256;

tl::unexpected<error> unreadable(const std::string& why) {
  return fail(errc::malformed, "the carrier's answer cannot be read: " + why);
}

/// The member if it is a short text; empty otherwise.
std::string text_of(const dom::object& from, std::string_view name) {
  std::string_view text;
  if (from[name].get(text) != simdjson::SUCCESS || text.size() > text_max)
    return {};
  return std::string(text);
}

/// The object in `body`; the parser must outlive it.
result<dom::object> read_object(dom::parser& parser, std::string_view body) {
  dom::object doc;
  if (parser.allocate(body.size() + 1, depth_max) != simdjson::SUCCESS)
    return unreadable("too large");
  if (parser.parse(body.data(), body.size()).get(doc) != simdjson::SUCCESS)
    return unreadable("it is no JSON object");
  return doc;
}

} // namespace

result<account_resource> read_account(std::string_view body) {
  dom::parser parser;
  auto doc = read_object(parser, body);
  if (!doc)
    return fail(doc.error());
  account_resource made{text_of(*doc, "sid"), text_of(*doc, "status")};
  if (made.sid.empty())
    return unreadable("it names no account");
  return made;
}

result<std::vector<std::string>> read_numbers(std::string_view body, std::string_view name) {
  dom::parser parser;
  auto doc = read_object(parser, body);
  if (!doc)
    return fail(doc.error());
  dom::array rows;
  if ((*doc)[name].get(rows) != simdjson::SUCCESS)
    return unreadable("there is no list " + std::string(name));
  std::vector<std::string> all;
  for (auto row : rows) {
    dom::object one;
    if (row.get(one) != simdjson::SUCCESS)
      return unreadable("a row is no object");
    all.push_back(text_of(one, "phone_number"));
  }
  return all;
}

} // namespace ringmaster::telephony
