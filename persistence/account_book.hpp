#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/account.hpp"
#include "domain/ports.hpp"
#include "persistence/db.hpp"

namespace ringmaster {

/// Accounts and sessions on PostgreSQL, in the engine's own context: who somebody is gets found
/// out before there is a user to work for.
class account_book : public account::book {
 public:
  /// Both outlive it.
  account_book(db::connection& on, random_source& random) : on_(on), random_(random) {}

  result<std::string> hash_password(const std::string& password) override;
  bool fits(const std::string& password, const std::string& hash) override;
  result<std::optional<account::proof>> find_proof(const std::string& email) override;
  result<void> note_refusal(
    const account::proof& of, const std::string& address, const account::actor& by) override;
  result<void> open_session(const account::session& s, const account::actor& by) override;
  result<std::optional<account::session>> find_session(const std::string& sha256) override;
  result<void> touch_session(const account::session& s, instant at) override;
  result<void> close_session(const account::session& s, const account::actor& by) override;
  result<std::vector<account::view>> list() override;
  result<account::view> add(
    const std::string& email, account::role as, const account::link& first,
    const account::actor& by) override;
  result<account::view> alter(
    const user_id& id, const account::change& what, const account::actor& by) override;
  result<account::view> set_link(
    const user_id& id, const account::link& fresh, const account::actor& by) override;
  result<std::optional<account::view>> find_link(const std::string& sha256, instant now) override;
  result<account::view> use_link(
    const std::string& sha256, const std::string& password_hash, instant now,
    const account::actor& by) override;
  result<account::day> count_day(const user_id& user, instant begins) override;
  result<bool> anyone_has_password() override;
  result<account::view> welcome(
    const std::string& email, const std::string& password_hash, const account::actor& by) override;

 private:
  template <class Body>
  auto in_transaction(Body body) -> decltype(body(std::declval<db::transaction&>()));

  db::connection& on_;
  random_source& random_;
};

} // namespace ringmaster
