#include "persistence/account_book.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <string_view>
#include <type_traits>

#include <sodium.h>

#include "persistence/desk_rows.hpp"
#include "wire/digest.hpp"

namespace ringmaster {
namespace {

using account::actor;

// 19 MiB and two passes, the least that is advised for Argon2id.
constexpr unsigned long long hash_passes = 2;
constexpr std::size_t hash_bytes = 19ull * 1024 * 1024;

#define ACCOUNT                                                                                    \
  "u.user_id, u.email, u.role, u.created_at, u.last_seen_at, u.disabled_at is not null, "          \
  "u.password_hash is not null"
constexpr db::statement now_there{"account_time", "select now()"};
constexpr db::statement all{
    "account_all", "select " ACCOUNT " from users u order by lower(u.email)"};
constexpr db::statement one{"account_one", "select " ACCOUNT " from users u where u.user_id = $1"};
constexpr db::statement by_email{
    "account_by_email", "select " ACCOUNT " from users u where lower(u.email) = lower($1)"};
constexpr db::statement proof_of{"account_proof", R"(
  select user_id, email, role, coalesce(password_hash, ''), disabled_at is not null
    from users where lower(email) = lower($1))"};
constexpr db::statement make{
    "account_make", "insert into users (user_id, email, role) values ($1, $2, $3)"};
constexpr db::statement set_role{"account_role", "update users set role = $2 where user_id = $1"};
constexpr db::statement set_disabled{"account_disable", R"(
  update users set disabled_at = case when $2 then coalesce(disabled_at, now()) end where user_id = $1)"};
constexpr db::statement set_password{
    "account_password", "update users set password_hash = $2 where user_id = $1"};
// Locks the operators in one order, so that two changes cannot each count on the other's operator.
constexpr db::statement lock_operators{"account_operators", R"(
  select user_id from users where role = 'operator' and disabled_at is null order by user_id for update)"};
constexpr db::statement any_password{
    "account_any_password", "select exists (select from users where password_hash is not null)"};
// One at a time: the lock of this transaction is the installation's first password.
constexpr db::statement welcome_lock{"account_welcome", "select pg_advisory_xact_lock(7715001)"};

constexpr db::statement open_one{"session_open", R"(
  insert into console_sessions (user_id, id_sha256, created_at, last_seen_at, expires_at, address)
  select user_id, decode($2, 'hex'), $3, $3, $4, $5 from users where user_id = $1 and disabled_at is null)"};
constexpr db::statement find_one{"session_find", R"(
  select s.user_id, u.email, u.role, s.created_at, s.last_seen_at, s.address
    from console_sessions s join users u on u.user_id = s.user_id
   where s.id_sha256 = decode($1, 'hex') and u.disabled_at is null)"};
constexpr db::statement touch_one{"session_touch", R"(
  update console_sessions set last_seen_at = greatest(last_seen_at, $3), expires_at = $4
   where user_id = $1 and id_sha256 = decode($2, 'hex'))"};
constexpr db::statement seen{
    "session_seen",
    "update users set last_seen_at = greatest(last_seen_at, $2) where user_id = $1"};
constexpr db::statement close_one{
    "session_close",
    "delete from console_sessions where user_id = $1 and id_sha256 = decode($2, 'hex')"};
constexpr db::statement close_all{
    "session_close_all", "delete from console_sessions where user_id = $1"};
constexpr db::statement close_old{
    "session_close_old", "delete from console_sessions where user_id = $1 and expires_at < $2"};

constexpr db::statement put_link{"link_put", R"(
  insert into password_links (user_id, sha256, expires_at) values ($1, decode($2, 'hex'), $3)
      on conflict (user_id) do update set sha256 = excluded.sha256, expires_at = excluded.expires_at,
                                          created_at = now())"};
constexpr db::statement link_owner{
    "link_owner", "select " ACCOUNT R"( from password_links l join users u on u.user_id = l.user_id
   where l.sha256 = decode($1, 'hex') and l.expires_at > $2 and u.disabled_at is null)"};
constexpr db::statement take_link{"link_take", R"(
  delete from password_links l using users u
   where l.sha256 = decode($1, 'hex') and l.expires_at > $2 and u.user_id = l.user_id and u.disabled_at is null
  returning l.user_id)"};

// Ids grow with time, so a day is a range of the primary key.
constexpr db::statement day_of{"account_day", R"(
  select (select count(*) from attempts where user_id = $1 and live), count(*), count(answered_at)
    from call_sessions where user_id = $1 and id >= $2::uuid)"};

std::string hex(const std::string& bytes) {
  return wire::to_hex(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

account::role read_role(db::row& row) {
  return account::parse_role(row.take<std::string_view>()).value_or(account::role::user);
}

account::view read_view(db::row row) {
  account::view v;
  v.id = row.take<user_id>();
  v.email = row.take<std::string>();
  v.as = read_role(row);
  v.created_at = row.take<instant>();
  v.last_seen_at = row.take<std::optional<instant>>();
  v.disabled = row.take<bool>();
  v.has_password = row.take<bool>();
  return v;
}

std::optional<account::view> first_of(const db::rows& rows) {
  return rows.empty() ? std::nullopt : std::optional(read_view(rows[0]));
}

error no_account() { return error{.code = errc::not_found, .detail = "there is no such user"}; }
error link_is_used() {
  return error{
      .code = errc::unauthenticated, .detail = "this link was used already, or is too old"};
}

} // namespace

template <class Body>
auto account_book::in_transaction(Body body) -> decltype(body(std::declval<db::transaction&>())) {
  try {
    auto tx = db::transaction::of_engine(on_);
    auto done = body(tx);
    if (done)
      tx.commit();
    return done;
  } catch (const db::failure& why) {
    if (why.what_kind == db::trouble::unique)
      return fail(errc::duplicate, "there is a user with this address already");
    spdlog::warn("accounts: a transaction failed: {}", why.what());
    return fail(db::to_error(why));
  }
}

namespace {

/// The row in the trail of the account that something happened to.
void note(
    db::transaction& tx, random_source& random, const user_id& of, const actor& by,
    std::string_view action, std::string_view reason = {}) {
  identity who{of, by.name, by.request_id};
  desk_parts parts{tx, who, random, tx.run(now_there)[0].take<instant>()};
  tell(parts, action, "user", of.value, {}, {}, reason);
}

} // namespace

// -- passwords ----------------------------------------------------------------------------------

result<std::string> account_book::hash_password(const std::string& password) {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (sodium_init() < 0 || crypto_pwhash_str_alg(
                               text.data(), password.data(), password.size(), hash_passes,
                               hash_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0)
    return fail(errc::unavailable, "there is no memory to hash a password; try again");
  return std::string(text.data());
}

bool account_book::fits(const std::string& password, const std::string& hash) {
  if (sodium_init() < 0)
    return false;
  if (!hash.empty())
    return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
  // The same work against a password that nobody has.
  static const auto nobody = hash_password("a password of nobody at all");
  if (nobody)
    [[maybe_unused]] auto same = crypto_pwhash_str_verify(nobody->c_str(), password.data(), password.size());
  return false;
}

// -- sign-in and sessions
// ---------------------------------------------------------------------------

result<std::optional<account::proof>> account_book::find_proof(const std::string& email) {
  return in_transaction([&](db::transaction& tx) -> result<std::optional<account::proof>> {
    auto rows = tx.run(proof_of, email);
    if (rows.empty())
      return std::optional<account::proof>{};
    auto row = rows[0];
    account::proof p;
    p.user = row.take<user_id>();
    p.email = row.take<std::string>();
    p.as = read_role(row);
    p.password_hash = row.take<std::string>();
    p.disabled = row.take<bool>();
    return std::optional(std::move(p));
  });
}

result<void>
account_book::note_refusal(const account::proof& of, const std::string& address, const actor& by) {
  return in_transaction([&](db::transaction& tx) -> result<void> {
    note(tx, random_, of.user, by, "session.refuse", address);
    return {};
  });
}

result<void> account_book::open_session(const account::session& s, const actor& by) {
  return in_transaction([&](db::transaction& tx) -> result<void> {
    tx.run(close_old, s.user, s.created_at);
    auto ends = account::session_end(s.created_at, s.seen_at);
    auto opened = tx.run(open_one, s.user, hex(s.sha256), s.created_at, ends, s.address);
    if (opened.affected() != 1)
      return fail(errc::unauthenticated, "this account is closed");
    tx.run(seen, s.user, s.created_at);
    note(tx, random_, s.user, by, "session.open", s.address);
    return {};
  });
}

result<std::optional<account::session>> account_book::find_session(const std::string& sha256) {
  return in_transaction([&](db::transaction& tx) -> result<std::optional<account::session>> {
    auto rows = tx.run(find_one, hex(sha256));
    if (rows.empty())
      return std::optional<account::session>{};
    auto row = rows[0];
    account::session s;
    s.sha256 = sha256;
    s.user = row.take<user_id>();
    s.email = row.take<std::string>();
    s.as = read_role(row);
    s.created_at = row.take<instant>();
    s.seen_at = row.take<instant>();
    s.address = row.take<std::string>();
    return std::optional(std::move(s));
  });
}

result<void> account_book::touch_session(const account::session& s, instant at) {
  return in_transaction([&](db::transaction& tx) -> result<void> {
    tx.run(touch_one, s.user, hex(s.sha256), at, account::session_end(s.created_at, at));
    tx.run(seen, s.user, at);
    return {};
  });
}

result<void> account_book::close_session(const account::session& s, const actor& by) {
  return in_transaction([&](db::transaction& tx) -> result<void> {
    if (tx.run(close_one, s.user, hex(s.sha256)).affected() > 0)
      note(tx, random_, s.user, by, "session.close");
    return {};
  });
}

// -- accounts -----------------------------------------------------------------------------------

result<std::vector<account::view>> account_book::list() {
  return in_transaction([&](db::transaction& tx) -> result<std::vector<account::view>> {
    auto rows = tx.run(all);
    std::vector<account::view> found;
    for (std::size_t i = 0; i < rows.size(); ++i)
      found.push_back(read_view(rows[i]));
    return found;
  });
}

result<account::view> account_book::add(
    const std::string& email, account::role as, const account::link& first, const actor& by) {
  if (!account::is_address(email))
    return fail_field("/email", "invalid", "this is not an e-mail address");
  return in_transaction([&](db::transaction& tx) -> result<account::view> {
    user_id id{make_uuid7(tx.run(now_there)[0].take<instant>(), random_)};
    tx.run(make, id, email, account::to_string(as));
    tx.run(put_link, id, hex(first.sha256), first.expires_at);
    note(tx, random_, id, by, "user.add", account::to_string(as));
    return read_view(tx.run(one, id)[0]);
  });
}

result<account::view>
account_book::alter(const user_id& id, const account::change& what, const actor& by) {
  return in_transaction([&](db::transaction& tx) -> result<account::view> {
    auto operators = tx.run(lock_operators);
    auto before = first_of(tx.run(one, id));
    if (!before)
      return fail(no_account());
    auto as = what.as.value_or(before->as);
    auto disabled = what.disabled.value_or(before->disabled);
    bool was = before->as == account::role::operator_ && !before->disabled;
    bool stays = as == account::role::operator_ && !disabled;
    if (was && !stays && operators.size() == 1)
      return fail(errc::wrong_state, "this is the last operator; make somebody else one first");
    if (as == before->as && disabled == before->disabled)
      return *before;
    tx.run(set_role, id, account::to_string(as));
    tx.run(set_disabled, id, disabled);
    tx.run(close_all, id);
    if (as != before->as)
      note(tx, random_, id, by, "user.role", account::to_string(as));
    if (disabled != before->disabled)
      note(tx, random_, id, by, disabled ? "user.disable" : "user.enable");
    return read_view(tx.run(one, id)[0]);
  });
}

// -- links --------------------------------------------------------------------------------------

result<account::view>
account_book::set_link(const user_id& id, const account::link& fresh, const actor& by) {
  return in_transaction([&](db::transaction& tx) -> result<account::view> {
    auto found = first_of(tx.run(one, id));
    if (!found)
      return fail(no_account());
    if (found->disabled)
      return fail(errc::wrong_state, "this account is closed; open it first");
    tx.run(put_link, id, hex(fresh.sha256), fresh.expires_at);
    note(tx, random_, id, by, "user.link");
    return *found;
  });
}

result<std::optional<account::view>>
account_book::find_link(const std::string& sha256, instant now) {
  return in_transaction([&](db::transaction& tx) -> result<std::optional<account::view>> {
    return first_of(tx.run(link_owner, hex(sha256), now));
  });
}

result<account::view> account_book::use_link(
    const std::string& sha256, const std::string& password_hash, instant now, const actor& by) {
  return in_transaction([&](db::transaction& tx) -> result<account::view> {
    auto taken = tx.run(take_link, hex(sha256), now);
    if (taken.empty())
      return fail(link_is_used());
    auto id = taken[0].take<user_id>();
    tx.run(set_password, id, password_hash);
    tx.run(close_all, id);
    note(tx, random_, id, by, "user.password");
    return read_view(tx.run(one, id)[0]);
  });
}

result<account::day> account_book::count_day(const user_id& user, instant begins) {
  // The least id that was made then or later.
  uuid from;
  auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(begins.time_since_epoch()).count();
  for (std::size_t i = 0; i < 6; ++i)
    from.bytes[i] = static_cast<std::uint8_t>(ms >> (8 * (5 - i)));
  try {
    auto tx = db::transaction::of_user(on_, user);
    auto rows = tx.run(day_of, user, from);
    auto row = rows[0];
    account::day d;
    d.live_calls = row.take<std::int64_t>();
    d.calls = row.take<std::int64_t>();
    d.answered = row.take<std::int64_t>();
    return d;
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

result<bool> account_book::anyone_has_password() {
  return in_transaction(
      [&](db::transaction& tx) -> result<bool> { return tx.run(any_password)[0].take<bool>(); });
}

result<account::view>
account_book::welcome(const std::string& email, const std::string& password_hash, const actor& by) {
  if (!account::is_address(email))
    return fail_field("/email", "invalid", "this is not an e-mail address");
  return in_transaction([&](db::transaction& tx) -> result<account::view> {
    tx.run(welcome_lock);
    if (tx.run(any_password)[0].take<bool>())
      return fail(link_is_used());
    auto known = first_of(tx.run(by_email, email));
    user_id id{known ? known->id.value : make_uuid7(tx.run(now_there)[0].take<instant>(), random_)};
    auto as = account::to_string(account::role::operator_);
    if (known) {
      tx.run(set_role, id, as);
      tx.run(set_disabled, id, false);
    } else {
      tx.run(make, id, email, as);
    }
    tx.run(set_password, id, password_hash);
    note(tx, random_, id, by, known ? "user.password" : "user.add", as);
    return read_view(tx.run(one, id)[0]);
  });
}

} // namespace ringmaster
