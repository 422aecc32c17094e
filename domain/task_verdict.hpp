#pragma once

#include <string>
#include <utility>

#include "domain/task_parts.hpp"

// A decision in the making, shared by the sources that decide the acts of a task.

namespace ringmaster::task {

/// The record as it was and as it becomes.
struct verdict {
  const record& before;
  const circumstances& around;
  outcome out;

  verdict(const record& r, const circumstances& c) : before(r), around(c), out{r, {}, {}} {}

  record& next() { return out.next; }
  void note(const char* action, status from, std::string reason) {
    out.audit.push_back({action, from, out.next.state, std::move(reason)});
  }
  /// A step that the caller knows to be in the table; one line of the audit trail.
  void move(status to, const char* action, std::string reason) {
    auto from = std::exchange(out.next.state, to);
    note(action, from, std::move(reason));
  }
};

using decided = result<outcome>;

decided finish(verdict&& v);
bool is_refused(const record& r);

/// True if nothing but a user's act is missing before the call; else says what it waits for. A yes
/// is asked for only when all else is known: it covers the price and the number that stand then.
bool is_ready(record& r, const circumstances& around);
/// Tells what a waiting task waits for, if it has not been told.
void tell_waiting(verdict& v);
/// The rules read all that people wrote for the task, whatever a model says; what they find is
/// added. True if there is anything new.
bool judge_again(record& r, const circumstances& around);
/// After a failure: again, where the settings say so, the limit is not reached, and what was
/// permitted still stands.
void retry(verdict& v, call::outcome what);

// The acts, by their sources.
decided begin_plan(verdict&& v);
decided take_plan(verdict&& v, const planned& p);
decided give_up_planning(verdict&& v, const planning_failed& p);
decided edit(verdict&& v, const patch& p);
decided wrap_up(verdict&& v, const wrapped_up& w);

} // namespace ringmaster::task
