#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "actors/interfaces.hpp"
#include "actors/messages.hpp"
#include "actors/way_back.hpp"
#include "domain/breaker.hpp"

// Messages that only the actors themselves send, and the roles with them.

namespace ringmaster {

/// A STORE lane to itself: lands behind everything that has queued up.
struct flush_batch {};

/// The gateway's answers, on their way into the DIALER. `token` names the asker.
struct create_done {
  std::uint64_t token = 0;
  attempt::exchange what;
};
struct news_done {
  std::uint64_t token = 0;
  result<call_news> what;
};
struct list_done {
  std::uint64_t token = 0;
  bool newest = false; ///< the account's newest calls, not those of the numbers
  result<std::vector<attempt::listed_call>> what;
};

/// DIALER to SCHEDULER: how the carrier's door stands.
struct carrier_state {
  breaker::state door = breaker::state::closed;
  std::chrono::nanoseconds until{}; ///< on clock.boot(); for throttled and open
};
/// DIALER to SCHEDULER: the carrier took our credentials for a read.
struct carrier_knows_us {};
/// SCHEDULER to DIALER: try the credentials with a read.
struct probe_account {};

/// CALL to SCHEDULER: send me `wake` not before `at` (clock.boot()). One timer serves all calls:
/// CAF keeps a receiver alive until its own timer fires, which would hold ended calls in memory.
struct wake_me {
  attempt_id attempt;
  std::chrono::nanoseconds at{};
};
struct wake {};
/// CALL to SCHEDULER: a result could not be stored; no dialing until the store answers.
struct store_trouble {
  std::string detail;
};

/// CAMPAIGN to SCHEDULER: its last target ended and that is stored.
struct campaign_ended {
  campaign_id campaign;
  campaign_steered what;
};
/// End in good order. A CAMPAIGN: as soon as nothing is asked. A CALL: as soon as its create
/// request has come back and no step is at the STORE. The SCHEDULER: when all of these have. A
/// STORE lane: when what came before is written. (An exit message would overtake all that.)
struct retire {};

/// The engine to the SCHEDULER: all actors stand, begin with the recovery.
struct begin_engine {};
/// The SCHEDULER to itself. Older generations are ignored.
struct timer_fired {
  std::uint64_t generation = 0;
};

// -- tasks ----------------------------------------------------------------------------------------

/// The engine to TASKS: all actors stand, go on with what the last run left.
struct begin_tasks {};
/// A PLANNER to TASKS: its task is planned or failed, or was so already; an error says that it
/// could not be learned or stored.
struct planning_over {
  task_id task;
  result<task::record> what;
};
/// A TASK_CALL to TASKS: the call was begun, or why not. Whoever asked has been answered.
struct start_over {
  task_id task;
  std::optional<error> refused;
};

// -- after calls ------------------------------------------------------------------------------------

/// The engine to WRAP_UP: all actors stand, find what the last run left.
struct begin_wrap_ups {};

/// The engine to the COURIER: all actors stand, look what the last run left.
struct begin_courier {};

using store_role = store_actor::extend<caf::reacts_to<flush_batch>, caf::reacts_to<retire>>;
using dialer_role = dialer_actor::extend<
  caf::reacts_to<create_done>, caf::reacts_to<news_done>, caf::reacts_to<list_done>,
  caf::reacts_to<probe_account>>;
using call_role =
  call_actor::extend<caf::reacts_to<wake>, caf::reacts_to<retire>, caf::reacts_to<go_on>>;
using campaign_role = campaign_actor::extend<caf::reacts_to<retire>>;
using scheduler_role = scheduler_actor::extend<
  caf::reacts_to<begin_engine>, caf::reacts_to<timer_fired>, caf::reacts_to<wake_me>,
  caf::reacts_to<carrier_state>, caf::reacts_to<carrier_knows_us>, caf::reacts_to<store_trouble>,
  caf::reacts_to<campaign_ended>, caf::reacts_to<retire>>;
using tasks_role = tasks_actor::extend<
  caf::reacts_to<begin_tasks>, caf::reacts_to<planning_over>, caf::reacts_to<start_over>,
  caf::reacts_to<timer_fired>, caf::reacts_to<go_on>>;
using wrap_up_role = wrap_up_actor::extend<
  caf::reacts_to<begin_wrap_ups>, caf::reacts_to<timer_fired>, caf::reacts_to<go_on>>;
using courier_role = courier_actor::extend<
  caf::reacts_to<begin_courier>, caf::reacts_to<timer_fired>, caf::reacts_to<go_on>>;
using brain_role = brain_actor::extend<caf::reacts_to<timer_fired>>;
/// An INQUIRY: one question of a user to an agent. It begins by itself and ends when it has answered.
using inquiry_role = caf::typed_actor<caf::reacts_to<go_on>>;
/// A PLANNER: one planning of one task. A TASK_CALL: one start of a task's call. Both begin by
/// themselves and end when they have told TASKS.
using planner_role = caf::typed_actor<caf::reacts_to<go_on>>;
using task_call_role = caf::typed_actor<caf::reacts_to<go_on>>;

} // namespace ringmaster

RINGMASTER_LOCAL(ringmaster::begin_tasks)
RINGMASTER_LOCAL(ringmaster::begin_wrap_ups)
RINGMASTER_LOCAL(ringmaster::begin_courier)
RINGMASTER_LOCAL(ringmaster::planning_over)
RINGMASTER_LOCAL(ringmaster::start_over)
RINGMASTER_LOCAL(ringmaster::flush_batch)
RINGMASTER_LOCAL(ringmaster::create_done)
RINGMASTER_LOCAL(ringmaster::news_done)
RINGMASTER_LOCAL(ringmaster::list_done)
RINGMASTER_LOCAL(ringmaster::carrier_state)
RINGMASTER_LOCAL(ringmaster::carrier_knows_us)
RINGMASTER_LOCAL(ringmaster::probe_account)
RINGMASTER_LOCAL(ringmaster::wake_me)
RINGMASTER_LOCAL(ringmaster::wake)
RINGMASTER_LOCAL(ringmaster::store_trouble)
RINGMASTER_LOCAL(ringmaster::campaign_ended)
RINGMASTER_LOCAL(ringmaster::retire)
RINGMASTER_LOCAL(ringmaster::begin_engine)
RINGMASTER_LOCAL(ringmaster::timer_fired)
