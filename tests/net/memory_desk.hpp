#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "domain/desk.hpp"
#include "tests/net/memory_installation.hpp"
#include "tests/support/memory_knowledge.hpp"
#include "tests/support/memory_webhooks.hpp"

namespace ringmaster::net_tests {

/// A DESK in memory, as far as the edge can tell it from the real one: users do not see each
/// other, and what fails leaves nothing behind.
class memory_desk final : public desk {
 public:
  memory_desk();

  struct owned_campaign {
    user_id user;
    campaign::view view;
  };
  struct owned_suppression {
    user_id user;
    suppression_view view;
  };
  struct owned_key {
    api_key_record record;
    api_key_view view;
  };
  struct owned_task {
    user_id user;
    task::record task;
  };
  struct owned_contact {
    user_id user;
    contact::view view;
  };
  struct owned_notification {
    user_id user;
    notification::view view;
  };
  struct owned_secret {
    vault::entry shown;
    std::string secret;
  };
  /// A call that is, or was, a conversation.
  struct owned_talk {
    user_id user;
    talk::view view;
    std::vector<talk::segment> said;
  };
  struct owned_import {
    user_id user;
    upload::view view;
    std::vector<std::string> lines;
  };
  struct key_claim {
    std::string sha256;
    bool answered = false;
    desk_work::stored_answer answer{};
  };
  struct tables {
    std::vector<owned_campaign> campaigns;
    std::vector<std::pair<user_id, target::view>> targets;
    std::vector<std::pair<user_id, call::view>> calls;
    std::vector<owned_suppression> suppressions;
    std::vector<owned_import> imports;
    std::vector<owned_key> keys;
    std::vector<std::pair<user_id, audit_view>> audit;
    std::map<std::string, key_claim> claims;
    std::vector<owned_task> tasks;
    std::vector<owned_contact> contacts;
    std::map<user_id, assistant_settings> settings;
    std::map<user_id, business_profile> profiles;
    std::vector<owned_notification> notifications;
    std::map<std::pair<user_id, std::string>, owned_secret> secrets;
    std::map<user_id, std::vector<usage_book::line>> usage;
    std::vector<owned_talk> talks;
    std::map<user_id, std::map<std::string, std::string>> identities;
  };

  result<void> transact(
    const identity& who, const std::function<result<void>(desk_work&)>& work) override;
  installation_book& installation() override { return house; }
  result<std::optional<api_key_record>> find_api_key(const api_key_id& id) override;
  result<void> touch_api_key(const user_id& user, const api_key_id& id, instant at) override;
  result<std::vector<wrap_up_due>> wrap_ups_due(std::size_t) override {
    return std::vector<wrap_up_due>{};
  }
  webhook_outbox& outbox() override { return hooks; }
  result<std::vector<task_due>> tasks_due(instant, std::size_t) override { return std::vector<task_due>{}; }

  tables data;
  memory_installation house;
  support::memory_knowledge known; ///< rolls back with `data`
  support::memory_webhooks hooks{[this] { return now; }};
  bool away = false;          ///< every call is `unavailable`
  int fail_after = -1;        ///< transactions until the database goes away; -1: never
  int transactions = 0;
  int key_reads = 0;
  int touches = 0;
  int days_reported = 0;
  /// Somebody else, who comes between a reading of a task and the act on it.
  std::function<void(task::record&)> before_act;
  instant now{std::chrono::seconds(1'780'000'000)};
  std::uint64_t next_id = 1;

  uuid make_id();
};

} // namespace ringmaster::net_tests
