#pragma once

#include <iosfwd>
#include <map>
#include <span>
#include <string>

#include "domain/audit.hpp"

// The trail and its seals as lines of JSON: a user's rows, then the seal over them. The check of such
// a file needs neither database nor engine.

namespace ringmaster {

/// One seal with its rows.
void write_sealed(
  std::ostream& to, const user_id& user, const audit_seal& link, std::span<const audit_view> rows);

/// Checks an export, user by user; `heads` as they were written down, none if there are none.
/// `malformed` with the number of a line that cannot be read.
result<std::map<user_id, audit_verdict>>
check_export(std::istream& from, std::span<const audit_head> heads, const audit::digest& hash);

} // namespace ringmaster
