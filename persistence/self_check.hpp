#pragma once

#include <string>
#include <vector>

#include "domain/error.hpp"
#include "persistence/db.hpp"

namespace ringmaster {

/// Reads the catalogue as the engine's role and tells everything that would let one user see
/// another's rows: a role with too much power, a table without forced row-level security or
/// without a policy for a verb, keys and references without the user, views with their owner's
/// rights, functions without a pinned search path. Empty: all is well.
result<std::vector<std::string>> find_leaks(db::connection& app);

/// As `find_leaks`, and proves that the signed context works on this connection.
result<void> self_check(db::connection& app);

} // namespace ringmaster
