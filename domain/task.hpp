#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domain/assistant.hpp"
#include "domain/call.hpp"
#include "domain/error.hpp"
#include "domain/findings.hpp"
#include "domain/ids.hpp"
#include "domain/money.hpp"
#include "domain/notification.hpp"
#include "domain/people.hpp"
#include "domain/phone_number.hpp"
#include "domain/retry.hpp"

namespace ringmaster {

using task_id = id<struct task_tag>;

namespace task {

/// Inside there is one word, canceled; the API of tasks writes "cancelled" and reads both.
enum class status : std::uint8_t {
  pending,
  preparing,
  waiting_for_user,
  ready_to_call,
  in_progress,
  completed,
  failed,
  canceled
};

struct step {
  status from, to;
};

/// The life of a task, one step per line. The API, the guard in SQL, the buttons of the console
/// and docs/states.md follow this table.
inline constexpr auto steps = [] {
  using enum status;
  return std::to_array<step>({
      {pending,          preparing       },
      {pending,          waiting_for_user},
      {pending,          ready_to_call   },
      {pending,          canceled        },
      {preparing,        waiting_for_user},
      {preparing,        ready_to_call   },
      {preparing,        failed          },
      {preparing,        canceled        },
      {waiting_for_user, ready_to_call   },
      {waiting_for_user, canceled        },
      {ready_to_call,    in_progress     },
      {ready_to_call,    canceled        },
      {in_progress,      completed       },
      {in_progress,      failed          },
      {in_progress,      canceled        },
      {failed,           ready_to_call   },
      {failed,           canceled        },
  });
}();

std::string_view to_string(status s); ///< "cancelled" for canceled
std::optional<status> parse_status(std::string_view text);
bool allows(status from, status to);
/// The words of the states that may follow, in the table's order.
std::vector<std::string> next_of(status from);

enum class priority : std::uint8_t { low, normal, high, urgent };
std::string_view to_string(priority p);
std::optional<priority> parse_priority(std::string_view text);

/// What a user hands in.
struct draft {
  std::string raw_instruction; ///< 1..4,000 characters
  std::string title;           ///< up to 200; empty: the plan finds one
  priority urgency = priority::normal;
  std::optional<ringmaster::tone> voice; ///< none: the user's default
  std::optional<money> max_price;
  std::vector<std::string> hard_constraints, soft_preferences; ///< up to 50 of up to 500 each
  std::optional<contact_id> contact;
  std::string target_phone_number; ///< as typed; empty: none
  bool needs_user_confirmation = false;
  talk::settings talk{};   ///< how its calls are held; always a conversation
  std::optional<attempt_id> parent_call; ///< a follow-up of this call
};

/// A draft that passed.
struct checked {
  draft what; ///< texts trimmed
  std::optional<phone_number> number;
};
/// All mistakes together, pointers like "/raw_instruction". `region` reads national numbers.
result<checked> check(const draft& d, std::string_view region);

/// Changes by the user (T6); what is not set stays. `answers` are to the plan's questions, by
/// their field; an answer to "phone_number" is read as one, "max_price" as a price.
struct patch {
  std::optional<std::string> title;
  std::optional<ringmaster::tone> voice;
  std::optional<priority> urgency;
  std::optional<std::optional<money>> max_price;
  std::optional<std::string> target_phone_number; ///< empty takes it away
  std::optional<std::optional<contact_id>> contact;
  std::optional<std::vector<std::string>> hard_constraints, soft_preferences;
  std::optional<bool> needs_user_confirmation;
  std::vector<std::pair<std::string, std::string>> answers;
  std::optional<talk::machine_action> voicemail_action;
  std::optional<std::string> voicemail_message, menu_keys, result_schema;
  std::optional<talk::menu_action> menu_action;
  std::optional<bool> record_calls;
  std::optional<status> to; ///< an explicit step
};

/// A task as it is stored.
struct record {
  task_id id;
  std::string title, raw_instruction;
  status state = status::pending;
  priority urgency = priority::normal;
  ringmaster::tone voice = tone::friendly;
  std::optional<money> max_price;
  std::vector<std::string> hard_constraints, soft_preferences;
  std::optional<contact_id> contact;
  std::optional<phone_number> number; ///< target_phone_number
  bool needs_user_confirmation = false;
  talk::settings talk{};
  std::optional<attempt_id> parent_call;
  std::vector<std::pair<std::string, std::string>> answers;

  std::optional<assistant::plan> plan; ///< ai_plan
  std::string plan_by;                 ///< "rules", "openai gpt-4o-mini"; empty: none
  std::string plan_prompt;             ///< the version of the prompt
  assistant::risks risks;
  std::vector<assistant::question> questions; ///< open ones

