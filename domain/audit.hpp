#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"
#include "domain/ids.hpp"

// The audit trail and the chain that seals it. Pure: digests are made by a function that is given.

namespace ringmaster {

struct audit_view {
  std::int64_t seq = 0;
  instant at{};
  std::string actor, action, subject_kind, subject_id, from_status, to_status, reason, request_id;
};

/// One link: all rows of a user from `from_seq` to `to_seq`, of which there are `rows`.
struct audit_seal {
  std::int64_t from_seq = 1, to_seq = 0, rows = 0;
  std::string prev, hash; ///< 64 hex digits; `prev` of the first are zeros
  instant at{};
};

/// A seal as it was written down outside of the database at some time.
struct audit_head {
  user_id user;
  std::int64_t seq = 0;
  std::string hash;
  instant at{};
};

struct audit_verdict {
  bool valid = true;
  std::int64_t checked = 0;                  ///< rows
  std::optional<std::int64_t> first_broken;  ///< the seal that begins here, or the head there
  std::string reason;                        ///< what is wrong with it
  audit_seal head{};                         ///< the last good one; `to_seq` 0: there is none
  std::int64_t unsealed = 0;                 ///< rows behind the last seal
  bool complete = true;                      ///< false: there are seals that were not looked at
};

namespace audit {

/// The SHA-256 of a text, as 64 hex digits.
using digest = std::function<std::string(std::string_view)>;

/// `prev` of a user's first seal.
std::string origin();

/// A row as it is sealed: each field with its length before it, so that no two rows read alike.
std::string canonical(const audit_view& row);

/// The next link. `rows` are all of the user's behind `before`, in order; at least one.
audit_seal
seal(const user_id& user, const audit_seal& before, std::span<const audit_view> rows, const digest& hash);

/// Goes along a chain. Seals come in order, each with the rows between its ends; nothing more is
/// taken in once something was wrong.
class checker {
public:
  checker(const user_id& user, digest hash) : user_(user), hash_(std::move(hash)) {
    verdict_.head.prev = verdict_.head.hash = origin();
  }

  void take(const audit_seal& link, std::span<const audit_view> rows);
  /// After the last seal: each head that was written down must be a seal of this chain. Heads of
  /// other users are passed over.
  void compare(std::span<const audit_head> heads);

  bool broken() const { return !verdict_.valid; }
  const audit_verdict& verdict() const { return verdict_; }
  audit_verdict& verdict() { return verdict_; }

private:
  void complain(std::int64_t at, std::string why);

  user_id user_;
  digest hash_;
  audit_verdict verdict_;
  std::vector<std::pair<std::int64_t, std::string>> seen_; ///< ends and digests of the seals
};

} // namespace audit
} // namespace ringmaster
