#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/account.hpp"
#include "domain/desk.hpp"
#include "persistence/db.hpp"

namespace ringmaster {

struct user_view {
  user_id id;
  std::string email;
  instant created_at{};
};

/// Accounts across users, for the command line.
class accounts {
 public:
  accounts(std::unique_ptr<db::connection> on, random_source& random);

  /// `duplicate` if the address has an account, whatever its case. The first account of an
  /// installation is an operator.
  result<user_view> add_user(const std::string& email);
  result<std::optional<user_view>> find_user(const std::string& email);
  result<std::vector<user_view>> list_users();
  /// A one-time link for setting a password; replaces an earlier one.
  result<void> set_link(const std::string& email, const account::link& fresh);
  /// A key for the user with this address; `not_found` if there is none.
  result<api_key_view> create_key(
    const std::string& email, const api_key_id& id, const std::string& name, std::uint8_t scopes,
    const std::string& secret_sha256, const std::string& last_four, std::optional<instant> expires_at);

 private:
  std::unique_ptr<db::connection> on_;
  random_source& random_;
};

} // namespace ringmaster
