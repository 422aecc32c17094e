#pragma once

#include "domain/desk.hpp"
#include "domain/notification.hpp"
#include "domain/task.hpp"
#include "net/engine.hpp"

// What the edge tells the engine and everybody who follows, after a change was committed.

namespace ringmaster::net {

/// A task has changed: TASKS look whether it is due, followers read it anew.
void tell_changed(engine& to, const user_id& user, const task::record& t);
/// A notification was written.
void tell_said(engine& to, const user_id& user, const notification::view& n);

} // namespace ringmaster::net
