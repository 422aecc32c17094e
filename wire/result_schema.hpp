#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"
#include "domain/findings.hpp"
#include "domain/talk_settings.hpp"

// JSON at the borders of what calls come to: the schema of wanted results, and values as JSON.

namespace ringmaster::wire {

/// An object of up to 50 properties: type string (with format date or date-time, or an enum of
/// strings), number, integer, boolean, or array of strings; title, description, required and
/// additionalProperties are read, anything else is refused at "/result_schema". Names up to 64 of
/// [A-Za-z0-9_-]. An empty text is no schema: no fields.
result<std::vector<talk::schema_field>> read_result_schema(std::string_view json);

/// `"A-17"`, `95.00`, `true`, `{"amount": "95.00", "currency": "USD"}`, `null` for the unknown.
std::string write_value(const talk::value& v);

} // namespace ringmaster::wire
