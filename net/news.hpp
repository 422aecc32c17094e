#pragma once

#include <vector>

#include "domain/desk.hpp"
#include "domain/gap.hpp"
#include "domain/notification.hpp"
#include "domain/task.hpp"
#include "net/engine.hpp"

// What the edge tells the engine and everybody who follows, after a change was committed.

namespace ringmaster::net {

/// A task has changed: TASKS look whether it is due, followers read it anew.
void tell_changed(engine& to, const user_id& user, const task::record& t);
/// A notification was written.
void tell_said(engine& to, const user_id& user, const notification::view& n);

/// A question was asked that nothing answers, or its gap was settled or opened again.
void tell_gap(engine& to, const user_id& user, const gap::record& g);
/// A proposal was made, edited or decided.
void tell_proposal(engine& to, const user_id& user, const calendar::proposal& p);

/// The notifications that this transaction has written about something.
result<std::vector<notification::view>> said_now(desk_work& w, const uuid& subject);

} // namespace ringmaster::net
