#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "domain/attempt.hpp"
#include "domain/call.hpp"
#include "domain/campaign.hpp"
#include "domain/conversation.hpp"
#include "domain/ids.hpp"
#include "domain/permit.hpp"
#include "domain/ports.hpp"
#include "domain/retry.hpp"
#include "domain/target.hpp"
#include "domain/task.hpp"

// What the STORE lanes write. A lane takes all changes that have queued up, makes them in one
// transaction, and answers each after the commit.

namespace ringmaster {

/// Who does something: for row-level security and for the audit trail.
struct identity {
  user_id user;
  std::string actor;      ///< "user:ann@example.com", "key:<id>", "engine"
  std::string request_id; ///< empty for the engine's own acts
};

/// What the SCHEDULER and a CAMPAIGN need to know about an active campaign.
struct campaign_brief {
  user_id user;
  campaign_id id;
  campaign::status state = campaign::status::draft;
  std::string timezone, start, end;
  std::vector<std::string> days;
  rate_limits limits;
  std::int32_t max_concurrent_calls = 50;
  std::optional<instant> start_at;
  std::optional<instant> last_permit_at;
  campaign::progress counts;
};

/// A granted dial: the attempt is committed as `intent`.
struct intent {
  user_id user;
  campaign_id campaign;
  target_id target;
  attempt_id attempt;
  phone_number to, from;
  std::int32_t attempt_number = 1; ///< this one included
  std::int32_t max_attempts = 1;
  instant permit_at{};
};

/// A live call as it is loaded after a start, or when a callback names one that no actor has.
struct call_brief {
  intent what;
  attempt::status state = attempt::status::intent;
  std::optional<call_sid> sid;
  std::optional<call::status> call_state;
  std::string answered_by;
  instant last_news_at{};
  campaign::status owner = campaign::status::running;
  std::optional<instant> first_absent_read;
  bool talked = false; ///< it has a conversation
};

namespace change {

/// The permit transaction (T1): decides under the campaign's row lock, by permit::decide and
/// permit::decide_target, with the database's clock, and writes attempt, call session, permit,
/// audit, target and counters. The intents are committed when the answer comes.
struct ask_permits {
  user_id user;
  campaign_id campaign;
  std::uint32_t wanted = 1; ///< at most 256 are given at a time
  bool stopped = false;     ///< the global stop as the asker knows it
};

/// One step of an attempt's life (T2 and everything after), with what follows for its target.
struct advance_attempt {
  user_id user;
  campaign_id campaign;
  target_id target;
  attempt_id attempt;
  attempt::event on = attempt::event::accept;
  std::optional<call_sid> sid;            ///< for accept
  std::optional<call::status> call_state; ///< as far as known with this step
  std::optional<std::int32_t> error_code; ///< the carrier's
  std::string reason;                     ///< for people; stored, shown, no number in it
  /// With `settle`, `reject`, `withdraw`, `absent`, `expire`, `confuse`: the target's step.
  std::optional<target::event> target_step;
  std::optional<instant> target_due_at;
  call::outcome outcome = call::outcome::none;
  /// False takes the attempt back out of `attempt_count`: no call was made.
  bool counts = true;
};

/// A carrier's callback (or a poll's finding): stored once per (attempt, event key), and the call
/// session advanced by rank in the same transaction.
struct record_callback {
  user_id user;
  attempt_id attempt;
  std::string kind = "status"; ///< status, voice, poll, gather, amd, recording, relay
  call_sid sid;
  std::optional<call::status> news;
  std::optional<std::int32_t> sequence;
  std::optional<std::int32_t> duration_seconds;
  std::string answered_by;
  std::string raw; ///< the body as it came
  instant received_at{};
};

/// The answer request: as record_callback, and reads what the answer depends on.
struct open_call {
  record_callback callback;
};

/// What was said and is remembered: segments by their number (a later one of the same number
/// replaces it), and the memory. The first one makes the conversation's row. `who` of the memory
/// also settles the session's `answered_by` where the carrier said nothing.
struct note_talk {
  user_id user;
  attempt_id attempt;
  std::vector<talk::segment> pieces;
  talk::memory now;
};

/// A step of a campaign's life, decided under its row lock by campaign::decide, with its audit
/// row. `begin`, `finish` and `trip` come from the engine; `finish` is refused with `wrong_state`
/// while campaign::is_finished is false.
struct steer_campaign {
  identity who;
  campaign_id campaign;
  campaign::action on = campaign::action::start;
  std::optional<instant> start_at;         ///< for schedule
  bool when_window_opens = false;          ///< start or resume while closed: schedule instead
  std::optional<campaign::patch> settings; ///< for update
  std::string reason;                      ///< for trip
  /// Meant for a task's campaign of one, which users neither start nor cancel as a campaign.
  bool of_task = false;
};

} // namespace change

using store_change = std::variant<
    change::ask_permits, change::advance_attempt, change::record_callback, change::open_call,
    change::steer_campaign, change::note_talk>;

// -- answers ------------------------------------------------------------------------------------

struct permits {
  std::vector<intent> intents;
  permit::refusal why = permit::refusal::none; ///< if fewer than wanted
  std::optional<instant> next_at;
  instant decided_at{}; ///< the database's clock
  campaign::progress counts;
};

struct attempt_advanced {
  attempt::status state = attempt::status::intent;
  std::optional<call_sid> bound; ///< the call that is bound now; may differ from the offered one
  std::optional<call::status> call_state;
  campaign::progress counts;
};

struct callback_recorded {
  bool fresh = false; ///< not seen before
  call::change verdict = call::change::repeat;
  call::status state = call::status::queued; ///< of the session now
  std::optional<call_sid> bound;             ///< differs from the callback's: a foreign call
  attempt::status attempt = attempt::status::accepted;
};

struct call_opened {
  callback_recorded recorded;
  campaign_id campaign;
  campaign::status owner = campaign::status::running;
  std::string script;
  std::string contact_name;
  std::string timezone, start, end;
  std::vector<std::string> days;
  talk::settings how;      ///< an announcement is read, a conversation is held
};

struct campaign_steered {
  campaign::rule step{};
  campaign::view view;
  campaign_brief brief;
  /// The task whose campaign of one this is, after its own step in the same transaction.
  std::optional<task::record> task;
};

struct talk_noted {};

using store_answer = std::variant<
    permits, attempt_advanced, callback_recorded, call_opened, campaign_steered, talk_noted>;

// -- the port -------------------------------------------------------------------------------------

/// What a lane may do; one object per lane, used by one thread. May block.
class lane_store {
public:
  virtual ~lane_store() = default;

