#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "domain/attempt.hpp"
#include "domain/breaker.hpp"
#include "domain/conversation.hpp"
#include "domain/rate.hpp"
#include "domain/retry.hpp"

namespace ringmaster {

/// What the actors are told at start. Every value has a reason in the member that uses it.
struct engine_options {
  /// Create requests per second over all campaigns; 0: not paced.
  double calls_per_second = 1;
  attempt::ladder ladder{};
  retry_delays retry{};
  std::chrono::milliseconds ring_timeout{30'000};
  std::chrono::milliseconds time_limit{600'000};
  /// Silence beyond the ring timeout (before an answer) or the time limit (after it) after which
  /// the carrier is asked how the call stands.
  std::chrono::milliseconds poll_silence{30'000};
  /// How old a permit may be when its first byte leaves.
  std::chrono::milliseconds permit_ttl = ringmaster::permit_ttl;
  /// A call that the carrier would dial later than this before the window's end is canceled.
  std::chrono::milliseconds close_guard{5'000};
  /// Connections to the carrier: how many creates make progress at the same time.
  std::size_t connections = 32;
  /// Permits asked for or on the wire at most, however fast the carrier is.
  std::size_t in_flight_most = 2'048;

  /// Count and time what the actors do, for the actor console.
  bool watch = true;

  /// Nothing is judged less often than this, whatever the timers say.
  std::chrono::milliseconds tick{15'000};
  /// The wall clock may move this much against the steady one before dialing pauses for a tick.
  std::chrono::milliseconds clock_step_most{2'000};
  std::chrono::milliseconds skew_warn{1'000};
  std::chrono::milliseconds skew_stop{5'000};

  /// Waits between looks at a store that does not answer.
  std::chrono::milliseconds store_retry_first{250};
  std::chrono::milliseconds store_retry_most{2'000};
  /// A store that lets a look wait longer is down: it may hang without an error. While there is
  /// dialing, it is looked at this often at least.
  std::chrono::milliseconds store_patience{2'000};
  std::chrono::milliseconds store_watch{1'000};
  breaker::settings carrier{};

  /// Supervision: the wait before an actor is made again, doubled each time, and how many of a
  /// campaign's actors may end badly within `restart_span` before the campaign is paused.
  std::chrono::milliseconds restart_first{500};
  std::chrono::milliseconds restart_most{30'000};
  std::chrono::seconds restart_span{60};
  std::size_t restarts_most = 5;

  std::size_t accepted_page = 1'000;
  /// Distance of two first polls after a start, so that thousands of calls do not ask at once.
  std::chrono::milliseconds poll_spread{10};
  std::size_t threads = 1;

  // -- conversations --
  /// How the words travel, and the bounds of every conversation.
  talk::line_kind line = talk::line_kind::turns;
  talk::limits talk{};
  bool recording_allowed = false;
  /// An answer to the carrier is given at the latest after this, with a filler.
  std::chrono::milliseconds document_patience{4'000};
  /// A call whose socket is gone and whose carrier says nothing is ended after this.
  std::chrono::milliseconds line_patience{20'000};
  /// Processings after calls that are under way at the same time, and what a model may take for one.
  std::size_t wrap_ups_most = 8;
  std::chrono::milliseconds wrap_up_patience{120'000};
  /// A processing that failed is tried again after this, doubled each time; after `wrap_up_tries`
  /// the built-in rules do it.
  std::chrono::milliseconds wrap_up_again{5'000};
  std::size_t wrap_up_tries = 3;

  // -- the brain --
  /// Questions in chats that are answered at the same time, of one user and of all; as many may
  /// wait, of one user and of all. What comes beyond is refused.
  std::size_t questions_per_user = 4;
  std::size_t questions_most = 64;
  std::size_t questions_queued_per_user = 8;
  std::size_t questions_queued = 256;
  /// An answer that takes longer is given up.
  std::chrono::milliseconds question_patience{60'000};
  /// A callee who asked something does not wait longer than this for the knowledge base.
  std::chrono::milliseconds consult_patience{300};

  // -- tasks --
  /// Said at the beginning of every task's call, word for word.
  std::string disclosure;
  /// Plannings, and calls by the engine itself, that are under way at the same time.
  std::size_t plannings_most = 8;
  /// Plannings that wait for a place; what comes beyond is found again later, in the store.
  std::size_t plannings_queued = 10'000;
  /// How often a planner may end badly before its task is given up.
  std::size_t planner_deaths_most = 3;
  /// What a model may take for one question of a planning, and for the script of a call that a
  /// user waits for.
  std::chrono::milliseconds plan_patience{120'000};
  std::chrono::milliseconds script_patience{20'000};
  /// Starts of calls that are under way at the same time, users' and the engine's.
  std::size_t task_starts_most = 256;
  /// How long the answer to a started call waits for the carrier's name of it.
  std::chrono::milliseconds sid_patience{3'000};
  /// A call of the engine's own that was refused is not tried again before this; the wait doubles.
  std::chrono::milliseconds task_retry_first{60'000};
  std::chrono::milliseconds task_retry_most{3'600'000};
  /// How far ahead the engine looks for calls that it will have to make again.
  std::chrono::hours task_horizon{24 * 366};
  /// Tasks that are read at a time.
  std::size_t task_page = 1'000;
};

} // namespace ringmaster
