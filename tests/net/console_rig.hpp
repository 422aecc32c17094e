#pragma once

#include <map>
#include <string>
#include <vector>

#include "net/console.hpp"
#include "tests/net/rig.hpp"

namespace ringmaster::net_tests {

/// Accounts in memory; a password's hash is the password behind "hash of ".
class memory_accounts final : public account::book, public account::room {
 public:
  struct person {
    account::view view;
    std::string hash;
  };

  explicit memory_accounts(memory_desk& desk) : desk_(desk) {}

  bool post(std::function<void(account::book&)> job) override {
    if (full)
      return false;
    job(*this);
    return true;
  }

  result<std::string> hash_password(const std::string& password) override {
    ++hashed;
    return "hash of " + password;
  }
  bool fits(const std::string& password, const std::string& hash) override {
    ++compared;
    return !hash.empty() && hash == "hash of " + password;
  }
  result<std::optional<account::proof>> find_proof(const std::string& email) override;
  result<void> note_refusal(const account::proof& of, const std::string& address, const account::actor&) override;
  result<void> open_session(const account::session& s, const account::actor& by) override;
  result<std::optional<account::session>> find_session(const std::string& sha256) override;
  result<void> touch_session(const account::session& s, instant at) override;
  result<void> close_session(const account::session& s, const account::actor& by) override;
  result<std::vector<account::view>> list() override;
  result<account::view> add(
    const std::string& email, account::role as, const account::link& first, const account::actor& by) override;
  result<account::view> alter(const user_id& id, const account::change& what, const account::actor& by) override;
  result<account::view> set_link(const user_id& id, const account::link& fresh, const account::actor& by) override;
  result<std::optional<account::view>> find_link(const std::string& sha256, instant now) override;
  result<account::view> use_link(
    const std::string& sha256, const std::string& password_hash, instant now, const account::actor& by) override;
  result<account::day> count_day(const user_id&, instant begins) override {
    day_begins = begins;
    return account::day{1, 7, 5};
  }
  result<bool> anyone_has_password() override;
  result<account::view> welcome(
    const std::string& email, const std::string& password_hash, const account::actor& by) override;

  person* find(const user_id& id);
  person* find(const std::string& email);

  std::vector<person> people;
  std::vector<account::session> sessions;
  std::map<user_id, account::link> links;
  std::vector<std::string> trail; ///< "session.open user:…"
  int hashed = 0, compared = 0, session_reads = 0, touches = 0;
  instant day_begins{};
  bool full = false;
  bool away = false;

 private:
  memory_desk& desk_;
};

/// A rig with a console whose accounts are ann, an operator, and bob.
struct console_rig : rig {
  console_rig();

  static constexpr const char* ann_password = "four words in a row";
  static constexpr const char* bob_password = "quite another sentence";

  /// A request with this cookie and what a page of ours sends with it; an empty one is left out.
  http::response as(const std::string& cookie, http::method verb, const std::string& target,
                    std::string body = "", headers extra = {});
  http::response sign_in(const std::string& email, const std::string& password, headers extra = {});
  /// `name=value` of the cookie that an answer sets; empty if it sets none.
  static std::string cookie_of(const http::response& r);
  std::string signed_in(const std::string& email);
  std::string csrf(const std::string& cookie);

  memory_accounts accounts{desk};
  net::console door{accounts};
};

} // namespace ringmaster::net_tests
