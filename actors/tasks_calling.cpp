#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/task_call.hpp"
#include "actors/task_facts.hpp"
#include "actors/tasks.hpp"

// Calls for tasks: one start at a time per task, by a user's act or by the engine when a retry is
// due.

namespace ringmaster {

void task_keeper::start(asked_start& asked) {
  auto refuse = [&](error why) { asked.reply_to->reply(fail(std::move(why))); };
  auto id = asked.what.task;
  if (auto under_way = calls_.find(id); under_way != calls_.end()) {
    if (under_way->second.user == asked.what.who.user)
      refuse(error{
          .code = errc::conflict,
          .detail = "a call for this task is being started already",
          .retry_after = std::chrono::seconds(1)});
    else
      refuse(error{.code = errc::not_found, .detail = "no such task"});
    return;
  }
  if (calls_.size() >= all_->options().task_starts_most) {
    refuse(error{
        .code = errc::unavailable,
        .detail = "too many calls are being started; try again",
        .retry_after = std::chrono::seconds(1)});
    return;
  }
  spawn_call(std::move(asked.what), std::move(asked.reply_to));
}

void task_keeper::spawn_call(start_task what, std::shared_ptr<responder<task_started>> reply) {
  auto id = what.task;
  auto& c = calls_[id];
  c.user = what.who.user;
  c.by_engine = !reply;
  engine_calls_ += c.by_engine;
  c.worker = spawn<task_call, caf::monitored>(all_, std::move(what), std::move(reply));
  call_actors_[c.worker.id()] = id;
}

void task_keeper::call_again(const user_id& user, const task_id& id) {
  if (calls_.contains(id)) {
    // What becomes of it is told by the SCHEDULER; if nothing is, it is looked at again.
    look_later(user, id, boot() + all_->options().task_retry_first, 0);
    return;
  }
  auto same = [&](const auto& queued) { return queued.second == id; };
  if (std::none_of(call_queue_.begin(), call_queue_.end(), same))
    call_queue_.emplace_back(user, id);
  pump_calls();
}

void task_keeper::pump_calls() {
  while (engine_calls_ < all_->options().plannings_most && !call_queue_.empty()) {
    auto [user, id] = call_queue_.front();
    call_queue_.pop_front();
    if (calls_.contains(id)) {
      look_later(user, id, boot() + all_->options().task_retry_first, 0);
      continue;
    }
    spdlog::info("task {}: called for again, by the standing permission", to_string(id));
    spawn_call(start_task{engine_for(user), id}, nullptr);
  }
}

void task_keeper::started(const start_over& what) {
  auto found = calls_.find(what.task);
  if (found == calls_.end())
    return;
  auto call = std::move(found->second);
  calls_.erase(found);
  engine_calls_ -= call.by_engine;
  if (call.by_engine && !what.refused)
    pauses_.erase(what.task);
  if (call.by_engine && what.refused) {
    const auto& why = *what.refused;
    const auto& o = all_->options();
    auto known = pauses_.find(what.task);
    auto tries = known == pauses_.end() ? 0 : known->second.tries;
    spdlog::info("task {}: not called for again now: {}", to_string(what.task), why.detail);
    switch (why.code) {
    case errc::window_closed: {
      // Looked at again at least hourly: rules of time zones and clocks change.
      auto again = boot() + std::chrono::hours(1);
      auto opens = why.next_open_at ? in(*why.next_open_at) : again;
      look_later(
          call.user, what.task, std::clamp<moment>(opens, boot() + std::chrono::seconds(1), again),
          0);
      break;
    }
    case errc::stopped:
      look_later(call.user, what.task, boot() + o.task_retry_first, 0);
      break;
    case errc::unavailable:
    case errc::internal:
    case errc::conflict:
    case errc::rate_limited:
      look_later(
          call.user, what.task, boot() + back_off(tries, o.task_retry_first, o.task_retry_most),
          tries + 1);
      break;
    default:
      pauses_.erase(what.task); // as it stands it may not be called for; a change is told
      break;
    }
  }
  pump_calls();
}

void task_keeper::call_died(const task_id& id) {
  all_->parts.counters.actor_restarts.fetch_add(1, std::memory_order_relaxed);
  spdlog::error("tasks: the start of the call for task {} ended badly", to_string(id));
  started(start_over{
      id, error{.code = errc::internal, .detail = "the engine failed"}
  });
}

} // namespace ringmaster
