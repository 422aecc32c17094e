#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/scheduler.hpp"

// When a campaign asks for permits.

namespace ringmaster {

namespace {

using std::chrono::milliseconds;

constexpr std::uint32_t permits_most = 256; ///< a permit transaction gives no more

/// The pacer speaks of instants; fed with boot time it is immune to whoever sets the clock.
instant as_instant(std::chrono::nanoseconds t) {
  return instant(std::chrono::duration_cast<std::chrono::microseconds>(t));
}

} // namespace

/// Why nobody dials at this moment.
permit::refusal call_scheduler::blocked() const {
  using enum permit::refusal;
  if (all_->board->stopped())
    return stopped;
  if (lost_instance_ || !all_->board->instance_current())
    return stale_instance;
  if (!doubts_loaded_ || !campaigns_loaded_)
    return ambiguity_unloaded;
  if (store_down_)
    return store_unavailable;
  if (skew_stops_ || boot() < clock_hold_until_)
    return clock_untrusted;
  if (!account_stopped_.empty() || boot() < carrier_until_)
    return carrier_paused;
  return none;
}

void call_scheduler::wait_until(record& r, moment due, permit::refusal why) {
  r.why = why;
  r.not_before = due;
  if (r.entered != moment{0} && r.entered <= due)
    return; // it is looked at before, and enters itself again then
  r.entered = due;
  due_.add(due, r.id);
  rest(r);
}

/// A campaign that has nothing to do for a while and no calls needs no actor: it is made again
/// when its time has come, and until then costs its record only.
void call_scheduler::rest(record& r) {
  if (r.actor && !r.asking && !r.queued && r.calls.empty() && r.executions.empty()
      && r.not_before - boot() > std::chrono::minutes(1))
    send(std::exchange(r.actor, nullptr), retire{});
}

/// Whether its window is open at `t`; sees it close, and sweeps what still waits at the carrier.
bool call_scheduler::judge_window(record& r, instant t) {
  auto open = r.window && r.window->open_at(t);
  if (open && (!r.was_open || (r.closes_at && t >= *r.closes_at))) {
    r.closes_at = r.window->next_change(t);
    if (r.closes_at)
      due_.add(in(*r.closes_at), r.id);
  }
  if (!open && std::exchange(r.was_open, false))
    sweep(r, false);
  r.was_open = open;
  return open;
}

/// Puts a campaign where it belongs: into the round, or into the agenda until it may be due.
void call_scheduler::consider(record& r) {
  if (draining_)
    return;
  using enum permit::refusal;
  if (r.state == campaign::status::scheduled) {
    if (r.held)
      return;
    if (!r.start_at || *r.start_at <= wall())
      begin_scheduled(r);
    else
      wait_until(r, std::min(in(*r.start_at), boot() + std::chrono::hours(1)), none);
    return;
  }
  if (r.state != campaign::status::running)
    return;
  auto t = wall();
  auto open = judge_window(r, t);
  if (r.asking || r.queued || r.held)
    return;
  if (!r.trip_reason.empty()) {
    engine_step(r, campaign::action::trip, r.trip_reason);
    return;
  }
  auto now = boot();
  if (!open) {
    // Looked at again at least hourly: rules of time zones and clocks change.
    auto opens = r.window ? r.window->next_change(t) : std::nullopt;
    auto again = now + std::chrono::hours(1);
    wait_until(
      r, opens ? std::min(in(*opens), again) : again, r.window ? window_closed : settings_broken);
    return;
  }
  if (now < r.not_before) {
    wait_until(r, r.not_before, r.why);
    return;
  }
  r.parked = false;
  if (auto paced = r.pace.next_at(as_instant(now)); paced > as_instant(now)) {
    // Up to the next whole microsecond, so that it is due when the timer fires.
    wait_until(r, moment(paced.time_since_epoch()) + std::chrono::microseconds(1), none);
    return;
  }
  r.why = none;
  r.queued = true;
  round_.push_back(r.id);
}

void call_scheduler::reconsider_all() {
  for (auto& [id, r] : campaigns_) {
    r.not_before = moment{0};
    r.closes_at.reset();
    r.was_open = r.was_open && r.window && r.window->open_at(wall());
    if (r.was_open)
      r.was_open = false; // judged as a fresh opening, with a fresh end
    consider(r);
  }
}

/// One turn of the round: every campaign in it is asked at most once, as long as there are places.
void call_scheduler::pump() {
  if (!begun_ || draining_)
    return;
  auto now = boot();
  clock_stepped();
  if (flow_.due(now))
    flow_.learn(now, all_->board->take_oldest());
  while (auto id = due_.take_due(now)) {
    if (auto* r = find(*id)) {
      r->entered = moment{0};
      consider(*r);
    }
  }
  if (blocked() == permit::refusal::none) {
    auto share = static_cast<std::uint32_t>(
      std::clamp<std::size_t>(flow_.limit() / std::max<std::size_t>(round_.size(), 1), 8, permits_most));
    auto least = std::min<std::size_t>(16, std::max<std::size_t>(1, flow_.limit() / 4));
    for (auto turns = round_.size(); turns > 0; --turns) {
      if (flow_.free() == 0) {
        flow_.note_full();
        break;
      }
      if (carrier_probing_ && flow_.in_flight() > 0)
        break;
      auto* r = find(round_.front());
      if (!r || r->state != campaign::status::running || r->held || r->asking) {
        round_.pop_front();
        if (r)
          r->queued = false;
        continue;
      }
      auto places = static_cast<std::int64_t>(r->live_most) - static_cast<std::int64_t>(r->calls.size());
      auto wanted = std::min(share, r->pace.due(as_instant(now), permits_most));
      if (places <= 0 || wanted == 0 || !judge_window(*r, wall())) {
        round_.pop_front();
        r->queued = false;
        if (places <= 0) {
          r->parked = true;
          wait_until(*r, now + all_->options().tick, permit::refusal::concurrency);
        } else {
          consider(*r);
        }
        continue;
      }
      wanted = static_cast<std::uint32_t>(std::min<std::int64_t>(wanted, places));
      if (carrier_probing_)
        wanted = 1;
      // Not in dribbles: a permit transaction costs the same for one as for many.
      if (wanted > flow_.free()) {
        flow_.note_full();
        if (flow_.free() < std::min<std::size_t>(wanted, least))
          break;
        wanted = static_cast<std::uint32_t>(flow_.free());
      }
      wanted = account_.due(now, wanted);
      if (wanted == 0)
        break;
      round_.pop_front();
      r->queued = false;
      ask(*r, wanted);
    }
  }
  arm();
}

void call_scheduler::ask(record& r, std::uint32_t wanted) {
  watch_store();
  if (!r.actor)
    revive(r);
  r.asking = true;
  flow_.reserve(wanted);
  account_.reserve(wanted);
  request(r.actor, caf::infinite, dispatch{wanted, all_->board->stopped()})
    .then(
      [this, id = r.id, wanted](const dispatched& d) { answered(id, wanted, d); },
      [this, id = r.id, wanted](const caf::error&) {
        dispatched nothing;
        nothing.why = permit::refusal::not_running;
        orphans_possible_ = true;
        answered(id, wanted, nothing);
      });
}

void call_scheduler::answered(const campaign_id& id, std::uint32_t wanted, const dispatched& d) {
  using enum permit::refusal;
  auto now = boot();
  flow_.unreserve(wanted);
  account_.settle(now, wanted, d.granted);
  auto& counters = all_->parts.counters;
  counters.permits_granted.fetch_add(d.granted, std::memory_order_relaxed);
  if (d.why != none)
    counters.permits_refused[static_cast<std::size_t>(d.why) % counters.permits_refused.size()]
      .fetch_add(1, std::memory_order_relaxed);
  auto* r = find(id);
  if (!r) {
    pump();
    return;
  }
  r->asking = false;
  if (d.why != store_unavailable && d.why != not_running) {
    store_wait_ = moment{0};
    r->counts = d.counts;
  }
  if (d.granted > 0)
    r->pace.take(as_instant(now), d.granted);
  r->why = d.why;
  r->not_before = moment{0};
  // The database's instants count as distances to its own clock: whose is right does not matter.
  std::optional<moment> next;
  if (d.next_at)
    next = now + std::max<moment>(*d.next_at - d.decided_at, milliseconds(1));
  switch (d.why) {
    case none:
      break;
    case rate_per_minute:
    case rate_per_hour:
      wait_until(*r, next.value_or(now + milliseconds(100)), d.why);
      break;
    case window_closed:
      wait_until(*r, next.value_or(now + std::chrono::seconds(1)), d.why);
      break;
    case concurrency:
      // One of its calls has to end first; it is looked at when that happens.
      r->parked = true;
      wait_until(*r, std::min(next.value_or(now + all_->options().tick), now + all_->options().tick), d.why);
      break;
    case no_target_due: {
      // With none of its own in sight it looks now and then, the less often the more there are.
      auto now_and_then = std::max<moment>(all_->options().tick, milliseconds(20) * campaigns_.size());
      r->parked = true;
      wait_until(
        *r, next ? std::max(*next, now + milliseconds(50)) : now + now_and_then, d.why);
      break;
    }
    case store_unavailable:
      store_down("no permit could be asked for");
      break;
    case stale_instance:
      if (!std::exchange(lost_instance_, true))
        spdlog::critical("scheduler: another engine has taken over, this one dials no more");
      break;
    case not_running:
      refresh_needed_ = true;
      wait_until(*r, now + all_->options().tick, d.why);
      break;
    default:
      wait_until(*r, next.value_or(now + std::chrono::seconds(1)), d.why);
      break;
  }
  reply_executions(*r, d.granted);
  consider(*r);
  forget_if_done(id);
  pump();
}

/// Its actor, made again from what is known: a CAMPAIGN has no state that is not stored.
void call_scheduler::revive(record& r) {
  r.actor = spawn<campaign_runner, caf::monitored>(all_, r.user, r.id, r.stop);
  campaign_actors_[r.actor.id()] = r.id;
}

} // namespace ringmaster
