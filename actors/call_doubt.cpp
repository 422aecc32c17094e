#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/call.hpp"

// How a CALL waits: for a silent carrier, for evidence, for another try.

namespace ringmaster {

call_session::moment call_session::in(instant t) const {
  auto rest = t - all_->now();
  return all_->boot() + std::max<moment>(rest, moment{0});
}

/// One wake is under way at most, unless something is due earlier than it.
void call_session::arm(moment at, bool until_silence) {
  due_ = at;
  until_silence_ = until_silence;
  if (armed_ != moment{0} && armed_ <= at)
    return;
  armed_ = at;
  watch().wakes_at(at);
  send(all_->scheduler, wake_me{attempt_, at});
}

call_session::moment call_session::silence_ends() const {
  const auto& o = all_->options();
  auto answered = call_state_ == call::status::in_progress;
  return last_news_ + (answered ? o.time_limit : o.ring_timeout) + o.poll_silence;
}

void call_session::woken() {
  armed_ = moment{0};
  auto now = all_->boot();
  // Strays first: each is a telephone that rings without a right to.
  for (const auto& sid : strays_) {
    ++outstanding_;
    request(all_->dialer, caf::infinite, end_call{sid, carrier::ending::hang_up})
      .then(
        [this, sid](const result<call_news>& answer) {
          --outstanding_;
          tries_ = static_cast<std::uint8_t>(std::min<int>(tries_ + 1, 200));
          // Unknown to the carrier, or refused again and again: nothing is left to do.
          if (answer || answer.error().code == errc::not_found || tries_ > 8)
            std::erase(strays_, sid);
          else
            arm(all_->boot() + std::chrono::seconds(1 << std::min<int>(tries_, 5)));
          leave_if_done();
        },
        [this](const caf::error&) {
          --outstanding_;
          leave_if_done();
        });
  }
  if (open_) {
    if (now < due_)
      arm(due_);
    else
      store_open_step();
    return;
  }
  switch (state_) {
    case attempt::status::ambiguous:
      if (now < due_)
        arm(due_);
      else
        look();
      break;
    case attempt::status::accepted: {
      if (ending_) {
        if (now < due_)
          arm(due_);
        else
          end(*ending_);
        break;
      }
      // News push the end of the silence away; a time that was asked for explicitly stands.
      if (until_silence_ && silence_ends() > due_)
        due_ = silence_ends();
      if (now < due_)
        arm(due_);
      else
        fetch();
      break;
    }
    default:
      leave_if_done();
      break;
  }
}

/// Reads what the carrier lists for the two numbers.
void call_session::look() {
  if (asking_)
    return;
  asking_ = true;
  ++outstanding_;
  request(all_->dialer, caf::infinite, look_for_call{to_, from_})
    .then(
      [this](const result<lists>& found) {
        if (!found) {
          asking_ = false;
          --outstanding_;
          weigh({}, nullptr);
          return;
        }
        std::vector<call_sid> sids;
        for (const auto& one : found->matching)
          sids.push_back(one.sid);
        if (sids.empty()) {
          asking_ = false;
          --outstanding_;
          weigh(*found, &sids);
          return;
        }
        request(all_->lane_for(attempt_.value), caf::infinite, filter_bound{std::move(sids)})
          .then(
            [this, found = *found](const result<std::vector<call_sid>>& bound) {
              asking_ = false;
              --outstanding_;
              weigh(found, bound ? &*bound : nullptr);
            },
            [this](const caf::error&) {
              asking_ = false;
              --outstanding_;
              weigh({}, nullptr);
            });
      },
      [this](const caf::error&) {
        asking_ = false;
        --outstanding_;
        weigh({}, nullptr);
      });
}

/// The evidence ladder. `bound` are the listed calls that belong to other attempts; null: the
/// list, or this, could not be read.
void call_session::weigh(const lists& found, const std::vector<call_sid>* bound) {
  // Its own callback may have come first.
  if (state_ != attempt::status::ambiguous || open_ || over_) {
    leave_if_done();
    return;
  }
  attempt::doubt doubt;
  doubt.to = to_;
  doubt.from = from_;
  doubt.permit_at = permit_at_;
  doubt.send_deadline = permit_at_ + all_->options().permit_ttl;
  doubt.first_absent_read = first_absent_;
  attempt::sighting seen;
  seen.readable = bound != nullptr;
  if (bound) {
    for (const auto& one : found.matching)
      if (std::find(bound->begin(), bound->end(), one.sid) == bound->end())
        seen.unbound.push_back(one);
    seen.fresh = std::any_of(found.newest.begin(), found.newest.end(), [&](const auto& one) {
      return one.created_at && *one.created_at > doubt.send_deadline && !one.has_parent;
    });
  }
  auto now = all_->now();
  using kind = attempt::conclusion::kind;
  auto verdict = attempt::weigh(doubt, seen, all_->options().ladder, now);
  switch (verdict.what) {
    case kind::bind: {
      auto one = std::find_if(
        seen.unbound.begin(), seen.unbound.end(),
        [&](const auto& x) { return x.sid == *verdict.sid; });
      bind(*verdict.sid, one->state, "found in the carrier's list");
      break;
    }
    case kind::wait:
      arm(in(verdict.next_read));
      if (verdict.counts_absent && !first_absent_) {
        ++outstanding_;
        request(
          all_->lane_for(attempt_.value), caf::infinite, note_absent{user_, attempt_, now})
          .then(
            [this, now](const result<void>& noted) {
              --outstanding_;
              if (noted)
                first_absent_ = now; // remembered over restarts
            },
            [this](const caf::error&) { --outstanding_; });
      }
      break;
    case kind::not_placed:
      conclude(
        attempt::event::absent, target::event::requeue, "the carrier lists no such call, twice");
      break;
    case kind::needs_review:
      spdlog::error("call {}: several calls may be it; a person must look", to_string(attempt_));
      conclude(
        attempt::event::confuse, target::event::give_up, "several calls at the carrier may be it");
      break;
    case kind::unknown_final:
      conclude(attempt::event::expire, target::event::give_up, "no evidence within a day");
      break;
  }
}

} // namespace ringmaster
