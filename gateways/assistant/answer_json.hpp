#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Careful reading of what providers send.

namespace simdjson::dom {
class parser;
class object;
class array;
} // namespace simdjson::dom

namespace ringmaster::assistant {

/// Parses; a lone half of a surrogate pair, which some servers send where they cut an emoji, is
/// read as U+FFFD. False where it is no JSON object; a list with one object in it counts as that.
bool parse_object(
    simdjson::dom::parser& parser, std::string_view json, simdjson::dom::object& into);

/// The member if it is a text; nothing for null, absence and other types.
std::optional<std::string_view> text_of(simdjson::dom::object from, std::string_view name);
std::optional<std::int64_t> number_of(simdjson::dom::object from, std::string_view name);
std::optional<simdjson::dom::object> object_of(simdjson::dom::object from, std::string_view name);
std::optional<simdjson::dom::array> array_of(simdjson::dom::object from, std::string_view name);

/// A number of tokens as a server tells it, if it can be one.
std::optional<std::int64_t> tokens_of(simdjson::dom::object from, std::string_view name);

} // namespace ringmaster::assistant
