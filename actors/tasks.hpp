#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

#include "actors/agenda.hpp"
#include "actors/internal.hpp"
#include "actors/watched.hpp"
#include "actors/world.hpp"

namespace ringmaster {

/// TASKS: plans tasks and calls for them. What is to be done stands in the store; in here is only
/// what is under way, and when a task is looked at next. So a task that a killed engine left in
/// pending or preparing is planned by the next one, and a call that is due again is made by
/// whichever engine runs then.
///
/// Each planning is a PLANNER of its own, and each start of a call a TASK_CALL; both are watched.
class task_keeper final : public watched<tasks_role::base> {
public:
  task_keeper(caf::actor_config& config, world_ptr all);
  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "tasks"; }
  actor_state describe(const uuid& about) const override;

private:
  using moment = std::chrono::nanoseconds; ///< on clock.boot()
  using waiter = std::shared_ptr<responder<task::record>>;

  /// A task that is being planned, or is about to be. One planning at a time: whoever asks
  /// meanwhile joins it.
  struct planning {
    user_id user;
    std::vector<waiter> waiters;
    planner_role worker; ///< null: it waits for a place, or for a pause to pass
    moment deadline{};   ///< of the worker, after which it counts as dead
    std::size_t deaths = 0;
    bool queued = false;
    bool given_up = false; ///< that is being stored
  };
  /// What stands in the store for the engine to go on with.
  struct backlog {
    std::vector<task_due> list;
    bool whole = false; ///< nothing else stands there
  };
  /// A task that is looked at again later.
  struct pause {
    user_id user;
    moment due{};
    std::size_t tries = 0; ///< in vain, since something changed
  };
  struct starting {
    user_id user;
    task_call_role worker;
    bool by_engine = false;
  };

  // -- looking (tasks.cpp) --
  void begin();
  void load();
  void loaded(const result<backlog>& found);
  /// Reads the task and does what it needs.
  void look(const user_id& user, const task_id& id);
  void judge(const user_id& user, const task::record& now);
  void look_later(const user_id& user, const task_id& id, moment due, std::size_t tries);
  void fired(std::uint64_t generation);
  void arm();
  void down(const caf::down_msg& what);
  moment back_off(std::size_t tries, moment first, moment most) const;
  moment boot() const { return all_->boot(); }
  moment in(instant t) const;

  // -- planning (tasks_planning.cpp) --
  void plan(const user_id& user, const task_id& id, waiter reply);
  void pump_plannings();
  void planned(planning_over& what);
  void settle(const task_id& id, const result<task::record>& what);
  void planner_died(const task_id& id);
  void give_up(const task_id& id);
  void overdue(const task_id& id);

  // -- calling (tasks_calling.cpp) --
  void start(asked_start& asked);
  void call_again(const user_id& user, const task_id& id);
  void pump_calls();
  void spawn_call(start_task what, std::shared_ptr<responder<task_started>> reply);
  void started(const start_over& what);
  void call_died(const task_id& id);

  world_ptr all_;
  std::unordered_map<task_id, planning> plannings_;
  std::deque<task_id> plan_queue_;
  std::size_t planners_ = 0;
  std::unordered_map<task_id, starting> calls_;
  std::deque<std::pair<user_id, task_id>> call_queue_; ///< of the engine's own
  std::size_t engine_calls_ = 0;
  /// Who a monitored actor was; a down message brings its number only.
  std::unordered_map<caf::actor_id, task_id> planner_actors_, call_actors_;

  std::unordered_map<task_id, pause> pauses_;
  agenda<task_id> due_;
  bool begun_ = false;
  bool loading_ = false;
  std::optional<moment> load_at_; ///< more may stand in the store than was read, or nothing was
  std::size_t load_tries_ = 0;
  std::uint64_t generation_ = 0;
  moment armed_for_{};
};

} // namespace ringmaster
