#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/assistant.hpp"
#include "domain/call.hpp"
#include "domain/notification.hpp"
#include "domain/page.hpp"
#include "domain/people.hpp"
#include "domain/task.hpp"

// The books of the second half of the product, each within one transaction of one user.

namespace ringmaster {

/// Tasks. Every change goes through task::decide under the row's lock, with its notifications and
/// audit rows in the same transaction.
class task_book {
public:
  virtual ~task_book() = default;

  struct filter {
    std::optional<task::status> state;
    std::optional<task::priority> urgency;
    std::string q; ///< in title, instruction and number; empty: all
  };

  /// A contact that does not exist is `invalid` at "/contact_id".
  virtual result<task::record> create(const task_id& id, const task::checked& d) = 0;
  /// Newest first; always with `total`.
  virtual result<page<task::record>> list(const page_request& p, const filter& f) = 0;
  virtual result<task::record> find(const task_id& id) = 0;
  /// `if_version`: `conflict` when the row has another.
  virtual result<task::record>
  act(const task_id& id, const task::act& what, std::optional<std::int64_t> if_version = {}) = 0;
  /// What task::decide would be given now, and what the model may know.
  virtual result<task::circumstances> around(const task::record& r) = 0;
  /// Stores the script and makes the task's campaign of one, as a draft: its window from the
  /// assistant settings, one target. A draft campaign of an earlier try is used again.
  /// Refused as task::may_call says.
  virtual result<campaign_id> prepare_call(const task_id& id, const assistant::script& script) = 0;
  /// The calls made for a task, newest first.
  virtual result<std::vector<call::view>> calls(const task_id& id) = 0;
};

class contact_book {
public:
  virtual ~contact_book() = default;
  virtual result<contact::view> create(const contact_id& id, const contact::checked& d) = 0;
  virtual result<page<contact::view>> list(const page_request& p, const std::string& q) = 0;
  virtual result<contact::view> find(const contact_id& id) = 0;
  virtual result<contact::view> replace(
      const contact_id& id, const contact::checked& d, std::optional<std::int64_t> if_version) = 0;
  /// Tasks keep their history and lose the link.
  virtual result<void> remove(const contact_id& id) = 0;
};

class settings_book {
public:
  virtual ~settings_book() = default;
  virtual result<assistant_settings> read() = 0;
  virtual result<assistant_settings>
  write(const assistant_settings& s, std::optional<std::int64_t> if_version) = 0;
  virtual result<business_profile> read_profile() = 0;
  virtual result<business_profile>
  write_profile(const business_profile& p, std::optional<std::int64_t> if_version) = 0;
};

class notification_book {
public:
  virtual ~notification_book() = default;
  virtual result<notification::view> add(const notification::draft& d) = 0;
  struct unread_page {
    page<notification::view> list;
    std::int64_t unread = 0;
  };
  virtual result<unread_page> list(const page_request& p, bool unread_only) = 0;
  virtual result<notification::view> mark_read(const notification_id& id) = 0;
  /// How many were unread.
  virtual result<std::int64_t> mark_all_read() = 0;
};

/// Secrets of a user, sealed with a key of this installation. They go in and are used; no route
/// shows them again.
class vault {
public:
  virtual ~vault() = default;
  struct entry {
    std::string name;  ///< "carrier", or the name of a provider in ai.providers
    std::string label; ///< what of it may be shown: an account sid, the last four characters
    instant updated_at{};
  };
  /// `secret` is any text up to 4 kB; for "carrier" a JSON object of account_sid and auth_token.
  virtual result<entry>
  put(const std::string& name, const std::string& label, const std::string& secret) = 0;
  virtual result<std::vector<entry>> list() = 0;
  virtual result<void> remove(const std::string& name) = 0;
  /// For the engine's own use.
  virtual result<std::optional<std::string>> open(const std::string& name) = 0;
};

/// What the models cost.
class usage_book {
public:
  virtual ~usage_book() = default;
  virtual result<void> note(
      assistant::function what, std::optional<task_id> about, std::optional<attempt_id> call,
      const std::vector<assistant::usage>& tries) = 0;
  /// Of this user, on the UTC day of the transaction, in millionths of a dollar.
  virtual result<std::int64_t> spent_today() = 0;
  struct line {
    std::string day, provider, model, function;
    std::int64_t requests = 0, prompt_tokens = 0, completion_tokens = 0, cost_micros = 0;
  };
  /// By day, provider, model and function; the newest `days` days.
  virtual result<std::vector<line>> report(int days) = 0;
};

} // namespace ringmaster
