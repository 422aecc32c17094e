#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include <caf/typed_event_based_actor.hpp>

#include "actors/internal.hpp"
#include "actors/task_facts.hpp"
#include "actors/watched.hpp"
#include "actors/world.hpp"

namespace ringmaster {

/// A TASK_CALL: one start of a task's call. Has the script written, stores it with the task's
/// campaign of one, has the SCHEDULER start that and make a dispatch pass, and answers with the
/// session as soon as the carrier has named it. It dials nothing itself: window, stop, rates and
/// approval are judged again by those who do.
class task_call final : public watched<task_call_role::base> {
public:
  using reply_place = std::shared_ptr<responder<task_started>>;

  /// Without a `reply_to` it is the engine that calls again: only where it still should.
  task_call(caf::actor_config& config, world_ptr all, start_task what, reply_place reply_to);
  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "task_call"; }
  actor_state describe(const uuid& about) const override;

private:
  void begin();
  /// What is known to forbid the call before anything was asked of anybody.
  result<void> may_start() const;
  error of_task(error why) const;
  void write_script();
  void prepare(assistant::script script);
  void start(const campaign_id& id);
  void execute(const campaign_id& id);
  void find_session();
  void refuse(error why);
  void end(std::optional<error> why);

  world_ptr all_;
  start_task what_;
  reply_place reply_to_;
  task_facts facts_;
  std::optional<attempt_id> last_call_; ///< of the calls before this one
  task_started answer_;
  std::chrono::milliseconds waited_{0}, next_look_{50};
};

} // namespace ringmaster
