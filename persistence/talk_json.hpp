#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/conversation.hpp"
#include "domain/findings.hpp"
#include "persistence/task_json.hpp"

// The parts of conversations that stand in the database as JSON; as in task_json.hpp.

namespace ringmaster {

/// All but turn, sessions and listener, which have columns of their own.
std::string write_memory(const talk::memory& m);
/// What is missing has its default: a row may be made before the first note.
talk::memory read_memory(std::string_view json);

std::string_view stored_word(talk::owner_question::state s);
std::optional<talk::owner_question::state> parse_question_state(std::string_view word);

std::string write_findings(const talk::findings& f);
talk::findings read_findings(std::string_view json);

/// A value for reports: a JSON text, number, truth value or object; nothing if it is unknown.
std::optional<std::string> write_known_value(const talk::value& v);

} // namespace ringmaster
