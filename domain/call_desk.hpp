#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/calendar.hpp"
#include "domain/conversation.hpp"
#include "domain/findings.hpp"
#include "domain/ids.hpp"
#include "domain/page.hpp"
#include "domain/task.hpp"

// What is stored of conversations: transcript, questions, recording, and what each call came to.

namespace ringmaster {

namespace talk {

/// A conversation as the engine takes it up.
struct loaded {
  std::shared_ptr<const facts> about; ///< `line` and `numbers` as the engine sets them
  memory known;                       ///< questions as they were answered meanwhile
  std::vector<segment> so_far;
  instant answered_at{};
  std::optional<call_sid> sid;
  bool begun = false;                 ///< something was stored before
  bool call_ended = false;
  bool wrapped = false;               ///< its findings are stored
  bool record = false;                ///< the user wants a recording
  std::optional<task_id> task;
  std::optional<campaign_id> campaign;
  target_id target;
  std::vector<schema_field> schema;
  std::vector<assistant::own_key> keys;
  std::optional<std::int64_t> budget_micros;
};

struct recording {
  std::string sid, url, status; ///< the carrier's; status "in-progress", "completed", "absent"
  std::int32_t duration_seconds = 0;
};

/// A conversation as its owner sees it.
struct view {
  attempt_id id;
  memory known;
  instant begun_at{};
  std::optional<talk::recording> recording;
  std::optional<findings> found; ///< after the call
  std::string found_by;          ///< "rules", "openai gpt-4o-mini"
  std::optional<instant> wrapped_at;
  std::int32_t times_wrapped = 0;
  std::vector<task_id> follow_ups;
};

/// What wrapping up has done.
struct wrapped {
  findings found;
  std::optional<task::record> task; ///< after its step
  std::vector<task_id> follow_ups;  ///< made now, or by an earlier processing of this call
  std::size_t follow_ups_made = 0;  ///< by this one
  std::vector<proposal_id> proposals; ///< for the calendar, made now or by an earlier processing
  bool fresh = true;                ///< false: it had been stored before, and nothing was changed
};

} // namespace talk

/// Conversations, within one transaction of one user.
class call_book {
public:
  virtual ~call_book() = default;

  /// For the engine. `not_found`: no such call.
  virtual result<talk::loaded> load(const attempt_id& id) = 0;
  /// Segments with n > `after`, in order.
  virtual result<std::vector<talk::segment>> transcript(const attempt_id& id, std::int32_t after = 0) = 0;
  /// `not_found` if the call never was a conversation.
  virtual result<talk::view> find(const attempt_id& id) = 0;
  /// Full text over transcripts: the calls with a hit, newest first.
  virtual result<page<call::view>> search(const std::string& q, const page_request& p) = 0;

  /// Writes the question and the notification `approval_needed`; a repetition changes nothing.
  virtual result<void> ask_owner(const attempt_id& id, const talk::owner_question& what) = 0;
  /// The owner's yes or no, with its audit row: the approval. `wrong_state` once it is decided.
  virtual result<talk::owner_question>
  answer_question(const attempt_id& id, std::int32_t n, bool yes, const std::string& note) = 0;
  /// Nobody answered in time. Brings back how it stands: an answer that came first stands.
  virtual result<talk::owner_question> close_question(const attempt_id& id, std::int32_t n) = 0;

  /// The callee wants no calls: suppresses the number (source "call"), skips the waiting targets
  /// with this number in all campaigns of the user, takes retries of tasks to it away, and writes
  /// the audit row. A repetition changes nothing.
  virtual result<void> opt_out(const attempt_id& id, const std::string& words) = 0;

  virtual result<void> note_recording(const attempt_id& id, const talk::recording& what) = 0;
  /// An audit row for what a person did during the call: "call.say", "call.transfer", ...
  virtual result<void> note_control(const attempt_id& id, const std::string& action, const std::string& what) = 0;

  /// Stores what the call came to, once: findings, the target's summary and outcome, the task's
  /// step (task::wrapped_up) with its notifications, follow-up tasks with `parent_call`. With
  /// `again` the findings replace the stored ones; the task's ended state and follow-up tasks that
  /// were made before stay, and no follow-up is made twice.
  virtual result<talk::wrapped> wrap_up(
      const attempt_id& id, const talk::findings& found, const std::string& by,
      const std::string& prompt, bool again) = 0;
};

/// Who the user is, for proving it on the phone: values of auth_fields(), sealed like credentials.
/// They are shown to nobody; calls say those that assistant_settings allows and hold back the others.
class identity_book {
public:
  virtual ~identity_book() = default;
  /// The names of the fields that have a value.
  virtual result<std::vector<std::string>> fields() = 0;
  /// Sets or (empty) removes single fields. Values up to 200 characters; `invalid` at "/NAME".
  virtual result<void> write(const std::vector<std::pair<std::string, std::string>>& values) = 0;
  /// For the engine's own use.
  virtual result<std::vector<std::pair<std::string, std::string>>> open() = 0;
};

/// A call whose conversation has ended and was not wrapped up.
struct wrap_up_due {
  user_id user;
  attempt_id attempt;
};

} // namespace ringmaster
