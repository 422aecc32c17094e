#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/brain.hpp"
#include "actors/call.hpp"
#include "actors/campaign.hpp"
#include "actors/courier.hpp"
#include "actors/dialer.hpp"
#include "actors/feed.hpp"
#include "actors/inquiry.hpp"
#include "actors/planner.hpp"
#include "actors/scheduler.hpp"
#include "actors/store.hpp"
#include "actors/talk_part.hpp"
#include "actors/task_call.hpp"
#include "actors/tasks.hpp"
#include "actors/wrap_up.hpp"

// What each actor tells an operator of itself, and what an operator may stop. Ids, counts and
// states: an operator does not read what users say, nor whom they call.

namespace ringmaster {

namespace {

template <class Number>
std::int64_t as_count(Number n) {
  return static_cast<std::int64_t>(n);
}

template <class Enum>
std::string as_text(Enum value) {
  return std::string(to_string(value));
}

const char* door_name(breaker::state door) {
  switch (door) {
  case breaker::state::closed:
    return "closed";
  case breaker::state::throttled:
    return "throttled";
  case breaker::state::open:
    return "open";
  case breaker::state::half_open:
    return "half_open";
  }
  return "unknown";
}

/// Nobody reads the answer: the step itself tells what came of it.
template <class Answer>
std::shared_ptr<responder<Answer>> no_answer() {
  return std::make_shared<responder<Answer>>([](const result<Answer>&) {});
}

} // namespace

// -- calls and campaigns
// --------------------------------------------------------------------------------

actor_state call_session::describe(const uuid& /*about*/) const {
  actor_state s;
  s.add("attempt_id", to_string(attempt_)).add("campaign_id", to_string(campaign_));
  s.add("attempt_status", as_text(state_)).add("call_status", as_text(call_state_));
  s.add("attempt_number", as_count(number_)).add("max_attempts", as_count(max_attempts_));
  s.add("dialing", dialing_).add("storing", storing_).add("withdrawn", withdrawn_);
  s.add("in_conversation", talk_ != nullptr).add("ending", ending_.has_value());
  s.add("outstanding_requests", as_count(outstanding_)).add("tries", as_count(tries_));
  s.add("stray_calls", as_count(strays_.size())).add("over", over_);
  return s;
}

/// The carrier is told to end it, however far it is; one that has not been placed yet is ended when
/// it shows itself. Nobody stops a call in order to have it made again: its target is given up.
result<void> call_session::stop_by(const identity& who) {
  if (over_ || (state_ == attempt::status::accepted && call::ended(call_state_)))
    return fail(errc::wrong_state, "the call is over");
  spdlog::warn("call {}: stopped by {}", to_string(attempt_), who.actor);
  withdrawn_ = withdrawn_all_ = set_aside_ = true;
  if (state_ == attempt::status::accepted && !open_)
    end(carrier::ending::hang_up);
  return {};
}

actor_state campaign_runner::describe(const uuid& /*about*/) const {
  actor_state s;
  s.add("campaign_id", to_string(id_)).add("permit_requests", as_count(asked_));
  s.add("finishing", finishing_).add("retiring", retiring_);
  return s;
}

/// The pause that its user might have asked for, by the operator's name.
result<void> campaign_runner::stop_by(const identity& who) {
  if (retiring_ || finishing_)
    return fail(errc::wrong_state, "the campaign ends by itself");
  change::steer_campaign step;
  step.who = identity{.user = user_, .actor = who.actor, .request_id = who.request_id};
  step.campaign = id_;
  step.on = campaign::action::pause;
  step.reason = "paused by an operator";
  send(all_->scheduler, asked_steer{std::move(step), no_answer<campaign_steered>()});
  return {};
}

// -- the scheduler
// --------------------------------------------------------------------------------------

actor_state call_scheduler::describe(const uuid& about) const {
  actor_state s;
  const auto now = boot();
  if (about) {
    auto found = campaigns_.find(campaign_id{about});
    if (found == campaigns_.end())
      return s;
    const auto& r = found->second;
    s.add("status", as_text(r.state)).add("held_back_by", as_text(r.why));
    s.add("in_round", r.queued).add("parked", r.parked).add("asking", r.asking);
    s.add("pending", as_count(r.counts.pending)).add("calling", as_count(r.counts.calling));
    s.buckets.push_back({"live_calls", as_count(r.calls.size()), r.live_most, 0});
    if (const auto interval = r.pace.interval(); interval.count() > 0) {
      const auto burst = burst_of(interval);
      const auto due =
          r.pace.due(instant(std::chrono::duration_cast<std::chrono::microseconds>(now)), burst);
      s.buckets.push_back(
          {"pace", as_count(burst - std::min(due, burst)), as_count(burst),
           static_cast<double>(interval.count()) * burst / 1e6});
    }
    return s;
  }
  s.add("campaigns", as_count(campaigns_.size())).add("calls", as_count(calls_.size()));
  s.add("in_round", as_count(round_.size())).add("blocked_by", as_text(blocked()));
  s.add("recovered", doubts_loaded_ && campaigns_loaded_ && calls_loaded_);
  s.add("database", !store_down_).add("draining", draining_);
  s.add("account_stopped", !account_stopped_.empty()).add("wakes", as_count(wakes_.size()));
  s.buckets.push_back(
      {"creates_in_flight", as_count(flow_.in_flight()), as_count(flow_.limit()), 0});
  if (account_.limited()) {
    const auto limit =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(all_->options().calls_per_second));
    const auto due = account_.due(now, static_cast<std::uint32_t>(limit));
    s.buckets.push_back({"account_rate", limit - std::min<std::int64_t>(due, limit), limit, 1});
  }
  return s;
}

