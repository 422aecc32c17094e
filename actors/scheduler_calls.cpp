#include <algorithm>
#include <limits>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/scheduler.hpp"

// The CALLs: made, told, watched over.

namespace ringmaster {

void call_scheduler::spawn_call(const attempt_id& id, call_record& c, call_start start) {
  c.loading = false;
  const auto* r = find(c.campaign);
  start.parent = r && r->actor ? r->actor.id() : this->id();
  c.actor = spawn<call_session, caf::monitored>(all_, std::move(start));
  call_actors_[c.actor.id()] = id;
  for (auto& m : std::exchange(c.later, {}))
    send(c.actor, std::move(m));
  if (auto asked = questions_.extract(id))
    for (auto& one : asked.mapped())
      one.pass(c.actor);
  if (draining_)
    send(c.actor, retire{});
}

/// Whoever asked first and has no answer yet gives way: the carrier has long asked again.
void call_scheduler::keep(const attempt_id& id, kept_question what) {
  constexpr std::size_t questions_most = 8, calls_most = 4'096;
  if (questions_.size() >= calls_most && !questions_.contains(id))
    return;
  auto& list = questions_[id];
  if (list.size() >= questions_most)
    list.pop_front();
  list.push_back(std::move(what));
}

void call_scheduler::begin_all(begin_calls& what) {
  for (auto& one : what.intents) {
    auto id = one.attempt;
    auto [place, fresh] = calls_.try_emplace(id);
    if (!fresh)
      continue; // taken for an orphan meanwhile: its permit is too old anyway
    auto& c = place->second;
    c.campaign = one.campaign;
    c.user = one.user;
    c.creating = true;
    flow_.begin_create();
    call_start start;
    start.from = call_start::origin::permit;
    start.epoch = what.epoch;
    start.asked_at = what.asked_at;
    if (auto* r = find(one.campaign)) {
      r->calls.insert(id);
      start.campaign = r->stop;
      start.closes_at = r->closes_at;
      start.what.owner = r->state;
    } else {
      // Nobody knows the campaign any more: an epoch that no board shows closes the gate.
      start.campaign = std::make_shared<campaign_stop>();
      start.epoch = std::numeric_limits<std::uint64_t>::max();
    }
    start.what.what = std::move(one);
    spawn_call(id, c, std::move(start));
  }
  all_->parts.counters.calls_live.store(
    static_cast<std::int64_t>(calls_.size()), std::memory_order_relaxed);
}

/// A callback was committed. Its CALL hears of it; if there is none, and the attempt is not simply
/// over, one is made from what is stored.
void call_scheduler::forward(call_moved& m) {
  auto found = calls_.find(m.attempt);
  if (found == calls_.end()) {
    if (draining_)
      return; // committed; the next start reads it
    const auto& now = m.recorded;
    auto foreign = !now.bound || *now.bound != m.sid;
    if (now.attempt == attempt::status::ended && !foreign && now.verdict != call::change::conflict)
      return;
    if (!m.sid)
      return;
    auto& c = calls_[m.attempt];
    c.user = m.user;
    m.around.stopped = all_->board->stopped();
    auto id = m.attempt;
    c.later.push_back(std::move(m));
    hydrate(id, c, call_start::origin::recalled);
    return;
  }
  auto& c = found->second;
  m.around.stopped = all_->board->stopped();
  if (auto* r = find(c.campaign)) {
    auto running = r->state == campaign::status::running;
    m.around.owner = r->state;
    if (m.answer_request || m.news == call::status::initiated) {
      // The boot knows the call already and reads its campaign in a moment: a window that is not
      // read yet is no closed one, and whoever was dialed rightly must not be hung up on.
      if (!r->window && running && !campaigns_loaded_) {
        unjudged_.push_back(std::move(m));
        return;
      }
      m.around.window_open = r->window ? r->window->open_at(wall()) : !running;
    }
  }
  if (c.actor)
    send(c.actor, std::move(m));
  else
    c.later.push_back(std::move(m));
}

void call_scheduler::hydrate(const attempt_id& id, call_record& c, call_start::origin from) {
  if (std::exchange(c.loading, true))
    return;
  request(all_->lane_for(id.value), caf::infinite, load_attempt{c.user, id})
    .then(
      [this, id, from](const result<call_brief>& brief) {
        auto it = calls_.find(id);
        if (it == calls_.end())
          return;
        it->second.loading = false;
        if (brief)
          adopt(*brief, from, moment{0});
        else if (brief.error().code == errc::not_found) {
          if (auto asked = questions_.extract(id))
            for (auto& one : asked.mapped())
              one.refuse(brief.error());
          drop_call(id);
        }
        else
          wakes_.add(boot() + restart_wait(it->second.restarts++), id);
        arm();
      },
      [this, id](const caf::error&) {
        if (auto it = calls_.find(id); it != calls_.end())
          it->second.loading = false;
        wakes_.add(boot() + all_->options().restart_most, id);
        arm();
      });
}

/// Makes a CALL from what is stored.
void call_scheduler::adopt(const call_brief& brief, call_start::origin from, moment first_look) {
  const auto& what = brief.what;
  auto& c = calls_[what.attempt];
  if (c.actor)
    return;
  c.campaign = what.campaign;
  c.user = what.user;
  // A campaign that is not active is kept as long as it has calls: stops and fences ask for it.
  auto [place, fresh] = campaigns_.try_emplace(what.campaign);
  auto& r = place->second;
  if (fresh) {
    r.user = what.user;
    r.id = what.campaign;
    r.state = brief.owner;
  }
  r.calls.insert(what.attempt);
  // A campaign that is stored as running and not enlisted yet is so in a moment, by the boot.
  for (auto& m : c.later)
    m.around.owner = r.state;
  call_start start;
  start.from = from;
  start.what = brief;
  start.campaign = r.stop;
  start.closes_at = r.closes_at;
  start.first_look = first_look;
  spawn_call(what.attempt, c, std::move(start));
  // What was stopped, or closed, while nobody was here to sweep.
  auto closed = r.state == campaign::status::running && r.window && !r.window->open_at(wall());
  if (all_->board->stopped())
    send(c.actor, withdraw_call{true});
  else if (closed || r.state == campaign::status::paused || r.state == campaign::status::canceled)
    send(c.actor, withdraw_call{false});
}

void call_scheduler::came_back(const create_returned& what) {
  auto found = calls_.find(what.attempt);
  if (found != calls_.end() && std::exchange(found->second.creating, false))
    flow_.end_create();
  using enum attempt::consequence;
  switch (what.then) {
    case none:
      if (what.verdict == attempt::event::accept)
        account_wait_ = moment{0};
      break;
    case back_off: // the DIALER keeps the door closed for a while
      break;
    case pause_campaign:
      if (found != calls_.end())
        if (auto* r = find(found->second.campaign))
          trip(*r, what.reason);
      break;
    case stop_account:
      account_refused(what.reason);
      break;
  }
  pump();
}

void call_scheduler::ended(const call_over& what) {
  auto found = calls_.find(what.attempt);
  if (found != calls_.end())
    found->second.over = true;
  auto* r = find(what.campaign);
  if (!r)
    return;
  r->calls.erase(what.attempt);
  r->counts = what.counts;
  if (r->actor)
    send(r->actor, what);
  tell_progress(*r);
  if (r->parked && (r->why == permit::refusal::concurrency || what.counts.pending > 0)) {
    r->parked = false;
    r->not_before = moment{0};
    consider(*r);
    pump();
  }
}

void call_scheduler::drop_call(const attempt_id& id) {
  auto found = calls_.find(id);
  if (found == calls_.end())
    return;
  if (found->second.creating)
    flow_.end_create();
  auto campaign = found->second.campaign;
  auto later = std::move(found->second.later);
  calls_.erase(found);
  questions_.erase(id);
  if (auto* r = find(campaign))
    r->calls.erase(id);
  forget_if_done(campaign);
  all_->parts.counters.calls_live.store(
    static_cast<std::int64_t>(calls_.size()), std::memory_order_relaxed);
}

/// Ends the calls of a campaign that have not begun to ring; with `everything`, all unanswered.
void call_scheduler::sweep(record& r, bool everything) {
  for (const auto& id : r.calls)
    if (auto found = calls_.find(id); found != calls_.end() && found->second.actor)
      send(found->second.actor, withdraw_call{everything});
}

void call_scheduler::wake_due() {
  auto now = boot();
  while (auto id = wakes_.take_due(now)) {
    auto found = calls_.find(*id);
    if (found == calls_.end())
      continue;
    if (found->second.actor)
      send(found->second.actor, wake{});
    else
      hydrate(*id, found->second, call_start::origin::recalled);
  }
}

// -- supervision ------------------------------------------------------------------------------------

call_scheduler::moment call_scheduler::restart_wait(std::size_t times) const {
  const auto& o = all_->options();
  return std::min<moment>(o.restart_first * (1LL << std::min<std::size_t>(times, 16)), o.restart_most);
}

/// A CALL or CAMPAIGN has ended. Well: it is forgotten. Badly: it is made again from the store,
/// each time later; too often within a minute, and its campaign is paused.
void call_scheduler::down(const caf::down_msg& what) {
  auto number = what.source.id();
  auto well = !what.reason || what.reason == caf::exit_reason::user_shutdown;
  if (auto it = call_actors_.find(number); it != call_actors_.end()) {
    auto id = it->second;
    call_actors_.erase(it);
    auto found = calls_.find(id);
    if (found == calls_.end() || !found->second.actor || found->second.actor.id() != number)
      return;
    if (well || draining_) {
      drop_call(id);
      leave_if_drained();
      return;
    }
    auto& c = found->second;
    c.actor = nullptr;
    if (std::exchange(c.creating, false))
      flow_.end_create();
    wakes_.add(boot() + restart_wait(c.restarts), id);
    c.restarts = static_cast<std::uint8_t>(std::min<int>(c.restarts + 1, 200));
    if (auto* r = find(c.campaign))
      note_restart(*r, "call");
    pump();
    return;
  }
  if (auto it = campaign_actors_.find(number); it != campaign_actors_.end()) {
    auto id = it->second;
    campaign_actors_.erase(it);
    auto* r = find(id);
    leave_if_drained();
    if (well || draining_ || !r || !r->actor || r->actor.id() != number)
      return;
    r->actor = nullptr;
    orphans_possible_ = true;
    note_restart(*r, "campaign");
    wait_until(*r, boot() + restart_wait(r->restarts.size()), permit::refusal::none);
    pump();
  }
}

void call_scheduler::note_restart(record& r, const char* role) {
  auto now = boot();
  const auto& o = all_->options();
  all_->parts.counters.actor_restarts.fetch_add(1, std::memory_order_relaxed);
  spdlog::error("scheduler: a {} of campaign {} ended badly", role, to_string(r.id));
  std::erase_if(r.restarts, [&](moment t) { return now - t > o.restart_span; });
  r.restarts.push_back(now);
  if (r.restarts.size() > o.restarts_most && r.state == campaign::status::running) {
    r.restarts.clear();
    trip(r, "the engine's own parts for this campaign failed again and again; see the log");
  }
}

} // namespace ringmaster
