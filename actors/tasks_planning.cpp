#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/notices.hpp"
#include "actors/planner.hpp"
#include "actors/task_facts.hpp"
#include "actors/tasks.hpp"

// One planning per task, few at a time, each tried again when its PLANNER dies.

namespace ringmaster {

void task_keeper::plan(const user_id& user, const task_id& id, waiter reply) {
  auto [place, fresh] = plannings_.try_emplace(id);
  auto& p = place->second;
  if (!fresh && p.user != user) {
    if (reply)
      reply->reply(fail(errc::not_found, "no such task"));
    return;
  }
  if (fresh && plan_queue_.size() >= all_->options().plannings_queued) {
    plannings_.erase(place);
    // It stands in the store and is found there when there is room.
    load_at_ = load_at_.value_or(boot() + all_->options().tick);
    arm();
    if (reply)
      reply->reply(fail(error{
          .code = errc::unavailable,
          .detail = "too many tasks wait to be planned; this one will be, later",
          .retry_after = std::chrono::seconds(10)}));
    return;
  }
  p.user = user;
  if (reply)
    p.waiters.push_back(std::move(reply));
  if (p.worker || p.queued || p.given_up)
    return;
  // A dead PLANNER's task waits for its pause to pass, whoever asks.
  if (auto waits = pauses_.find(id);
      p.deaths > 0 && waits != pauses_.end() && waits->second.due > boot())
    return;
  p.queued = true;
  plan_queue_.push_back(id);
  pump_plannings();
}

void task_keeper::pump_plannings() {
  while (planners_ < all_->options().plannings_most && !plan_queue_.empty()) {
    auto id = plan_queue_.front();
    plan_queue_.pop_front();
    auto found = plannings_.find(id);
    if (found == plannings_.end())
      continue;
    auto& p = found->second;
    p.queued = false;
    p.worker = spawn<planner, caf::monitored>(all_, p.user, id);
    planner_actors_[p.worker.id()] = id;
    ++planners_;
    // Three questions at most, and the store.
    p.deadline = boot() + 3 * all_->options().plan_patience + std::chrono::minutes(1);
    due_.add(p.deadline, id);
    arm();
  }
}

/// A PLANNER that hangs is as good as dead.
void task_keeper::overdue(const task_id& id) {
  auto found = plannings_.find(id);
  if (found != plannings_.end() && found->second.worker && found->second.deadline <= boot())
    send_exit(found->second.worker, caf::exit_reason::kill);
}

void task_keeper::planned(planning_over& what) {
  auto found = plannings_.find(what.task);
  if (found == plannings_.end())
    return;
  auto user = found->second.user;
  if (what.what) {
    pauses_.erase(what.task);
    send(all_->feed, task_notice(user, *what.what));
    if (auto told = notification_notice(user, *what.what))
      send(all_->feed, std::move(*told));
  } else if (what.what.error().code != errc::not_found) {
    const auto& o = all_->options();
    auto known = pauses_.find(what.task);
    auto tries = known == pauses_.end() ? found->second.deaths : known->second.tries;
    spdlog::warn("task {}: not planned yet: {}", to_string(what.task), what.what.error().detail);
    look_later(
        user, what.task, boot() + back_off(tries, o.restart_first, o.restart_most), tries + 1);
  }
  settle(what.task, what.what);
}

/// The planning is over: everybody who waits is told.
void task_keeper::settle(const task_id& id, const result<task::record>& what) {
  auto found = plannings_.find(id);
  if (found == plannings_.end())
    return;
  auto waiters = std::move(found->second.waiters);
  plannings_.erase(found);
  for (auto& waiter : waiters)
    waiter->reply(what);
}

void task_keeper::planner_died(const task_id& id) {
  const auto& o = all_->options();
  auto& p = plannings_.at(id);
  p.worker = nullptr;
  all_->parts.counters.actor_restarts.fetch_add(1, std::memory_order_relaxed);
  spdlog::error("tasks: the planner of task {} ended badly", to_string(id));
  if (++p.deaths > o.planner_deaths_most)
    give_up(id);
  else
    look_later(
        p.user, id, boot() + back_off(p.deaths - 1, o.restart_first, o.restart_most), p.deaths);
}

void task_keeper::give_up(const task_id& id) {
  plannings_.at(id).given_up = true;
  auto user = plannings_.at(id).user;
  auto write = [who = engine_for(user), id](desk& d) -> result<task::record> {
    task::record now;
    auto done = d.transact(who, [&](desk_work& books) -> result<void> {
      auto failed = books.tasks().act(
          id, task::planning_failed{"the engine failed to plan it, again and again"});
      if (!failed && failed.error().code == errc::wrong_state)
        failed = books.tasks().find(id); // it is not waiting for a plan any more
      if (!failed)
        return fail(std::move(failed.error()));
      now = std::move(*failed);
      return {};
    });
    if (!done)
      return fail(std::move(done.error()));
    return now;
  };
  at_desk<task::record>(
      this, all_->desk_for(id.value), std::move(write), [this, id](result<task::record> now) {
        planning_over what{id, std::move(now)};
        planned(what);
      });
}

} // namespace ringmaster
