#include <algorithm>
#include <string>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/call.hpp"
#include "actors/talk_part.hpp"

// What a CALL makes of the news about its call, and how it ends one.

namespace ringmaster {

void call_session::moved(const call_moved& m) {
  if (m.around.owner)
    owner_ = *m.around.owner;
  if (!m.sid)
    return;
  if (open_) {
    // What brought this message was a commit, so the store answers again.
    open_->later.push_back(m);
    store_open_step();
    return;
  }
  last_news_ = all_->boot();
  switch (state_) {
    case attempt::status::intent:
    case attempt::status::ambiguous:
    case attempt::status::needs_review:
      // A signed callback that names this attempt proves the call: the strongest evidence.
      bind(m.sid, m.recorded.state, "shown by its own callback");
      open_->later.push_back(m);
      break;
    case attempt::status::accepted:
      if (m.sid == sid_)
        moved_ours(m);
      else
        end_stray(m.sid);
      break;
    case attempt::status::ended:
      if (m.sid != sid_)
        end_stray(m.sid);
      else if (m.recorded.verdict == call::change::conflict)
        fetch();
      break;
    default:
      // Concluded as no call, or as nobody's: whatever rings now must stop.
      end_stray(m.sid);
      break;
  }
  leave_if_done();
}

void call_session::moved_ours(const call_moved& m) {
  if (auto by = call::read_answered_by(m.answered_by); by != call::answerer::not_told) {
    answerer_ = by;
    if (talk_)
      talk_->detected(m.answered_by);
    else
      detected_ = std::make_unique<std::string>(m.answered_by);
  }
  take_state(m.recorded.state);
  if (m.recorded.verdict == call::change::conflict)
    fetch();
  if (call::ended(call_state_)) {
    settle();
    return;
  }
  if (m.news != call::status::initiated && !m.answer_request)
    return;
  attempt::fence_facts facts;
  facts.attempt = state_;
  facts.owner = owner_;
  facts.stopped = m.around.stopped;
  facts.window_open = m.around.window_open;
  facts.answered = m.answer_request;
  if (attempt::judge_fence(facts) == attempt::fence::pass)
    return;
  if (!std::exchange(late_, true))
    all_->parts.counters.late_calls.fetch_add(1, std::memory_order_relaxed);
  spdlog::warn("call {}: late_call: it may not go on and is ended", to_string(attempt_));
  end(m.answer_request || call_state_ == call::status::in_progress ? carrier::ending::hang_up
                                                                    : carrier::ending::cancel);
}

void call_session::take_state(call::status news) {
  if (call::judge(call_state_, news) != call::change::advance)
    return;
  call_state_ = news;
  last_news_ = all_->boot();
  tell("moved");
}

void call_session::withdraw(bool everything) {
  withdrawn_ = true;
  withdrawn_all_ = withdrawn_all_ || everything;
  if (state_ != attempt::status::accepted || over_ || open_)
    return;
  // Queued at the carrier: canceled. What rings or talks may finish; the global stop ends what
  // nobody has answered.
  auto limit = withdrawn_all_ ? call::status::in_progress : call::status::ringing;
  if (call::rank(call_state_) < call::rank(limit))
    end(carrier::ending::cancel);
}

// -- asking the carrier ---------------------------------------------------------------------------------

void call_session::end(carrier::ending how) {
  ending_ = how;
  if (asking_)
    return; // woken() comes back to it
  asking_ = true;
  ++outstanding_;
  request(all_->dialer, caf::infinite, end_call{sid_, how})
    .then(
      [this](const result<call_news>& answer) {
        asking_ = false;
        --outstanding_;
        if (answer) {
          ending_.reset();
          tries_ = 0;
          // A call that is canceled in the carrier's queue fires no callback: we close the record.
          if (call::ended(answer->state))
            record(*answer);
          else
            arm(all_->boot() + std::chrono::seconds(2)); // it ends soon, or has: ask then
        } else {
          spdlog::warn("call {}: not ended: {}", to_string(attempt_), answer.error().detail);
          tries_ = static_cast<std::uint8_t>(std::min<int>(tries_ + 1, 200));
          arm(all_->boot() + std::chrono::seconds(1 << std::min<int>(tries_, 5)));
        }
        leave_if_done();
      },
      [this](const caf::error&) {
        asking_ = false;
        --outstanding_;
        leave_if_done();
      });
}

void call_session::end_stray(const call_sid& sid) {
  if (std::find(strays_.begin(), strays_.end(), sid) != strays_.end())
    return;
  strays_.push_back(sid);
  all_->parts.counters.late_calls.fetch_add(1, std::memory_order_relaxed);
  spdlog::warn("call {}: late_call: a call that is not its own is ended", to_string(attempt_));
  woken();
}

void call_session::record(const call_news& news) {
  change::record_callback what;
  what.user = user_;
  what.attempt = attempt_;
  what.kind = "poll";
  what.sid = sid_;
  what.news = news.state;
  what.duration_seconds = news.duration_seconds;
  what.answered_by = news.answered_by;
  what.received_at = all_->now();
  ++outstanding_;
  request(all_->lane_for(attempt_.value), caf::infinite, std::move(what))
    .then(
      [this, by = call::read_answered_by(news.answered_by)](const result<callback_recorded>& answer) {
        --outstanding_;
        if (!answer) {
          arm(all_->boot() + all_->options().store_retry_most);
          return;
        }
        if (by != call::answerer::not_told)
          answerer_ = by;
        take_state(answer->state);
        if (call::ended(call_state_))
          settle();
        leave_if_done();
      },
      [this](const caf::error&) {
        --outstanding_;
        leave_if_done();
      });
}

void call_session::fetch() {
  if (asking_ || !sid_)
    return;
  asking_ = true;
  ++outstanding_;
  all_->parts.counters.polls.fetch_add(1, std::memory_order_relaxed);
  request(all_->dialer, caf::infinite, fetch_call{sid_})
    .then(
      [this](const result<call_news>& answer) {
        asking_ = false;
        --outstanding_;
        if (answer) {
          tries_ = 0;
          auto change = call::judge(call_state_, answer->state);
          if (change != call::change::repeat) {
            if (change == call::change::advance)
              last_news_ = all_->boot();
            record(*answer); // a conflict too: the carrier's own word belongs to the record
          }
        } else if (answer.error().code == errc::not_found) {
          vanished();
        } else {
          tries_ = static_cast<std::uint8_t>(std::min<int>(tries_ + 1, 200));
        }
        if (state_ == attempt::status::accepted && !open_) {
          if (ending_)
            end(*ending_);
          else
            arm(std::max(silence_ends(), all_->boot() + all_->options().poll_silence), true);
        }
        leave_if_done();
      },
      [this](const caf::error&) {
        asking_ = false;
        --outstanding_;
        leave_if_done();
      });
}

/// The carrier does not know the call. Its reads lag behind, so that proves nothing for long; but
/// after everything that may last has lasted, the call is over and nobody knows how.
void call_session::vanished() {
  const auto& o = all_->options();
  auto longest = o.ring_timeout + o.time_limit + o.ladder.give_up;
  if (state_ != attempt::status::accepted || open_ || all_->boot() - last_news_ < longest)
    return;
  auto what = step(attempt::event::settle, "the carrier no longer knows the call");
  what.call_state = call::status::failed;
  what.outcome = call::outcome::unknown;
  if (!target_moved_)
    what.target_step = target::event::give_up;
  store_step(std::move(what), [this](const attempt_advanced& now) { over(now.counts); });
}

void call_session::tell(const char* what) {
  std::string data = R"({"call_id":")" + to_string(attempt_) + R"(","what":")";
  data += what;
  data += R"(","campaign_id":")" + to_string(campaign_) + R"(","attempt_state":")";
  data += attempt::to_string(state_);
  if (sid_) {
    data += R"(","status":")";
    data += call::to_string(call_state_);
  }
  data += R"("})";
  send(all_->feed, notice{user_, "call", to_string(attempt_), std::move(data)});
}

} // namespace ringmaster
