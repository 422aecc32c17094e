#pragma once

#include <string>

#include "domain/error.hpp"
#include "main/api_client.hpp"

namespace ringmaster {

/// What the demo shows of knowledge: a question that nobody can answer becomes a gap, is answered
/// once, and is known from then on; and what the calls have proposed for the calendar.
result<std::string> tell_knowledge(api_client& api);

} // namespace ringmaster