  /// All changes in one transaction: steps of campaigns first (a stop wins over a permit that
  /// came with it), then attempts, callbacks, permits. Answers in the order of `changes`. If the
  /// transaction fails, the changes are made again one by one, so that a bad one fails alone. A
  /// commit in doubt answers `unavailable` for every change: nothing may be dialed on it.
  virtual std::vector<result<store_answer>> commit(std::span<const store_change> changes) = 0;

  /// Campaigns that are scheduled or running.
  virtual result<std::vector<campaign_brief>> active_campaigns() = 0;
  /// Attempts in `intent` or `ambiguous`, and those `accepted` later than `after` in id order.
  virtual result<std::vector<call_brief>> doubtful_attempts() = 0;
  virtual result<std::vector<call_brief>>
  accepted_attempts(attempt_id after, std::size_t limit) = 0;
  virtual result<call_brief> find_attempt(const user_id& user, const attempt_id& attempt) = 0;
  /// Those of `sids` that are bound to an attempt.
  virtual result<std::vector<call_sid>> bound_among(std::span<const call_sid> sids) = 0;
  /// The first readable list without the attempt's call: remembered over restarts.
  virtual result<void>
  note_absent_read(const user_id& user, const attempt_id& attempt, instant at) = 0;
  /// The database's clock, for the skew check; proves also that it answers.
  virtual result<instant> database_time() = 0;
};

/// The settings of the gate that are the installation's, not the campaign's.
struct gate_settings {
  std::vector<phone_number> callers;  ///< carrier.from; taken in turn
  permit::callee_rules callee;        ///< its `countries` is set from the list below at each use
  std::vector<std::string> countries; ///< calling.countries, or those of the callers
  std::chrono::seconds close_guard{5};
  // For tasks.
  std::string region{};  ///< in which national numbers are read
  retry_delays again{};  ///< before a failed call is made again
  // For conversations.
  std::string disclosure{}; ///< what is said first
};

} // namespace ringmaster
