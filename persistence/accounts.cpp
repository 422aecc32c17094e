#include "persistence/accounts.hpp"

#include "persistence/account_book.hpp"
#include "persistence/desk_rows.hpp"

namespace ringmaster {
namespace {

constexpr db::statement time_now{"accounts_time", "select now()"};
constexpr db::statement add{"accounts_add", R"(
  insert into users (user_id, email, role)
  values ($1, $2, case when exists (select from users) then 'user' else 'operator' end)
  returning user_id, email, created_at)"};
constexpr db::statement by_email{"accounts_by_email", R"(
  select user_id, email, created_at from users where lower(email) = lower($1))"};
constexpr db::statement all{"accounts_all", "select user_id, email, created_at from users order by email"};

user_view read_user(db::row row) {
  user_view v;
  v.id = row.take<user_id>();
  v.email = row.take<std::string>();
  v.created_at = row.take<instant>();
  return v;
}

} // namespace

accounts::accounts(std::unique_ptr<db::connection> on, random_source& random)
  : on_(std::move(on)), random_(random) {}

result<user_view> accounts::add_user(const std::string& email) {
  if (!account::is_address(email))
    return fail_field("/email", "invalid", "this is not an e-mail address");
  try {
    auto tx = db::transaction::of_engine(*on_);
    auto now = tx.run(time_now)[0].take<instant>();
    auto user = read_user(tx.run(add, user_id{make_uuid7(now, random_)}, email)[0]);
    identity who{user.id, "operator", ""};
    desk_parts parts{tx, who, random_, now};
    tell(parts, "user.add", "user", user.id.value);
    tx.commit();
    return user;
  } catch (const db::failure& why) {
    if (why.what_kind == db::trouble::unique)
      return fail(errc::duplicate, "there is a user with this address already");
    return fail(db::to_error(why));
  }
}

result<std::optional<user_view>> accounts::find_user(const std::string& email) {
  try {
    auto tx = db::transaction::of_engine(*on_);
    auto rows = tx.run(by_email, email);
    return rows.empty() ? std::optional<user_view>{} : std::optional(read_user(rows[0]));
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

result<std::vector<user_view>> accounts::list_users() {
  try {
    auto tx = db::transaction::of_engine(*on_);
    auto rows = tx.run(all);
    std::vector<user_view> list;
    for (std::size_t i = 0; i < rows.size(); ++i)
      list.push_back(read_user(rows[i]));
    return list;
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

result<void> accounts::set_link(const std::string& email, const account::link& fresh) {
  auto user = find_user(email);
  if (!user)
    return fail(user.error());
  if (!*user)
    return fail(errc::not_found, "there is no user " + email);
  account_book book(*on_, random_);
  auto set = book.set_link((*user)->id, fresh, {"operator", ""});
  return set ? result<void>{} : fail(set.error());
}

result<api_key_view> accounts::create_key(
  const std::string& email, const api_key_id& id, const std::string& name, std::uint8_t scopes,
  const std::string& secret_sha256, const std::string& last_four,
  std::optional<instant> expires_at) {
  try {
    auto tx = db::transaction::of_engine(*on_);
    auto rows = tx.run(by_email, email);
    if (rows.empty())
      return fail(errc::not_found, "there is no user " + email);
    identity who{read_user(rows[0]).id, "operator", ""};
    desk_parts parts{tx, who, random_, tx.run(time_now)[0].take<instant>()};
    auto key = create_api_key(parts, id, name, scopes, secret_sha256, last_four, expires_at);
    if (key)
      tx.commit();
    return key;
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

} // namespace ringmaster
