#pragma once

#include <string>
#include <vector>

#include "domain/embedded.hpp"
#include "domain/error.hpp"
#include "persistence/db.hpp"

namespace ringmaster {

/// One migration as the database and the binary know it.
struct migration_status {
  std::string name;
  bool applied = false;
};

/// Brings the schema to the state that this binary knows: numbered files, each in a transaction of
/// its own, under an advisory lock. Refuses if an applied file has changed since, or if the
/// database knows one that the binary does not. Answers the names that were applied now.
result<std::vector<std::string>> migrate(
  db::connection& admin, const std::vector<embedded_file>& files = embedded::migrations());

/// Every migration of the binary and whether it is applied; also for a role that may only read.
result<std::vector<migration_status>> migration_list(
  db::connection& any, const std::vector<embedded_file>& files = embedded::migrations());

/// Gives the database the key by which it verifies contexts. With `replace` false a key that
/// stands there is kept.
result<void> store_context_key(db::connection& admin, const context_key& key, bool replace);

} // namespace ringmaster
