#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"
#include "domain/ids.hpp"

// People who sign in: their roles, passwords and sessions.

namespace ringmaster::account {

/// An operator also sees the engine itself: its actors, and the accounts.
enum class role : std::uint8_t { user, operator_ };
std::string_view to_string(role r);
std::optional<role> parse_role(std::string_view name);

/// Stands beside the scopes of a request whose user is an operator. No API key holds it: it comes
/// from the account.
inline constexpr std::uint8_t operator_mark = 16;

struct view {
  user_id id;
  std::string email;
  role as = role::user;
  instant created_at{};
  std::optional<instant> last_seen_at;
  bool disabled = false;
  bool has_password = false;
};

/// Something like name@host, without blanks and quotes.
bool is_address(std::string_view email);

/// 12 to 200 characters, not the address, none of the most common ones. Located at /password.
result<void> check_password(std::string_view password, std::string_view email);

// -- limits of sign-in ------------------------------------------------------------------------------

inline constexpr std::size_t tries_a_minute = 5; ///< for a user from one address
inline constexpr std::size_t tries_an_hour = 20; ///< for a user from anywhere
/// Beyond them one try in this time: a delay, which never becomes a lock.
inline constexpr std::chrono::seconds slow_pace{30};

/// How long until the next try, zero for now. Both lists are of earlier tries, oldest first.
std::chrono::seconds wait_for_try(
  std::span<const instant> from_here, std::span<const instant> from_anywhere, instant now);

// -- sessions ---------------------------------------------------------------------------------------

inline constexpr std::chrono::minutes idle_most{30};
inline constexpr std::chrono::hours session_most{12};
inline constexpr std::chrono::hours link_life{24};

/// When a session ends if nobody comes again.
instant session_end(instant created_at, instant seen_at);

struct session {
  std::string sha256; ///< of its secret id, 32 raw bytes
  user_id user;
  std::string email;
  role as = role::user;
  instant created_at{}, seen_at{};
  std::string address; ///< where it was opened, shortened
};
bool is_over(const session& s, instant now);

/// 192.0.2.0/24, 2001:db8:1:/48: enough to see that a sign-in was one's own.
std::string shorten_address(std::string_view address);

/// What a user's first page counts.
struct day {
  std::int64_t live_calls = 0;
  std::int64_t calls = 0;    ///< since it began
  std::int64_t answered = 0; ///< of these
};

// -- where they are kept ------------------------------------------------------------------------------

/// What sign-in compares with.
struct proof {
  user_id user;
  std::string email;
  role as = role::user;
  std::string password_hash; ///< empty: cannot sign in by password
  bool disabled = false;
};

/// A one-time link, as it is stored.
struct link {
  std::string sha256;
  instant expires_at{};
};

struct change {
  std::optional<role> as{};
  std::optional<bool> disabled{};
};

/// Who acts, for the audit trail.
struct actor {
  std::string name;
  std::string request_id;
};

/// Accounts across users. Used by one thread; may block, and hashing takes a while.
class book {
 public:
  virtual ~book() = default;

  /// Argon2id.
  virtual result<std::string> hash_password(const std::string& password) = 0;
  /// With an empty hash it works as hard, and answers false.
  virtual bool fits(const std::string& password, const std::string& hash) = 0;

  virtual result<std::optional<proof>> find_proof(const std::string& email) = 0;
  virtual result<void> note_refusal(const proof& of, const std::string& address, const actor& by) = 0;

  virtual result<void> open_session(const session& s, const actor& by) = 0;
  /// Not those of disabled accounts.
  virtual result<std::optional<session>> find_session(const std::string& sha256) = 0;
  virtual result<void> touch_session(const session& s, instant at) = 0;
  virtual result<void> close_session(const session& s, const actor& by) = 0;

  virtual result<std::vector<view>> list() = 0;
  /// `duplicate` if the address has an account.
  virtual result<view> add(const std::string& email, role as, const link& first, const actor& by) = 0;
  /// A new role ends the account's sessions, and so does disabling it. `wrong_state` for what
  /// would leave no operator.
  virtual result<view> alter(const user_id& id, const change& what, const actor& by) = 0;
  /// Replaces an earlier link.
  virtual result<view> set_link(const user_id& id, const link& fresh, const actor& by) = 0;

  virtual result<std::optional<view>> find_link(const std::string& sha256, instant now) = 0;
  /// Sets the password, ends the account's sessions and uses the link up; `unauthenticated` if it
  /// was used up meanwhile.
  virtual result<view>
  use_link(const std::string& sha256, const std::string& password_hash, instant now, const actor& by) = 0;

  /// In a transaction of the user.
  virtual result<day> count_day(const user_id& user, instant begins) = 0;

  virtual result<bool> anyone_has_password() = 0;
  /// The first password of an installation; its account becomes an operator, and is made if there
  /// is none with this address. `unauthenticated` once anybody has a password.
  virtual result<view> welcome(const std::string& email, const std::string& password_hash, const actor& by) = 0;
};

/// Threads with a book each: sign-ins do not hold up the requests at the DESKs.
class room {
 public:
  virtual ~room() = default;
  /// False, and the job is dropped, when too many wait.
  virtual bool post(std::function<void(book&)> job) = 0;
};

} // namespace ringmaster::account