// -- the doors
// ------------------------------------------------------------------------------------------

actor_state dialer::describe(const uuid& /*about*/) const {
  actor_state s;
  s.add("carrier_door", std::string(door_name(told_))).add("creates", as_count(flights_.size()));
  s.add("reads", as_count(news_.size())).add("searches", as_count(searches_.size()));
  return s;
}

actor_state store_lane::describe(const uuid& /*about*/) const {
  actor_state s;
  s.add("changes_collected", as_count(changes_.size()));
  s.buckets.push_back({"batch", as_count(changes_.size()), as_count(batch_most), 0});
  return s;
}

actor_state feed_desk::describe(const uuid& /*about*/) const {
  std::size_t readers = 0;
  for (const auto& [user, list] : followers_)
    readers += list.size();
  actor_state s;
  s.add("last_entry", as_count(seq_)).add("readers", as_count(readers));
  s.buckets.push_back({"remembered", as_count(last_.size()), as_count(remembered), 0});
  return s;
}

// -- tasks and what follows calls
// -------------------------------------------------------------------------

actor_state task_keeper::describe(const uuid& /*about*/) const {
  const auto& o = all_->options();
  actor_state s;
  s.add("plannings", as_count(plannings_.size())).add("calls_starting", as_count(calls_.size()));
  s.add("looked_at_later", as_count(pauses_.size()))
      .add("calls_queued", as_count(call_queue_.size()));
  s.buckets.push_back({"planners", as_count(planners_), as_count(o.plannings_most), 0});
  s.buckets.push_back(
      {"plannings_queued", as_count(plan_queue_.size()), as_count(o.plannings_queued), 0});
  return s;
}

actor_state planner::describe(const uuid& /*about*/) const {
  actor_state s;
  s.add("task_id", to_string(task_)).add("tries_to_store", as_count(tries_));
  return s;
}

actor_state task_call::describe(const uuid& /*about*/) const {
  actor_state s;
  s.add("task_id", to_string(what_.task)).add("by_engine", reply_to_ == nullptr);
  s.add("waited_ms", as_count(waited_.count()));
  return s;
}

actor_state wrap_up_desk::describe(const uuid& /*about*/) const {
  actor_state s;
  s.add("jobs", as_count(jobs_.size()))
      .add("queued", as_count(queue_.size()))
      .add("more_in_store", more_);
  s.buckets.push_back({"running", as_count(running_), as_count(all_->options().wrap_ups_most), 0});
  return s;
}

actor_state brain_keeper::describe(const uuid& /*about*/) const {
  const auto& o = all_->options();
  actor_state s;
  s.add("askers", as_count(askers_.size()));
  s.buckets.push_back({"answering", as_count(at_work_.size()), as_count(o.questions_most), 0});
  s.buckets.push_back({"queued", as_count(queued_), as_count(o.questions_queued), 0});
  return s;
}

actor_state courier::describe(const uuid& /*about*/) const {
  actor_state s;
  s.add("looking", looking_).add("addresses_switched_on", anybody_);
  s.add("carried", as_count(carried_)).add("refused", as_count(refused_));
  s.buckets.push_back({"in_flight", as_count(in_flight_), as_count(in_flight_most), 0});
  return s;
}

actor_state inquiry::describe(const uuid& /*about*/) const {
  actor_state s;
  s.add("conversation_id", to_string(chat_)).add("new_conversation", made_);
  s.add("rehearsal", what_.what.rehearsal).add("refused", refused_);
  return s;
}

} // namespace ringmaster
