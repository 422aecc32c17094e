#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>

#include "actors/stop_board.hpp"
#include "domain/desk.hpp"
#include "domain/ports.hpp"
#include "domain/store.hpp"

// Every message of the engine. All are local: they never leave the process.

namespace ringmaster {

// -- asked from outside ---------------------------------------------------------------------------

/// Where an answer goes that somebody outside the actors waits for. Replies at most once; if
/// nobody replied before it is destroyed (its actor died), it replies `unavailable` by itself.
template <class Answer>
class responder {
 public:
  explicit responder(std::function<void(result<Answer>)> deliver) : deliver_(std::move(deliver)) {}
  responder(const responder&) = delete;
  responder& operator=(const responder&) = delete;
  ~responder() {
    if (deliver_)
      deliver_(fail(error{.code = errc::unavailable,
                          .detail = "the engine could not answer; try again",
                          .retry_after = std::chrono::seconds(1)}));
  }
  void reply(result<Answer> answer) {
    if (auto deliver = std::exchange(deliver_, nullptr))
      deliver(std::move(answer));
  }

 private:
  std::function<void(result<Answer>)> deliver_;
};

/// A message with the place where its answer goes.
template <class Message, class Answer>
struct asked {
  Message what;
  std::shared_ptr<responder<Answer>> reply_to;
};

/// A user's transaction, run by a DESK.
struct desk_job {
  std::shared_ptr<std::function<void(desk&)>> run;
};

/// A dispatch pass now, under the same rules as any other.
struct execute_campaign {
  identity who;
  campaign_id campaign;
};
struct execution {
  std::uint32_t dialed = 0;
  permit::refusal why = permit::refusal::none;
  std::string reason;
  std::optional<instant> next_at;
};

/// The global stop: set or released.
struct stop_everything {
  identity who;
  bool stop = true;
};
struct stop_report {
  bool stopped = false;
  bool durable = true;        ///< the flag file says so too
  std::size_t in_flight = 0;  ///< create requests that had left already
};

/// Why a campaign does not dial at this moment, and when that may change.
struct ask_waiting {
  campaign_id campaign;
};
struct waiting {
  bool active = false;
  permit::refusal why = permit::refusal::none;
  std::string reason;
  std::optional<instant> next_at;
  std::size_t live_calls = 0;
};

/// From the edge: targets were added to a campaign; if it runs and waits for some, it looks again.
struct targets_added {
  campaign_id campaign;
};

/// Plans a task, or waits for the plan that is being made; answers when the task is neither pending
/// nor preparing any more. Whoever asked may stop waiting: the planning goes on.
struct plan_task {
  user_id user;
  task_id task;
};
/// Calls for a task now: writes the script, starts the task's campaign of one and makes a dispatch
/// pass, all under the rules of any other dial. Refusals are those of task::may_call and of
/// starting a campaign (`window_closed` with the next opening).
struct start_task {
  identity who;
  task_id task;
};
struct task_started {
  task::record task;
  assistant::script script;
  execution pass;                 ///< how the dispatch pass went
  std::optional<call::view> call; ///< the session, if there is one already
};
/// From the edge or the SCHEDULER: a task changed, so that the TASKS look whether one is due.
struct tasks_changed {
  user_id user;
  task_id task;
};

/// From the edge: something waits for a webhook, or the first one was made.
struct webhooks_changed {};

// -- live calls -------------------------------------------------------------------------------------

/// What the carrier's end of a call is to do now; the edge writes it as a document. The same request
/// again gets the same document.
struct line_document {
  std::int32_t number = 0; ///< goes into the path of the next request
  std::vector<std::string> say;
  bool interruptible = true; ///< the other end may speak into it
  std::string press;       ///< keys, pressed after what is said
  enum class next : std::uint8_t {
    listen,  ///< hear what is said, `listen_for`; then ask for the next document
    again,   ///< ask for the next document at once: nothing is ready yet
    hang_up,
    connect, ///< hand the call to `to`
    relay,   ///< open the socket of `session`
  } then = next::hang_up;
  std::chrono::milliseconds listen_for{8'000};
  phone_number to{};
  std::int32_t session = 0;
  bool record = false;     ///< begin a recording
};

/// The phone was answered (the callback is stored, the fences let it pass): what is said first?
struct open_line {
  user_id user;
  attempt_id attempt;
  call_sid sid;
};
/// A speech webhook of document `number`. Neither text nor digits: nothing was heard; with
/// `waiting`, it only comes back for what was not ready.
struct hear_line {
  user_id user;
  attempt_id attempt;
  std::int32_t number = 0;
  std::string text, digits;
  bool waiting = false;
};
/// The socket of `session` said which call it carries. Refused with `conflict` for a session that is
/// not the promised one or was attached before, with `not_found` for another call.
///
/// `deliver` gets what is to be sent, in order, on the CALL's thread, and must not block; `closed`
/// is the order to close the socket.
struct line_closed {};
using line_order = std::variant<talk::say, talk::press, talk::hang_up, talk::connect, line_closed>;
struct attach_line {
  user_id user;
  attempt_id attempt;
  std::int32_t session = 0;
  call_sid sid;
  std::shared_ptr<std::function<void(const line_order&)>> deliver;
};
/// Where the socket's events go from now on. Safe from any thread; never blocks.
struct line_attached {
  std::function<void(talk::event)> tell;
};
/// The socket of a session is over, and the call asks what now (the connect action). `ended`: by our
/// own wish; a call that goes on without one gets a new session or is hung up.
struct leave_line {
  user_id user;
  attempt_id attempt;
  bool ended = false;    ///< we ended the session
  bool call_over = false;
  std::string handoff;   ///< what we gave along
};
/// What a person does to a live call: owner_says, owner_whispers, owner_hangs_up, owner_transfers,
/// owner_answer. `wrong_state` when it is not being talked on; `invalid` for a number that is not
/// among the settings' transfer_numbers.
struct control_call {
  identity who;
  attempt_id attempt;
  talk::event what;
};
struct control_taken {
  talk::memory now;
};
/// Post-call processing, again or for the first time. `wrong_state` while the call goes on.
struct process_call {
  identity who;
  attempt_id attempt;
};

// -- the brain ----------------------------------------------------------------------------------------

/// A user's message to an agent. `on_text` gets the reply in pieces as it is let out, on any thread,
/// and must not block; the answer comes when all is stored. Without `on_text` only the answer comes.
struct ask_brain {
  identity who;
  brain::inquiry what;
  std::shared_ptr<std::function<void(std::string_view)>> on_text;
};

/// CALL to WRAP_UP: a conversation has ended, and that is stored.
struct talk_ended {
  user_id user;
  attempt_id attempt;
};

/// What /readyz shows.
struct ask_health {};
struct health {
  bool recovered = false;
  bool database = false;
  bool clock_trusted = true;
  bool stopped = false;
  bool carrier_open = true;
  std::string detail;
};

// -- between actors ---------------------------------------------------------------------------------

/// SCHEDULER to CAMPAIGN: ask for up to `wanted` permits now.
struct dispatch {
  std::uint32_t wanted = 1;
  bool stopped = false;
};
/// Its answer, when the intents are committed and handed to the SCHEDULER.
struct dispatched {
  std::uint32_t granted = 0;
  permit::refusal why = permit::refusal::none;
  std::optional<instant> next_at;
  instant decided_at{}; ///< the database's clock: only its distance to `next_at` is used
  campaign::progress counts;
};

/// CAMPAIGN to SCHEDULER: these attempts are committed; each becomes a CALL.
struct begin_calls {
  std::vector<intent> intents;
  std::uint64_t epoch = 0; ///< the campaign's stop epoch when the permits were asked for
  std::chrono::nanoseconds asked_at{}; ///< on clock.boot(): the age of the permits counts from here
};

/// CALL to its CAMPAIGN (by the SCHEDULER): an attempt is over or its target has moved.
struct call_over {
  campaign_id campaign;
  attempt_id attempt;
  campaign::progress counts;
};

/// CALL to SCHEDULER: the create request came back, by whatever way; its slot is free.
struct create_returned {
  attempt_id attempt;
  attempt::event verdict = attempt::event::accept;
  attempt::consequence then = attempt::consequence::none;
  std::optional<std::chrono::seconds> retry_after;
  std::string reason;
};

/// What the SCHEDULER knows around a call when its news arrive; the fences judge by it.
struct surroundings {
  std::optional<campaign::status> owner; ///< none: not known here, the CALL's own record stands
  bool stopped = false;
  bool window_open = true;
};

/// STORE to SCHEDULER to CALL: a callback was committed.
struct call_moved {
  user_id user;
  attempt_id attempt;
  call_sid sid;                     ///< the callback's
  std::optional<call::status> news; ///< the callback's
  std::string answered_by;
  callback_recorded recorded;
  bool answer_request = false;      ///< it was the answer webhook
  surroundings around;              ///< filled in by the SCHEDULER
};

/// SCHEDULER to CALL: its campaign was stopped; end what has not been answered.
struct withdraw_call {
  bool everything = false; ///< the global stop
};

/// CALL to DIALER.
struct dial {
  intent what;
  std::uint64_t epoch = 0;
  std::chrono::nanoseconds asked_at{};
  std::shared_ptr<const campaign_stop> campaign; ///< whose epoch the gate compares
};
struct end_call {
  call_sid sid;
  carrier::ending how = carrier::ending::cancel;
};
struct fetch_call {
  call_sid sid;
};
/// The other end is to ask for document `number` at once.
struct redirect_call {
  call_sid sid;
  user_id user;
  attempt_id attempt;
  std::int32_t number = 0;
};
struct look_for_call {
  phone_number to, from;
};
/// What the carrier lists for the numbers, and its newest calls for the watermark.
struct lists {
  std::vector<attempt::listed_call> matching;
  std::vector<attempt::listed_call> newest;
};

/// Reads of a STORE lane.
struct load_campaigns {};
struct load_doubtful {};
struct load_accepted {
  attempt_id after;
  std::size_t limit = 1000;
};
struct load_attempt {
  user_id user;
  attempt_id attempt;
};
struct filter_bound {
  std::vector<call_sid> sids;
};
struct note_absent {
  user_id user;
  attempt_id attempt;
  instant at{};
};
struct read_clock {};

/// To the FEED: something a user may want to see at once.
struct notice {
  user_id user;
  std::string kind;    ///< "campaign", "call", "target", "stop", "task", "notification", "segment", "gap", "proposal"; "reset"
  std::string subject; ///< id
  std::string data;    ///< JSON text: an object that names the ids and the status
};
struct feed_entry {
  std::uint64_t seq = 0;
  notice what;
  /// Which run of the engine counted `seq`: it begins anew with every start.
  std::uint64_t epoch = 0;
};
/// A reader of the FEED: called on the FEED's thread, must not block; false ends it.
///
/// With an `epoch` the reader says in which run it saw `after`. If that was another one, or what
/// came next is no longer remembered, nothing is replayed: it gets one entry of kind "reset" first,
/// with the place from which it goes on, and has to read anew what it shows.
struct follow_feed {
  user_id user;
  std::uint64_t after = 0;
  std::shared_ptr<std::function<bool(const feed_entry&)>> deliver;
  std::uint64_t epoch = 0; ///< 0: nothing is known of one
};

} // namespace ringmaster

// Local-only types: CAF may carry them inside the process without knowing how to write them.
#define RINGMASTER_LOCAL(...) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(__VA_ARGS__)
namespace ringmaster {
using asked_steer = asked<change::steer_campaign, campaign_steered>;
using asked_callback = asked<change::record_callback, callback_recorded>;
using asked_open = asked<change::open_call, call_opened>;
using asked_execute = asked<execute_campaign, execution>;
using asked_stop = asked<stop_everything, stop_report>;
using asked_plan = asked<plan_task, task::record>;
using asked_start = asked<start_task, task_started>;
using asked_open_line = asked<open_line, line_document>;
using asked_hear = asked<hear_line, line_document>;
using asked_attach = asked<attach_line, line_attached>;
using asked_leave = asked<leave_line, line_document>;
using asked_control = asked<control_call, control_taken>;
using asked_process = asked<process_call, talk::wrapped>;
using asked_brain = asked<ask_brain, brain::answered>;
using asked_waiting = asked<ask_waiting, waiting>;
using asked_health = asked<ask_health, health>;
} // namespace ringmaster

RINGMASTER_LOCAL(ringmaster::asked_steer)
RINGMASTER_LOCAL(ringmaster::asked_callback)
RINGMASTER_LOCAL(ringmaster::asked_open)
RINGMASTER_LOCAL(ringmaster::asked_execute)
RINGMASTER_LOCAL(ringmaster::asked_stop)
RINGMASTER_LOCAL(ringmaster::asked_plan)
RINGMASTER_LOCAL(ringmaster::asked_start)
RINGMASTER_LOCAL(ringmaster::asked_open_line)
RINGMASTER_LOCAL(ringmaster::asked_hear)
RINGMASTER_LOCAL(ringmaster::asked_attach)
RINGMASTER_LOCAL(ringmaster::asked_leave)
RINGMASTER_LOCAL(ringmaster::asked_control)
RINGMASTER_LOCAL(ringmaster::asked_process)
RINGMASTER_LOCAL(ringmaster::asked_brain)
RINGMASTER_LOCAL(ringmaster::talk_ended)
RINGMASTER_LOCAL(ringmaster::tasks_changed)
RINGMASTER_LOCAL(ringmaster::webhooks_changed)
RINGMASTER_LOCAL(ringmaster::asked_waiting)
RINGMASTER_LOCAL(ringmaster::asked_health)
RINGMASTER_LOCAL(ringmaster::targets_added)
RINGMASTER_LOCAL(ringmaster::desk_job)
RINGMASTER_LOCAL(ringmaster::dispatch)
RINGMASTER_LOCAL(ringmaster::dispatched)
RINGMASTER_LOCAL(ringmaster::begin_calls)
RINGMASTER_LOCAL(ringmaster::call_over)
RINGMASTER_LOCAL(ringmaster::create_returned)
RINGMASTER_LOCAL(ringmaster::call_moved)
RINGMASTER_LOCAL(ringmaster::withdraw_call)
RINGMASTER_LOCAL(ringmaster::dial)
RINGMASTER_LOCAL(ringmaster::end_call)
RINGMASTER_LOCAL(ringmaster::fetch_call)
RINGMASTER_LOCAL(ringmaster::redirect_call)
RINGMASTER_LOCAL(ringmaster::look_for_call)
RINGMASTER_LOCAL(ringmaster::lists)
RINGMASTER_LOCAL(ringmaster::load_campaigns)
RINGMASTER_LOCAL(ringmaster::load_doubtful)
RINGMASTER_LOCAL(ringmaster::load_accepted)
RINGMASTER_LOCAL(ringmaster::load_attempt)
RINGMASTER_LOCAL(ringmaster::filter_bound)
RINGMASTER_LOCAL(ringmaster::note_absent)
RINGMASTER_LOCAL(ringmaster::read_clock)
RINGMASTER_LOCAL(ringmaster::notice)
RINGMASTER_LOCAL(ringmaster::follow_feed)
RINGMASTER_LOCAL(ringmaster::change::ask_permits)
RINGMASTER_LOCAL(ringmaster::change::advance_attempt)
RINGMASTER_LOCAL(ringmaster::change::record_callback)
RINGMASTER_LOCAL(ringmaster::change::open_call)
RINGMASTER_LOCAL(ringmaster::change::steer_campaign)
RINGMASTER_LOCAL(ringmaster::change::note_talk)
RINGMASTER_LOCAL(ringmaster::result<ringmaster::permits>)
RINGMASTER_LOCAL(ringmaster::result<ringmaster::attempt_advanced>)
RINGMASTER_LOCAL(ringmaster::result<ringmaster::callback_recorded>)
RINGMASTER_LOCAL(ringmaster::result<ringmaster::call_opened>)
RINGMASTER_LOCAL(ringmaster::result<ringmaster::campaign_steered>)
RINGMASTER_LOCAL(ringmaster::result<ringmaster::talk_noted>)
RINGMASTER_LOCAL(ringmaster::result<std::vector<ringmaster::campaign_brief>>)
RINGMASTER_LOCAL(ringmaster::result<std::vector<ringmaster::call_brief>>)
RINGMASTER_LOCAL(ringmaster::result<ringmaster::call_brief>)
RINGMASTER_LOCAL(ringmaster::result<std::vector<ringmaster::call_sid>>)
RINGMASTER_LOCAL(ringmaster::result<ringmaster::instant>)
RINGMASTER_LOCAL(ringmaster::result<void>)
RINGMASTER_LOCAL(ringmaster::result<ringmaster::call_news>)
RINGMASTER_LOCAL(ringmaster::result<ringmaster::lists>)
RINGMASTER_LOCAL(ringmaster::attempt::exchange)
