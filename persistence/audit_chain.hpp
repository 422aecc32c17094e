#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/audit.hpp"
#include "persistence/db.hpp"

// The chain over the audit trail: made by the engine in the background, checked by anybody.

namespace ringmaster {

/// Seals what has been committed. One at a time for a database; a second one fails and changes
/// nothing.
///
/// Numbers of the trail are drawn before their rows are committed, so behind a row there may be one
/// with a lower number that nobody sees yet. Which transactions may still bring one is told by the
/// locks: whoever inserts holds the table's lock before it draws a number, and until after its
/// commit is seen. So the highest number is read first, then who holds the lock; when those have
/// all let go, every row up to that number is there for good, and sealed. Nobody waits, and rows
/// need no further column.
class audit_sealer {
public:
  explicit audit_sealer(db::connection& on) : on_(on) {}

  /// One look: seals what is safe by now. Answers how many rows. Called every half second, a row is
  /// sealed a second after its commit, if no transaction lasts longer.
  result<std::int64_t> seal();

private:
  struct horizon {
    std::int64_t upto = 0;
    std::vector<std::string> holders; ///< virtual ids of the transactions that may still bring rows
  };
  std::optional<std::int64_t> safe_number();
  std::int64_t seal_up_to(std::int64_t seq);

  db::connection& on_;
  std::optional<horizon> waiting_;
  std::int64_t safe_ = -1; ///< no row up to this number is still on its way
  std::int64_t done_ = -1; ///< everything up to this number is sealed
};

/// The last seal of every user.
result<std::vector<audit_head>> read_audit_heads(db::connection& on);

/// Users that have an audit trail. Throws db::failure, as the following do.
std::vector<user_id> audited_users(db::transaction& tx);

/// Gives each seal with its rows, in order, until it says no. `tx` is the user's or the engine's.
void each_seal(
  db::transaction& tx, const user_id& user,
  const std::function<bool(const audit_seal&, std::span<const audit_view>)>& take);

/// Goes along the chain of one user, `rows_most` rows about, and holds it against heads.
audit_verdict check_audit(
  db::transaction& tx, const user_id& user, std::span<const audit_head> heads,
  std::int64_t rows_most);

/// The digest of the chain.
std::string audit_digest(std::string_view text);

} // namespace ringmaster
