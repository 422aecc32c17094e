#pragma once

#include <functional>
#include <memory>

#include "actors/messages.hpp"
#include "domain/desk.hpp"
#include "domain/error.hpp"
#include "domain/store.hpp"

namespace ringmaster {
class actor_board;
} // namespace ringmaster

namespace ringmaster::net {

/// Takes an answer, on whatever thread it was made; called exactly once.
template <class Answer>
using deliver = std::function<void(result<Answer>)>;

/// The doors from the edge into the engine. main makes one from the actors' handles (see
/// net/bridge.hpp), tests from lambdas. Every function returns at once; safe from any thread.
class engine {
 public:
  virtual ~engine() = default;

  virtual void ask(change::steer_campaign what, deliver<campaign_steered> then) = 0;
  virtual void ask(change::record_callback what, deliver<callback_recorded> then) = 0;
  virtual void ask(change::open_call what, deliver<call_opened> then) = 0;
  virtual void ask(execute_campaign what, deliver<execution> then) = 0;
  virtual void ask(stop_everything what, deliver<stop_report> then) = 0;
  virtual void ask(ask_waiting what, deliver<waiting> then) = 0;
  virtual void ask(ask_health what, deliver<health> then) = 0;
  virtual void ask(plan_task what, deliver<task::record> then) = 0;
  virtual void ask(start_task what, deliver<task_started> then) = 0;

  virtual void ask(open_line what, deliver<line_document> then) = 0;
  virtual void ask(hear_line what, deliver<line_document> then) = 0;
  virtual void ask(attach_line what, deliver<line_attached> then) = 0;
  virtual void ask(leave_line what, deliver<line_document> then) = 0;
  virtual void ask(control_call what, deliver<control_taken> then) = 0;
  virtual void ask(process_call what, deliver<talk::wrapped> then) = 0;
  virtual void ask(ask_brain what, deliver<brain::answered> then) = 0;

  /// News that nobody answers.
  virtual void tell(targets_added what) = 0;
  virtual void tell(tasks_changed what) = 0;
  virtual void tell(webhooks_changed what) = 0;
  virtual void tell(notice what) = 0;
  /// Begins to follow the FEED; `deliver` is called on the FEED's thread.
  virtual void tell(follow_feed what) = 0;

  /// Hands a job to the least loaded DESK. False, and the job is dropped, when too many wait.
  virtual bool at_desk(std::function<void(desk&)> job) = 0;

  /// Where all actors can be looked at without asking them; null: this engine does not watch them.
  virtual std::shared_ptr<actor_board> actors() const { return nullptr; }
};

} // namespace ringmaster::net
