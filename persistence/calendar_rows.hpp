#pragma once

#include <vector>

#include "domain/calendar.hpp"
#include "persistence/desk_rows.hpp"

namespace ringmaster {

/// What an agent proposed out of a call or a chat, oldest first.
std::vector<proposal_id> proposals_of(desk_parts& d, const uuid& context, knowledge::agent who);

} // namespace ringmaster
