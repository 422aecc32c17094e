#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/notices.hpp"
#include "actors/scheduler.hpp"

// Steps of campaigns, and the stop.

namespace ringmaster {

// -- a user's step ----------------------------------------------------------------------------------

/// Pause and cancel act before they are stored: the epoch moves at once, so that what is between
/// its permit and the wire stays here, and nothing more is asked for until the answer is known. A
/// step that is refused lets the campaign go on.
void call_scheduler::steer(asked_steer& asked) {
  if (!campaigns_loaded_) {
    if (store_down_)
      asked.reply_to->reply(fail(error{
        .code = errc::unavailable, .detail = "the database does not answer",
        .retry_after = std::chrono::seconds(1)}));
    else
      early_.push_back(std::move(asked));
    return;
  }
  auto id = asked.what.campaign;
  auto on = asked.what.on;
  auto held = false;
  if (auto* r = find(id); r && r->user == asked.what.who.user
                          && (on == campaign::action::pause || on == campaign::action::cancel)) {
    r->stop->epoch.fetch_add(1, std::memory_order_acq_rel);
    ++r->held;
    held = true;
  }
  auto let_go = [this, id, held] {
    auto* r = find(id);
    if (held && r && r->held > 0)
      --r->held;
    return r;
  };
  request(all_->lane_beside(id), caf::infinite, std::move(asked.what))
    .then(
      [this, let_go, reply = asked.reply_to](result<campaign_steered>& answer) {
        auto* r = let_go();
        if (answer) {
          auto steered = std::move(*answer);
          reply->reply(steered);
          take_step(steered);
        } else {
          if (answer.error().code == errc::unavailable)
            refresh_needed_ = true; // it may have been stored all the same
          reply->reply(fail(std::move(answer.error())));
          if (r)
            consider(*r);
        }
        pump();
      },
      [this, let_go, reply = asked.reply_to](const caf::error&) {
        refresh_needed_ = true;
        if (auto* r = let_go())
          consider(*r);
        reply->reply(fail(error{
          .code = errc::unavailable, .detail = "the store has ended",
          .retry_after = std::chrono::seconds(1)}));
        pump();
      });
}

/// What follows from a step that is stored.
void call_scheduler::take_step(const campaign_steered& s) {
  auto& r = enlist(s.brief);
  switch (r.state) {
    case campaign::status::running:
      open(r);
      break;
    case campaign::status::scheduled:
      r.not_before = moment{0};
      consider(r);
      break;
    default:
      close(r, r.state);
      break;
  }
  tell(s);
  gauge();
}

/// A task's campaign is its own affair: TASKS and the task's user hear of the task.
void call_scheduler::tell(const campaign_steered& s) {
  if (s.task) {
    send(all_->tasks, tasks_changed{s.brief.user, s.task->id});
    send(all_->feed, task_notice(s.brief.user, *s.task));
    if (auto told = notification_notice(s.brief.user, *s.task))
      send(all_->feed, std::move(*told));
  } else {
    send(all_->feed, campaign_notice(s.brief, campaign::to_string(s.step.on)));
  }
}

/// Not more often than somebody can read. Of one target there is nothing to tell: the end of a
/// campaign is told as a step anyway, and that of a task's campaign as the task's.
void call_scheduler::tell_progress(record& r) {
  constexpr auto least = std::chrono::seconds(1);
  if (r.counts.total <= 1 || r.state != campaign::status::running
      || (r.told_at != moment{0} && boot() - r.told_at < least))
    return;
  r.told_at = boot();
  campaign_brief now;
  now.user = r.user;
  now.id = r.id;
  now.state = r.state;
  now.counts = r.counts;
  send(all_->feed, campaign_notice(now, "progress"));
}

call_scheduler::record& call_scheduler::enlist(const campaign_brief& brief) {
  auto& r = campaigns_[brief.id];
  r.user = brief.user;
  r.id = brief.id;
  r.state = brief.state;
  r.start_at = brief.start_at;
  r.counts = brief.counts;
  r.live_most = brief.max_concurrent_calls;
  auto window = calling_window::parse(brief.timezone, brief.start, brief.end, brief.days);
  if (window) {
    r.window = std::move(*window);
  } else {
    r.window.reset();
    spdlog::error("campaign {}: its window cannot be read, it does not dial: {}",
                  to_string(brief.id), window.error().detail);
  }
  r.was_open = false;
  auto pace = pace_of(brief.limits);
  if (pace != r.pace.interval())
    r.pace = pacer(pace, 1);
  return r;
}

/// Dialing may begin: it is looked at now, and gets its actor when there is something to ask.
void call_scheduler::open(record& r) {
  r.trip_reason.clear();
  r.not_before = moment{0};
  r.why = permit::refusal::none;
  consider(r);
}

/// Dialing is over for now. The actor ends when its last question is answered.
void call_scheduler::close(record& r, campaign::status state) {
  auto stopped = r.state == campaign::status::running || state == campaign::status::paused
                 || state == campaign::status::canceled;
  r.state = state;
  r.trip_reason.clear();
  r.stop->epoch.fetch_add(1, std::memory_order_acq_rel);
  if (r.actor)
    send(std::exchange(r.actor, nullptr), retire{});
  if (stopped)
    sweep(r, false);
  reply_executions(r, 0);
  forget_if_done(r.id);
}

void call_scheduler::forget_if_done(const campaign_id& id) {
  auto* r = find(id);
  if (!r || r->asking || r->held || !r->calls.empty())
    return;
  if (r->state != campaign::status::running && r->state != campaign::status::scheduled)
    campaigns_.erase(id);
}

// -- the end ----------------------------------------------------------------------------------------

/// The global stop of the board is set already: no gate lets anything through.
void call_scheduler::drain() {
  draining_ = true;
  questions_.clear(); // unanswered, they say so
  for (auto& [id, c] : calls_)
    if (c.actor)
      send(c.actor, retire{});
  for (auto& [id, r] : campaigns_)
    if (r.actor)
      send(r.actor, retire{});
  leave_if_drained();
}

void call_scheduler::leave_if_drained() {
  if (draining_ && call_actors_.empty() && campaign_actors_.empty())
    quit(caf::exit_reason::user_shutdown);
}

// -- the engine's own steps -----------------------------------------------------------------------------

void call_scheduler::begin_scheduled(record& r) { engine_step(r, campaign::action::begin, {}); }

/// A safety stop: dialing ends now, the step is stored, and tried again until it is.
void call_scheduler::trip(record& r, const std::string& reason) {
  if (r.state != campaign::status::running || !r.trip_reason.empty())
    return;
  r.stop->epoch.fetch_add(1, std::memory_order_acq_rel);
  r.trip_reason = reason;
  all_->parts.counters.campaigns_tripped.fetch_add(1, std::memory_order_relaxed);
  spdlog::error("campaign {}: paused by the engine: {}", to_string(r.id), reason);
  engine_step(r, campaign::action::trip, reason);
}

void call_scheduler::engine_step(record& r, campaign::action on, std::string reason) {
  ++r.held;
  change::steer_campaign step;
  step.who = identity{.user = r.user, .actor = "engine", .request_id = {}};
  step.campaign = r.id;
  step.on = on;
  step.reason = std::move(reason);
  request(all_->lane_beside(r.id), caf::infinite, std::move(step))
    .then(
      [this, id = r.id](const result<campaign_steered>& answer) {
        auto* known = find(id);
        if (known && known->held > 0)
          --known->held;
        if (answer) {
          take_step(*answer);
        } else if (known) {
          // Somebody was faster: what is stored is right. Or the store is away: again soon.
          if (answer.error().code == errc::unavailable)
            store_down(answer.error().detail);
          else
            known->trip_reason.clear();
          refresh_needed_ = true;
          wait_until(*known, boot() + std::chrono::seconds(1), permit::refusal::not_running);
        }
        pump();
      },
      [](const caf::error&) {});
}

// -- asked from outside --------------------------------------------------------------------------------

void call_scheduler::execute(asked_execute& asked) {
  auto* r = find(asked.what.campaign);
  execution answer;
  answer.why = permit::refusal::not_running;
  if (r && r->user == asked.what.who.user && r->state == campaign::status::running && !r->held
      && r->trip_reason.empty()) {
    answer.why = blocked();
    if (answer.why == permit::refusal::none && !judge_window(*r, wall())) {
      answer.why = r->window ? permit::refusal::window_closed : permit::refusal::settings_broken;
      if (r->window) {
        auto reading = r->window->read(wall());
        answer.next_at = reading.next_open_at;
        answer.reason = reading.reason;
      }
    }
    if (answer.why == permit::refusal::none) {
      // The same pass as always, at once: only what the gate said last time is asked again.
      r->executions.push_back(std::move(asked.reply_to));
      r->not_before = moment{0};
      consider(*r);
      pump();
      // Nothing was asked: the pace, the account's rate or the places hold it back for now.
      if (r = find(asked.what.campaign); r && !r->asking && !r->executions.empty())
        reply_executions(*r, 0);
      return;
    }
  }
  if (answer.reason.empty())
    answer.reason = answer.why == permit::refusal::carrier_paused && !account_stopped_.empty()
                      ? account_stopped_
                      : permit::describe(answer.why);
  asked.reply_to->reply(std::move(answer));
}

void call_scheduler::reply_executions(record& r, std::uint32_t granted) {
  for (auto& reply : std::exchange(r.executions, {})) {
    execution answer;
    answer.dialed = std::exchange(granted, 0);
    answer.why = r.state == campaign::status::running ? r.why : permit::refusal::not_running;
    answer.reason = permit::describe(answer.why);
    if (r.not_before > boot())
      answer.next_at = at(r.not_before);
    reply->reply(std::move(answer));
  }
}

/// In memory first, then in the file, then the answer; the database is not asked.
void call_scheduler::stop(asked_stop& asked) {
  const auto& what = asked.what;
  stop_report report;
  if (what.stop)
    all_->board->stop();
  report.durable = all_->parts.stop.set(what.stop, what.who.actor);
  if (!what.stop)
    all_->board->release();
  report.stopped = what.stop;
  report.in_flight = static_cast<std::size_t>(
    std::max<std::int64_t>(0, all_->parts.counters.creates_in_flight.load(std::memory_order_relaxed)));
  asked.reply_to->reply(report);
  spdlog::warn("scheduler: global stop {} by {}", what.stop ? "set" : "released", what.who.actor);
  if (what.stop)
    for (auto& [id, c] : calls_)
      if (c.actor)
        send(c.actor, withdraw_call{true});
  send(all_->feed, notice{what.who.user, "stop", {}, what.stop ? R"({"stopped":true})" : R"({"stopped":false})"});
  gauge();
  pump();
}

waiting call_scheduler::describe(const ask_waiting& what) const {
  waiting answer;
  auto found = campaigns_.find(what.campaign);
  if (found == campaigns_.end())
    return answer;
  const auto& r = found->second;
  answer.live_calls = r.calls.size();
  answer.active = r.state == campaign::status::running || r.state == campaign::status::scheduled;
  if (r.state == campaign::status::scheduled) {
    answer.why = permit::refusal::not_running;
    answer.reason = "waits for its start";
    answer.next_at = r.start_at;
    return answer;
  }
  if (r.state != campaign::status::running)
    return answer;
  if (auto why = blocked(); why != permit::refusal::none) {
    answer.why = why;
    answer.reason = why == permit::refusal::carrier_paused && !account_stopped_.empty()
                      ? account_stopped_
                      : permit::describe(why);
    if (why == permit::refusal::carrier_paused && account_stopped_.empty())
      answer.next_at = at(carrier_until_);
    return answer;
  }
  answer.why = r.why;
  if (r.why == permit::refusal::none)
    return answer;
  answer.reason = permit::describe(r.why);
  if (r.why == permit::refusal::window_closed && r.window) {
    auto reading = r.window->read(wall());
    if (!reading.open) {
      answer.reason = reading.reason;
      answer.next_at = reading.next_open_at;
      return answer;
    }
  }
  if (r.not_before > boot() && !(r.parked && r.why == permit::refusal::concurrency))
    answer.next_at = at(r.not_before);
  return answer;
}

health call_scheduler::examine() const {
  health h;
  h.recovered = doubts_loaded_ && campaigns_loaded_;
  h.database = !store_down_;
  h.clock_trusted = !skew_stops_ && boot() >= clock_hold_until_;
  h.stopped = all_->board->stopped();
  h.carrier_open = account_stopped_.empty() && !carrier_probing_;
  if (!h.recovered)
    h.detail = "recovering";
  else if (!h.database)
    h.detail = store_trouble_;
  else if (lost_instance_ || !all_->board->instance_current())
    h.detail = "another engine has taken over";
  else if (!h.clock_trusted)
    h.detail = "the clock is not trusted";
  else if (!account_stopped_.empty())
    h.detail = account_stopped_;
  return h;
}

} // namespace ringmaster
