#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/call.hpp"
#include "actors/talk_part.hpp"

// How a CALL stores its steps.

namespace ringmaster {

change::advance_attempt call_session::step(attempt::event on, std::string reason) const {
  change::advance_attempt what;
  what.user = user_;
  what.campaign = campaign_;
  what.target = target_;
  what.attempt = attempt_;
  what.on = on;
  what.reason = std::move(reason);
  return what;
}

void call_session::store_step(change::advance_attempt what, follow_up then) {
  open_ = std::make_unique<open_step>();
  open_->what = std::move(what);
  open_->then = std::move(then);
  store_open_step();
}

/// `await`: no other message is looked at until the STORE has answered, so the steps of one
/// attempt are one after the other.
void call_session::store_open_step() {
  if (std::exchange(storing_, true))
    return;
  request(all_->lane_for(attempt_.value), caf::infinite, open_->what)
    .await(
      [this](const result<attempt_advanced>& answer) {
        storing_ = false;
        if (!answer) {
          step_refused(answer.error());
          return;
        }
        auto done = std::move(open_);
        tries_ = 0;
        state_ = answer->state;
        if (done->what.target_step)
          target_moved_ = true;
        if (state_ == attempt::status::accepted && done->what.on != attempt::event::accept)
          found_accepted(*answer);
        else
          done->then(*answer);
        for (const auto& m : done->later)
          moved(m);
        leave_if_done();
      },
      [this](const caf::error&) {
        storing_ = false;
        step_refused(error{.code = errc::unavailable, .detail = "the store has ended"});
      });
}

/// We wanted to conclude something else, but the row knows its call already.
void call_session::found_accepted(const attempt_advanced& now) {
  if (!now.bound) {
    quit(caf::make_error(caf::sec::runtime_error, "accepted without a call"));
    return;
  }
  sid_ = *now.bound;
  if (now.call_state)
    take_state(*now.call_state);
  if (call::ended(call_state_))
    settle();
  else
    arm(all_->boot());
}

void call_session::step_refused(const error& why) {
  if (why.code == errc::wrong_state || why.code == errc::not_found) {
    // The row says otherwise than we do: it is right. End badly, and be made again from it.
    spdlog::error("call {}: step refused: {}", to_string(attempt_), why.detail);
    quit(caf::make_error(caf::sec::runtime_error, "the stored attempt disagrees"));
    return;
  }
  if (open_->what.on == attempt::event::accept && open_->what.sid && !open_->noted) {
    // The one thing that must outlive us: which call it is. With an fsync, as nothing else will.
    open_->noted = all_->parts.marks.note_result(attempt_, *open_->what.sid);
  }
  if (retiring_) {
    leave_if_done();
    return;
  }
  send(all_->scheduler, store_trouble{why.detail});
  auto wait = std::min(
    all_->options().store_retry_most,
    all_->options().store_retry_first * (1 << std::min<int>(tries_, 10)));
  tries_ = static_cast<std::uint8_t>(std::min<int>(tries_ + 1, 200));
  arm(all_->boot() + wait);
}

void call_session::bind(const call_sid& sid, std::optional<call::status> news, std::string reason) {
  auto was_ambiguous = state_ == attempt::status::ambiguous;
  auto what = step(attempt::event::accept, std::move(reason));
  what.sid = sid;
  what.call_state = news;
  store_step(std::move(what), [this, was_ambiguous](const attempt_advanced& now) {
    if (was_ambiguous)
      all_->parts.counters.attempts_ambiguous.fetch_sub(1, std::memory_order_relaxed);
    sid_ = now.bound.value_or(call_sid{});
    if (!sid_) {
      quit(caf::make_error(caf::sec::runtime_error, "accepted without a call"));
      return;
    }
    last_news_ = all_->boot();
    if (now.call_state)
      take_state(*now.call_state);
    tell("accepted");
    if (state_ == attempt::status::ended) {
      over(now.counts);
    } else if (call::ended(call_state_)) {
      settle();
    } else {
      arm(silence_ends(), true);
      if (withdrawn_ || withdrawn_all_)
        withdraw(withdrawn_all_);
    }
  });
  // The store may hold on to a call that showed itself first; then the offered one is a stray.
  if (open_) {
    auto then = std::move(open_->then);
    open_->then = [this, sid, then = std::move(then)](const attempt_advanced& now) {
      if (now.bound && *now.bound != sid)
        end_stray(sid);
      then(now);
    };
  }
}

/// Every step but `accept` and `settle`: no call, or nobody knows.
void call_session::conclude(
  attempt::event on, target::event target_step, std::string reason,
  std::optional<std::int32_t> code, bool back_off) {
  using event = attempt::event;
  auto what = step(on, std::move(reason));
  what.error_code = code;
  if (on == event::lose) {
    store_step(std::move(what), [this](const attempt_advanced&) {
      all_->parts.counters.attempts_ambiguous.fetch_add(1, std::memory_order_relaxed);
      tell("ambiguous");
      // A first look soon: what is listed already can be bound. Absence counts only later.
      arm(all_->boot() + std::min<moment>(std::chrono::seconds(5), all_->options().ladder.first));
    });
    return;
  }
  auto now = all_->now();
  if (on == event::reject)
    what.outcome = call::outcome::rejected;
  if (on == event::expire || on == event::confuse)
    what.outcome = call::outcome::unknown;
  what.target_step = target_step;
  if (target_step == target::event::retry) {
    auto verdict = after_call(
      call::outcome::failed, number_, max_attempts_, all_->options().retry, now);
    what.target_step = verdict.step;
    what.target_due_at = verdict.due_at;
  }
  if (target_step == target::event::requeue) {
    what.counts = false;
    // Perhaps it rang after all; and whatever held this one back holds the next as well.
    if (on == event::absent)
      what.target_due_at = now + all_->options().retry.min_gap;
    else if (on == event::withdraw || back_off)
      what.target_due_at = now + std::chrono::seconds(1);
  }
  auto was_ambiguous = state_ == attempt::status::ambiguous;
  store_step(std::move(what), [this, was_ambiguous](const attempt_advanced& stored) {
    if (was_ambiguous)
      all_->parts.counters.attempts_ambiguous.fetch_sub(1, std::memory_order_relaxed);
    tell("over");
    over(stored.counts);
  });
}

void call_session::settle() {
  if (over_ || open_ || state_ != attempt::status::accepted)
    return;
  // What was said is stored first: whoever reads the call as ended finds it whole.
  if (talk_ && !talk_->finish())
    return;
  auto what = step(attempt::event::settle);
  what.call_state = call_state_;
  what.outcome = call::outcome_of(call_state_, talk_ ? talk_->answerer(answerer_) : answerer_);
  if (!target_moved_) {
    auto verdict = after_call(
      what.outcome, number_, max_attempts_, all_->options().retry, all_->now());
    what.target_step = verdict.step;
    what.target_due_at = verdict.due_at;
    what.counts = verdict.step != target::event::requeue;
    if (set_aside_ && (verdict.step == target::event::requeue || verdict.step == target::event::retry)) {
      what.target_step = target::event::give_up;
      what.target_due_at.reset();
      what.counts = true;
    }
    if (too_late_ && !what.counts)
      what.target_due_at = closes_at_; // not again in this window: the queue is as long as before
  }
  store_step(std::move(what), [this](const attempt_advanced& now) {
    tell("over");
    over(now.counts);
  });
}

void call_session::over(const campaign::progress& counts) {
  if (std::exchange(over_, true))
    return;
  send(all_->scheduler, call_over{campaign_, attempt_, counts});
  if (has_talked())
    send(all_->wrap_up, talk_ended{user_, attempt_});
}

void call_session::leave_if_done() {
  // The engine ends: what is open now is found again by the next start.
  if (retiring_ && !dialing_ && !storing_ && !(talk_ && talk_->writing())) {
    quit(caf::exit_reason::user_shutdown);
    return;
  }
  if (over_ && !dialing_ && !open_ && strays_.empty() && outstanding_ == 0 && !(talk_ && talk_->busy()))
    quit();
}

} // namespace ringmaster