  /// The yes that is asked for, and the one that was given. A yes covers the price and the number
  /// that stood when it was given: another number or a higher price asks again.
  std::string approval_reason; ///< empty: none is asked for
  std::string approved_by;     ///< "user:ann@example.com"; empty: nobody
  std::optional<instant> approved_at;
  std::optional<money> approved_price;
  std::optional<phone_number> approved_number;

  std::optional<assistant::script> script;
  std::optional<campaign_id> campaign; ///< that makes or made the last call
  std::int32_t calls_made = 0;
  std::optional<instant>
      retry_at;        ///< the engine calls again then, by the user's standing permission
  std::string summary; ///< what came of it
  std::string reason;  ///< why it failed, waits or was refused
  std::int64_t version = 1;
  instant created_at{}, updated_at{};
};

/// What stands around a task when it is judged.
struct circumstances {
  std::string actor; ///< who acts: "user:ann@example.com", "key:...", "engine"
  instant now{};
  assistant_settings settings;
  /// The task's, as far as it exists. For an edit that names another contact: that one.
  std::optional<contact::view> contact;
  std::string region;                   ///< in which national numbers are read
  retry_delays delays{}; ///< before a failed call is made again
};

/// The number that is called: the task's own, else its contact's.
std::optional<phone_number> number_to_call(const record& r, const circumstances& around);

/// Why a person must say yes before this is dialed; empty: nobody must. By the settings and the
/// facts alone, whatever a model thinks: the confirmation asked for by the user, a price above
/// `max_auto_approve_amount` or in another currency, a content risk of level caution.
std::string needs_approval(const record& r, const circumstances& around);
/// True if the yes that was given covers what stands now.
bool is_approved(const record& r, const circumstances& around);

// -- what can happen to a task
// ----------------------------------------------------------------------

struct begin_planning {};
/// A plan came. Content risks of level refuse lead to failed, with the reason.
struct planned {
  assistant::plan plan;
  assistant::risks risks;
  std::vector<assistant::question> questions; ///< A2's, merged with the plan's missing ones
  std::string by, prompt;
};
/// No provider could plan.
struct planning_failed {
  std::string reason;
};
struct edited {
  patch changes;
};
/// The user's yes. `wrong_state` where none is asked for.
struct approved {};
/// Delete: canceled; never while in progress.
struct discarded {};
/// In the transaction that starts the task's campaign.
struct call_begun {
  campaign_id campaign;
};
/// In the transaction that ends the task's campaign, or cancels it.
struct call_ended {
  campaign_id campaign;
  call::outcome outcome = call::outcome::none;
  std::string reason; ///< of the attempt, if it made no call
  bool canceled = false;
  /// How long the call was, if the carrier said.
  std::optional<std::int32_t> duration_seconds{};
  /// It was a conversation whose findings are not stored yet: the task stays in progress, and
  /// `wrapped_up` ends it.
  bool wrap_up_follows = false;
};
/// In the transaction that stores what a conversation came to. A task in progress is completed where
/// somebody was reached or a message was left, else failed with a retry as after any such call; the
/// summary is the findings'. In any other state only the summary is taken.
struct wrapped_up {
  talk::findings found;
  bool message_left = false;
  /// That made the call. If another one has called since, nothing is taken: what is told of a task
  /// is told of its last call. None: the last one.
  std::optional<campaign_id> campaign{};
};

using act = std::variant<
    begin_planning, planned, planning_failed, edited, approved, discarded, call_begun, call_ended,
    wrapped_up>;

/// A line for the audit trail.
struct trail {
  std::string action; ///< "task.plan", "task.approve", ...
  status from = status::pending, to = status::pending;
  std::string reason;
};

struct outcome {
  record next; ///< with the next version, updated at `now`
  std::vector<notification::draft> tell;
  std::vector<trail> audit; ///< one line for each change of state and each human act
};

/// Decides what an act does. Pure: the caller stores `next`, notifications and audit in one
/// transaction. `wrong_state` names the current status and the allowed ones; `invalid` the field.
/// An edit that answers the last required question, or brings the missing number, moves a waiting
/// task to ready_to_call by itself, unless a yes is still asked for. ready_to_call needs a number.
/// call_ended: answered leads to completed; anything else to failed, and from there to
/// ready_to_call with `retry_at` where the settings allow it and the limit is not reached.
result<outcome> decide(const record& now, const act& what, const circumstances& around);

/// A new task: pending, without a plan.
record open(const task_id& id, const checked& d, const assistant_settings& settings, instant now);

/// What the model is told about a task.
assistant::briefing
brief(const record& r, const circumstances& around, const std::string& business);

/// May a call be started now? By state, number and approval; `wrong_state` or `invalid` says what
/// is missing.
result<phone_number> may_call(const record& r, const circumstances& around);

} // namespace task
} // namespace ringmaster
