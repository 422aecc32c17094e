#pragma once

#include <caf/typed_actor.hpp>

#include "actors/messages.hpp"

// Every role, handler by handler. Roles are written in capitals in comments.

namespace ringmaster {

/// The STORE: one lane, one connection, one thread; the only kind of actor (with the DESK) that
/// blocks. Answers after the commit.
using store_actor = caf::typed_actor<
  caf::replies_to<change::ask_permits>::with<result<permits>>,
  caf::replies_to<change::advance_attempt>::with<result<attempt_advanced>>,
  caf::replies_to<change::record_callback>::with<result<callback_recorded>>,
  caf::replies_to<change::steer_campaign>::with<result<campaign_steered>>,
  caf::replies_to<change::note_talk>::with<result<talk_noted>>,
  // From the edge; committed callbacks are told to the SCHEDULER as `call_moved`.
  caf::reacts_to<asked_callback>, caf::reacts_to<asked_open>,
  // Reads, between two batches.
  caf::replies_to<load_campaigns>::with<result<std::vector<campaign_brief>>>,
  caf::replies_to<load_doubtful>::with<result<std::vector<call_brief>>>,
  caf::replies_to<load_accepted>::with<result<std::vector<call_brief>>>,
  caf::replies_to<load_attempt>::with<result<call_brief>>,
  caf::replies_to<filter_bound>::with<result<std::vector<call_sid>>>,
  caf::replies_to<note_absent>::with<result<void>>,
  caf::replies_to<read_clock>::with<result<instant>>>;

/// The DESK: runs the transactions of users, one at a time.
using desk_actor = caf::typed_actor<caf::reacts_to<desk_job>>;

/// The DIALER: the carrier's door. Never blocks, never retries a create.
using dialer_actor = caf::typed_actor<
  caf::replies_to<dial>::with<attempt::exchange>,
  caf::replies_to<end_call>::with<result<call_news>>,
  caf::replies_to<fetch_call>::with<result<call_news>>,
  caf::replies_to<redirect_call>::with<result<call_news>>,
  caf::replies_to<look_for_call>::with<result<lists>>>;

/// A CALL: one attempt from its intent to its end, and the conversation while it is answered.
using call_actor = caf::typed_actor<
  caf::reacts_to<call_moved>, caf::reacts_to<withdraw_call>, caf::reacts_to<asked_open_line>,
  caf::reacts_to<asked_hear>, caf::reacts_to<asked_attach>, caf::reacts_to<asked_leave>,
  caf::reacts_to<asked_control>>;

/// WRAP_UP: finds out what conversations came to, also after a restart.
using wrap_up_actor = caf::typed_actor<caf::reacts_to<talk_ended>, caf::reacts_to<asked_process>>;

/// The BRAIN: answers users' messages to their agents from what they know.
using brain_actor = caf::typed_actor<caf::reacts_to<asked_brain>>;

/// A CAMPAIGN: one running campaign; asks for permits when told, knows when it is finished.
using campaign_actor =
  caf::typed_actor<caf::replies_to<dispatch>::with<dispatched>, caf::reacts_to<call_over>>;

/// TASKS: plans tasks and calls for them, also after a restart and when a retry is due.
using tasks_actor =
  caf::typed_actor<caf::reacts_to<asked_plan>, caf::reacts_to<asked_start>, caf::reacts_to<tasks_changed>>;

/// The COURIER: carries messages to users' webhooks, also those that the last run left.
using courier_actor = caf::typed_actor<caf::reacts_to<webhooks_changed>>;

/// The FEED: passes notices on to whoever follows.
using feed_actor = caf::typed_actor<caf::reacts_to<notice>, caf::reacts_to<follow_feed>>;

/// The SCHEDULER: supervises all CAMPAIGNs and CALLs, says when to ask for a permit, and is the
/// one place where an id becomes an actor.
using scheduler_actor = caf::typed_actor<
  // From the edge.
  caf::reacts_to<asked_steer>, caf::reacts_to<asked_execute>, caf::reacts_to<asked_stop>,
  caf::reacts_to<asked_waiting>, caf::reacts_to<asked_health>, caf::reacts_to<targets_added>,
  // From the edge, for a CALL.
  caf::reacts_to<asked_open_line>, caf::reacts_to<asked_hear>, caf::reacts_to<asked_attach>,
  caf::reacts_to<asked_leave>, caf::reacts_to<asked_control>,
  // From the STORE, CAMPAIGNs and CALLs.
  caf::reacts_to<call_moved>, caf::reacts_to<begin_calls>, caf::reacts_to<create_returned>,
  caf::reacts_to<call_over>>;

} // namespace ringmaster
