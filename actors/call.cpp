#include "actors/call.hpp"

#include <utility>

#include <spdlog/spdlog.h>

#include "actors/guard.hpp"
#include "actors/talk_part.hpp"

namespace ringmaster {

call_session::call_session(caf::actor_config& config, world_ptr all, call_start start)
  : watched(config, all->watch, actor_kind::call, start.what.what.attempt.value, start.parent), all_(std::move(all)),
    start_(std::make_unique<call_start>(std::move(start))) {
  guard(this, "call");
  const auto& what = start_->what.what;
  user_ = what.user;
  campaign_ = what.campaign;
  target_ = what.target;
  attempt_ = what.attempt;
}

call_session::~call_session() = default;

void call_session::on_exit() {
  talk_.reset();
  all_.reset();
}

talk_part& call_session::talk() {
  if (!talk_) {
    talk_ = std::make_unique<talk_part>(*this);
    if (auto word = std::exchange(detected_, nullptr))
      talk_->detected(*word);
  }
  return *talk_;
}

bool call_session::has_talked() const { return talked_ || (talk_ && talk_->begun()); }

call_session::behavior_type call_session::make_behavior() {
  auto start = std::move(start_);
  begin(*start);
  return {
    [this](const call_moved& m) { moved(m); },
    [this](const withdraw_call& w) { withdraw(w.everything); },
    [this](asked_open_line& asked) { talk().open(asked); },
    [this](asked_hear& asked) { talk().hear(asked); },
    [this](asked_attach& asked) { talk().attach(asked); },
    [this](asked_leave& asked) { talk().leave(asked); },
    [this](asked_control& asked) { talk().control(asked); },
    [this](const wake&) {
      if (talk_)
        talk_->woken();
      // Perhaps it was for the conversation only.
      if (armed_ != moment{0} ? all_->boot() >= armed_ : !talk_)
        woken();
      leave_if_done();
    },
    [this](const go_on& what) { (*what.run)(); },
    [this](const retire&) {
      retiring_ = true;
      leave_if_done();
    },
  };
}

// -- beginning ----------------------------------------------------------------------------------------

void call_session::begin(call_start& start) {
  auto& brief = start.what;
  to_ = brief.what.to;
  from_ = brief.what.from;
  permit_at_ = brief.what.permit_at;
  number_ = brief.what.attempt_number;
  max_attempts_ = brief.what.max_attempts;
  closes_at_ = start.closes_at;
  owner_ = brief.owner;
  last_news_ = all_->boot();
  if (start.from == call_start::origin::permit) {
    dial_out(start);
    return;
  }
  state_ = brief.state;
  if (brief.call_state)
    call_state_ = *brief.call_state;
  answerer_ = call::read_answered_by(brief.answered_by);
  first_absent_ = brief.first_absent_read;
  talked_ = brief.talked;
  auto look_at = all_->boot() + start.first_look;
  auto unbound = state_ == attempt::status::intent || state_ == attempt::status::ambiguous
                 || state_ == attempt::status::needs_review;
  if (brief.sid && !unbound)
    sid_ = *brief.sid;
  if (state_ == attempt::status::ambiguous)
    all_->parts.counters.attempts_ambiguous.fetch_add(1, std::memory_order_relaxed);
  if (state_ == attempt::status::needs_review)
    target_moved_ = true;
  if (brief.sid && unbound) {
    // Its own callback was stored, and the engine ended before it could draw the conclusion.
    bind(*brief.sid, brief.call_state, "shown by its own callback");
    return;
  }
  switch (state_) {
    case attempt::status::intent:
      resolve_intent(start.from);
      break;
    case attempt::status::ambiguous:
      arm(look_at);
      break;
    case attempt::status::accepted:
      if (call::ended(call_state_))
        settle();
      else
        arm(look_at);
      break;
    default:
      // Over, or waiting for a person. Whatever made the SCHEDULER load it follows as a message; it ends after that.
      over_ = true;
      arm(all_->boot() + std::chrono::seconds(1));
      break;
  }
}

void call_session::dial_out(call_start& start) {
  dialing_ = true;
  request(
    all_->dialer, caf::infinite,
    dial{std::move(start.what.what), start.epoch, start.asked_at, std::move(start.campaign)})
    .then(
      [this](const attempt::exchange& x) { returned(x); },
      [this](caf::error&) {
        // The DIALER is gone with the request; nobody knows how far it came.
        attempt::exchange x;
        x.how = decltype(attempt::exchange::how)::broken;
        x.detail = "the dialer ended";
        returned(x);
      });
}

void call_session::resolve_intent(call_start::origin from) {
  using witness = send_log::witness;
  auto seen = all_->parts.marks.recall(attempt_);
  if (seen.sid) {
    bind(*seen.sid, std::nullopt, "found in the send log");
    return;
  }
  auto not_sent = from == call_start::origin::orphan
                  || (from == call_start::origin::boot && seen.mark == witness::not_sent);
  if (not_sent)
    conclude(attempt::event::withdraw, target::event::requeue, "the engine ended before it was sent");
  else
    conclude(attempt::event::lose, target::event::requeue, "the engine ended while it was sent");
}

// -- the create request comes back ------------------------------------------------------------------------

void call_session::returned(const attempt::exchange& x) {
  dialing_ = false;
  auto judged = attempt::judge(x);
  send(
    all_->scheduler,
    create_returned{attempt_, judged.on, judged.then, x.retry_after, judged.reason});
  if (sid_ || over_ || open_) {
    returned_late(x);
    return;
  }
  switch (judged.on) {
    case attempt::event::accept: {
      auto guard = all_->options().close_guard;
      if (x.queue_time && closes_at_ && all_->now() + *x.queue_time > *closes_at_ - guard)
        withdrawn_ = too_late_ = true; // the carrier would dial it after the window
      bind(*x.sid, x.state, judged.reason);
      break;
    }
    case attempt::event::lose:
      spdlog::warn("call {}: perhaps placed: {}", to_string(attempt_), judged.reason);
      conclude(attempt::event::lose, target::event::requeue, judged.reason, x.carrier_code);
      break;
    default:
      conclude(
        judged.on, judged.target_step, judged.reason, x.carrier_code,
        judged.then == attempt::consequence::back_off);
      break;
  }
}

/// The call has shown itself before the create request came back: its own callback is the
/// stronger evidence, whatever the answer says.
void call_session::returned_late(const attempt::exchange& x) {
  const auto& bound = sid_ ? sid_ : open_ && open_->what.sid ? *open_->what.sid : sid_;
  if (x.sid && bound && *x.sid != bound)
    end_stray(*x.sid);
  else if (x.sid && !bound)
    end_stray(*x.sid);
  leave_if_done();
}

} // namespace ringmaster
