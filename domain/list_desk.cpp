#include "domain/list_desk.hpp"

#include "domain/words.hpp"

namespace ringmaster::upload {

namespace {

constexpr auto forms = vocabulary_of<form>("csv", "ndjson", "json");
constexpr auto statuses = vocabulary_of<status>("running", "done", "broken");

} // namespace

std::string_view to_string(form f) { return forms[f]; }
std::string_view to_string(status s) { return statuses[s]; }
std::optional<form> parse_form(std::string_view text) { return forms.find(text); }
std::optional<status> parse_status(std::string_view text) { return statuses.find(text); }

} // namespace ringmaster::upload
