#include "domain/assistant.hpp"

#include <cstddef>

#include "domain/words.hpp"

namespace ringmaster::assistant {

namespace {

constexpr auto functions =
    vocabulary_of<function>("plan", "questions", "script", "approval", "risks", "extract", "turn", "chat");
static_assert(functions.words.size() == static_cast<std::size_t>(function::chat) + 1);

constexpr auto levels = vocabulary_of<risks::level>("none", "caution", "refuse");
static_assert(levels.words.size() == static_cast<std::size_t>(risks::level::refuse) + 1);

// function_of reads the place of a request as a function.
static_assert(std::variant_size_v<request> == static_cast<std::size_t>(function::extract) + 1);
static_assert(std::variant_size_v<request> == std::variant_size_v<reply>);

} // namespace

std::string_view to_string(function f) { return functions[f]; }
std::string_view to_string(risks::level l) { return levels[l]; }
function function_of(const request& r) { return static_cast<function>(r.index()); }

} // namespace ringmaster::assistant
