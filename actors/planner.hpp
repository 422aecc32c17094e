#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include <caf/typed_event_based_actor.hpp>

#include "actors/internal.hpp"
#include "actors/task_facts.hpp"
#include "actors/watched.hpp"
#include "actors/world.hpp"

namespace ringmaster {

/// A PLANNER: one planning of one task. Stores that it began; asks the models for risks, plan and,
/// if something is missing, questions; stores what came of it. Killed at any point, the task stands
/// where the next planner begins anew.
class planner final : public watched<planner_role::base> {
public:
  planner(caf::actor_config& config, world_ptr all, user_id user, task_id task);
  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "planner"; }
  actor_state describe(const uuid& about) const override;

private:
  void begin();
  void ask_risks();
  void ask_plan();
  void ask_questions();
  /// Asks the models, writes down what it cost, and goes on.
  void ask(assistant::request what, std::function<void(assistant::completion&)> then);
  void store(task::act what);
  void end(result<task::record> what);

  world_ptr all_;
  user_id user_;
  task_id task_;
  task_facts facts_;
  assistant::risks risks_;
  task::planned plan_;
  std::size_t tries_ = 0; ///< to store what came of it
};

/// Both judgements together: the graver verdict, and every finding once.
assistant::risks join(assistant::risks a, const assistant::risks& b);
/// Questions by their field: the first one asked stands, required if either says so.
std::vector<assistant::question>
join(std::vector<assistant::question> a, const std::vector<assistant::question>& b);

} // namespace ringmaster
