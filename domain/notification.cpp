#include "domain/notification.hpp"

#include <cstddef>

#include "domain/words.hpp"

namespace ringmaster::notification {

namespace {

constexpr auto kinds = vocabulary_of<kind>(
    "clarification_needed", "approval_needed", "call_completed", "call_failed", "knowledge_gap",
    "calendar_proposal");
static_assert(kinds.words.size() == static_cast<std::size_t>(kind::calendar_proposal) + 1);

} // namespace

std::string_view to_string(kind k) { return kinds[k]; }
std::optional<kind> parse_kind(std::string_view text) { return kinds.find(text); }

} // namespace ringmaster::notification
