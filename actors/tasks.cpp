#include "actors/tasks.hpp"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/guard.hpp"
#include "actors/task_facts.hpp"

// What TASKS does with a task follows from how it stands in the store, whoever brought it there.

namespace ringmaster {

task_keeper::task_keeper(caf::actor_config& config, world_ptr all)
    : watched(config, all->watch, actor_kind::tasks), all_(std::move(all)) {
  guard(this, "tasks");
  set_down_handler([this](const caf::down_msg& what) { down(what); });
}

void task_keeper::on_exit() {
  for (auto& [id, p] : plannings_)
    if (p.worker)
      send_exit(p.worker, caf::exit_reason::user_shutdown);
  for (auto& [id, c] : calls_)
    if (c.worker)
      send_exit(c.worker, caf::exit_reason::user_shutdown);
  plannings_.clear();
  calls_.clear();
  all_.reset();
}

task_keeper::behavior_type task_keeper::make_behavior() {
  return {
      [this](asked_plan& asked) { plan(asked.what.user, asked.what.task, asked.reply_to); },
      [this](asked_start& asked) { start(asked); },
      [this](const tasks_changed& what) { look(what.user, what.task); },
      [this](const begin_tasks&) { begin(); },
      [this](planning_over& what) { planned(what); },
      [this](const start_over& what) { started(what); },
      [this](const timer_fired& t) { fired(t.generation); },
      [](const go_on& what) { (*what.run)(); },
  };
}

task_keeper::moment task_keeper::in(instant t) const {
  return boot() + std::max<moment>(t - all_->now(), moment{0});
}

task_keeper::moment task_keeper::back_off(std::size_t tries, moment first, moment most) const {
  return std::min<moment>(first * (1LL << std::min<std::size_t>(tries, 16)), most);
}

// -- what the last run left
// ------------------------------------------------------------------------

void task_keeper::begin() {
  if (std::exchange(begun_, true))
    return;
  load();
}

/// Everything that waits for the engine, and the calls that will be due: from then on TASKS are
/// told of changes, and need not look again and again. What is due now is not kept waiting behind
/// a crowd that is not.
void task_keeper::load() {
  if (std::exchange(loading_, true))
    return;
  load_at_.reset();
  const auto& o = all_->options();
  auto read = [now = all_->now(), ahead = o.task_horizon,
               page = o.task_page](desk& d) -> result<backlog> {
    auto found = d.tasks_due(now, page);
    if (found && found->size() < page)
      found = d.tasks_due(now + ahead, page);
    if (!found)
      return fail(std::move(found.error()));
    auto whole = found->size() < page;
    return backlog{std::move(*found), whole};
  };
  at_desk<backlog>(
      this, all_->desks.front(), std::move(read),
      [this](const result<backlog>& found) { loaded(found); });
}

void task_keeper::loaded(const result<backlog>& found) {
  loading_ = false;
  const auto& o = all_->options();
  if (!found) {
    spdlog::warn("tasks: what is due could not be read: {}", found.error().detail);
    load_at_ = boot() + back_off(load_tries_++, o.restart_first, o.restart_most);
    arm();
    return;
  }
  load_tries_ = 0;
  for (const auto& one : found->list)
    if (one.state != task::status::ready_to_call)
      plan(one.user, one.task, nullptr);
    else if (!pauses_.contains(one.task) && !calls_.contains(one.task))
      look(one.user, one.task);
  if (!found->whole)
    load_at_ = boot() + 4 * o.tick;
  arm();
}

// -- how a task stands
// -----------------------------------------------------------------------------

void task_keeper::look(const user_id& user, const task_id& id) {
  auto read = [who = engine_for(user), id](desk& d) -> result<task::record> {
    task::record now;
    auto done = d.transact(who, [&](desk_work& books) -> result<void> {
      auto found = books.tasks().find(id);
      if (!found)
        return fail(std::move(found.error()));
      now = std::move(*found);
      return {};
    });
    if (!done)
      return fail(std::move(done.error()));
    return now;
  };
  at_desk<task::record>(
      this, all_->desk_for(id.value), std::move(read),
      [this, user, id](const result<task::record>& now) {
        if (now) {
          judge(user, *now);
        } else if (now.error().code == errc::not_found) {
          pauses_.erase(id);
          settle(id, now);
        } else {
          const auto& o = all_->options();
          auto known = pauses_.find(id);
          auto tries = known == pauses_.end() ? 0 : known->second.tries;
          look_later(
              user, id, boot() + back_off(tries, o.restart_first, o.restart_most), tries + 1);
        }
      });
}

void task_keeper::judge(const user_id& user, const task::record& now) {
  using task::status;
  if (now.state == status::pending || now.state == status::preparing) {
    plan(user, now.id, nullptr);
    return;
  }
  if (auto p = plannings_.find(now.id); p != plannings_.end() && !p->second.worker)
    settle(now.id, now);
  if (now.state != status::ready_to_call || !now.retry_at) {
    pauses_.erase(now.id);
    return;
  }
  auto due = in(*now.retry_at);
  if (due <= boot())
    call_again(user, now.id);
  else
    look_later(user, now.id, due, 0);
}

/// An earlier time wins over a later one only by being told last: what was said before is judged
/// anew anyway.
void task_keeper::look_later(
    const user_id& user, const task_id& id, moment due, std::size_t tries) {
  pauses_[id] = pause{user, due, tries};
  due_.add(due, id);
  arm();
}

// -- time
// ------------------------------------------------------------------------------------------

/// Armed only while something waits. A later timer that is under way fires and is ignored.
void task_keeper::arm() {
  auto next = due_.next();
  if (load_at_)
    next = next ? std::min(*next, *load_at_) : *load_at_;
  if (!next || (armed_for_ != moment{0} && armed_for_ <= *next))
    return;
  armed_for_ = std::max(*next, moment{1});
  watch().wakes_at(armed_for_);
  delayed_send(this, std::max<moment>(*next - boot(), moment{0}), timer_fired{++generation_});
}

void task_keeper::fired(std::uint64_t generation) {
  if (generation != generation_)
    return;
  armed_for_ = moment{0};
  auto now = boot();
  if (load_at_ && *load_at_ <= now)
    load();
  while (auto id = due_.take_due(now)) {
    overdue(*id);
    auto found = pauses_.find(*id);
    if (found == pauses_.end() || found->second.due > now)
      continue; // it is over, or waits longer now
    look(found->second.user, *id);
  }
  arm();
}

// -- supervision
// -----------------------------------------------------------------------------------

void task_keeper::down(const caf::down_msg& what) {
  auto number = what.source.id();
  if (auto it = planner_actors_.find(number); it != planner_actors_.end()) {
    auto id = it->second;
    planner_actors_.erase(it);
    --planners_;
    auto found = plannings_.find(id);
    if (found != plannings_.end() && found->second.worker && found->second.worker.id() == number)
      planner_died(id);
    pump_plannings();
    return;
  }
  if (auto it = call_actors_.find(number); it != call_actors_.end()) {
    auto id = it->second;
    call_actors_.erase(it);
    auto found = calls_.find(id);
    if (found != calls_.end() && found->second.worker && found->second.worker.id() == number)
      call_died(id);
    pump_calls();
  }
}

} // namespace ringmaster
