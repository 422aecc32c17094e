#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/audit.hpp"
#include "domain/call.hpp"
#include "domain/call_desk.hpp"
#include "domain/call_ledger.hpp"
#include "domain/campaign.hpp"
#include "domain/campaign_desk.hpp"
#include "domain/error.hpp"
#include "domain/ids.hpp"
#include "domain/installation_desk.hpp"
#include "domain/knowledge_desk.hpp"
#include "domain/list_desk.hpp"
#include "domain/page.hpp"
#include "domain/store.hpp"
#include "domain/target.hpp"
#include "domain/task_desk.hpp"
#include "domain/webhook_desk.hpp"

// What the API reads and writes for one user at a time.

namespace ringmaster {

enum class scope : std::uint8_t { read = 1, write = 2, dial = 4, admin = 8 };

struct api_key_view {
  api_key_id id;
  std::string name;
  std::uint8_t scopes = 0;
  std::string last_four;
  std::optional<instant> expires_at, last_used_at;
  instant created_at{};
};
/// What authentication needs; the secret itself is nowhere stored.
struct api_key_record {
  api_key_id id;
  user_id user;
  std::string user_email;
  std::string secret_sha256; ///< 32 raw bytes
  std::uint8_t scopes = 0;
  std::optional<instant> expires_at;
};

struct suppression_view {
  suppression_id id;
  phone_number number;
  std::string reason, source;
  instant created_at{};
};

/// One transaction of one user, under row-level security.
class desk_work {
public:
  virtual ~desk_work() = default;

  virtual result<campaign::view> create_campaign(const campaign::draft& d) = 0;
  virtual result<page<campaign::view>> list_campaigns(
      const page_request& p, std::optional<campaign::status> status, const std::string& q) = 0;
  virtual result<campaign::view> find_campaign(const campaign_id& id) = 0;
  /// Draft, completed or canceled only.
  virtual result<void> delete_campaign(const campaign_id& id) = 0;

  /// Adds rows that passed target::check. Duplicates (same number in this campaign, or twice in
  /// the rows, or a client id seen before) are counted and named in `into`, not added. Refused in
  /// a completed or canceled campaign.
  virtual result<void> add_targets(
      const campaign_id& id, std::span<const target::checked> rows, target::report& into) = 0;
  virtual result<page<target::view>> list_targets(
      const campaign_id& id, const page_request& p, std::optional<target::status> status) = 0;

  /// Of one campaign, or all of the user's.
  virtual result<page<call::view>>
  list_calls(std::optional<campaign_id> id, const page_request& p) = 0;
  virtual result<call::view> find_call(const attempt_id& id) = 0;

  virtual result<page<suppression_view>> list_suppressions(const page_request& p) = 0;
  /// Adding a number that stands there already answers the standing row.
  virtual result<suppression_view> add_suppression(
      const phone_number& number, const std::string& reason, const std::string& source) = 0;
  virtual result<void> remove_suppression(const suppression_id& id) = 0;

  /// Newest first; `subject` narrows to one thing's trail.
  virtual result<page<audit_view>>
  list_audit(const page_request& p, const std::string& subject) = 0;
  /// The audit row of what an operator does to a part of the engine: written before it is done.
  virtual result<void> note_operation(
      const std::string& action, const std::string& kind, const uuid& subject,
      const std::string& reason) = 0;

  virtual result<page<api_key_view>> list_api_keys(const page_request& p) = 0;
  virtual result<api_key_view> create_api_key(
      const api_key_id& id, const std::string& name, std::uint8_t scopes,
      const std::string& secret_sha256, const std::string& last_four,
      std::optional<instant> expires_at) = 0;
  virtual result<void> delete_api_key(const api_key_id& id) = 0;

  /// Idempotency: the first of equal requests gets nothing and goes on; a later one gets the
  /// stored answer; another body under the same key is `key_reused`; one that is still being
  /// worked on is `conflict`. The claim belongs to this transaction: a rollback frees the key.
  struct stored_answer {
    int status = 200;
    std::string body;
  };
  virtual result<std::optional<stored_answer>>
  claim_key(const std::string& key, const std::string& route, const std::string& body_sha256) = 0;
  virtual result<void>
  store_answer(const std::string& key, const std::string& route, const stored_answer& a) = 0;

  // The other books of this transaction; they live as long as it.
  virtual task_book& tasks() = 0;
  virtual contact_book& contacts() = 0;
  virtual settings_book& settings() = 0;
  virtual notification_book& notifications() = 0;
  virtual ringmaster::vault& vault() = 0;
  virtual usage_book& usage() = 0;
  virtual call_book& conversations() = 0;
  virtual identity_book& identities() = 0;
  virtual knowledge_book& knowledge() = 0;
  virtual chat_book& chats() = 0;
  virtual calendar_book& calendar() = 0;
  virtual webhook_book& webhooks() = 0;
  virtual campaign_book& campaigns() = 0;
  virtual ledger_book& ledger() = 0;
  virtual list_book& lists() = 0;

  /// The transaction's time.
  virtual instant now() const = 0;
};

/// A task that the engine has to go on with by itself.
struct task_due {
  user_id user;
  task_id task;
  task::status state = task::status::pending;
};

/// The DESK: transactions of users, one at a time per object, used by one thread. May block.
class desk {
public:
  virtual ~desk() = default;

  /// Runs `work` in one transaction under the user's context; commits if it succeeds, rolls back
  /// if it fails. A lost connection is `unavailable`, and a commit in doubt too.
  virtual result<void>
  transact(const identity& who, const std::function<result<void>(desk_work&)>& work) = 0;

  /// Across users, for operators.
  virtual installation_book& installation() = 0;

  /// Across users, for authentication only.
  virtual result<std::optional<api_key_record>> find_api_key(const api_key_id& id) = 0;
  virtual result<void> touch_api_key(const user_id& user, const api_key_id& id, instant at) = 0;

  /// Across users: tasks in pending or preparing, and ready ones whose `retry_at` has come,
  /// oldest first.
  virtual result<std::vector<task_due>> tasks_due(instant now, std::size_t limit) = 0;

  /// Across users: calls that have ended, were conversations, and are not wrapped up, oldest first.
  virtual result<std::vector<wrap_up_due>> wrap_ups_due(std::size_t limit) = 0;

  /// Across users: messages to their webhooks.
  virtual webhook_outbox& outbox() = 0;
};

} // namespace ringmaster
