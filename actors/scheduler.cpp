#include "actors/scheduler.hpp"

#include <utility>

#include <spdlog/spdlog.h>

#include "actors/guard.hpp"

namespace ringmaster {

call_scheduler::call_scheduler(caf::actor_config& config, world_ptr all)
  : watched(config, all->watch, actor_kind::scheduler), all_(std::move(all)),
    flow_(all_->options().connections, all_->options().in_flight_most, all_->options().permit_ttl),
    account_(all_->options().calls_per_second) {
  guard(this, "scheduler");
  set_down_handler([this](const caf::down_msg& what) { down(what); });
}

void call_scheduler::on_exit() {
  for (auto& [id, c] : calls_)
    if (c.actor)
      send_exit(c.actor, caf::exit_reason::user_shutdown);
  for (auto& [id, r] : campaigns_)
    if (r.actor)
      send_exit(r.actor, caf::exit_reason::user_shutdown);
  calls_.clear();
  campaigns_.clear();
  questions_.clear();
  early_.clear();
  all_.reset();
}

call_scheduler::record* call_scheduler::find(const campaign_id& id) {
  auto found = campaigns_.find(id);
  return found == campaigns_.end() ? nullptr : &found->second;
}

call_scheduler::behavior_type call_scheduler::make_behavior() {
  return {
    // From the edge.
    [this](asked_steer& asked) { steer(asked); },
    [this](asked_execute& asked) { execute(asked); },
    [this](asked_stop& asked) { stop(asked); },
    [this](asked_waiting& asked) { asked.reply_to->reply(describe(asked.what)); },
    [this](asked_health& asked) {
      watch_store();
      arm();
      asked.reply_to->reply(examine());
    },
    [this](const targets_added& what) {
      if (auto* r = find(what.campaign)) {
        r->not_before = moment{0};
        consider(*r);
        pump();
      }
    },
    // From the edge, for a CALL.
    [this](asked_open_line& asked) { pass_to_call(asked, asked.what.user); },
    [this](asked_hear& asked) { pass_to_call(asked, asked.what.user); },
    [this](asked_attach& asked) { pass_to_call(asked, asked.what.user); },
    [this](asked_leave& asked) { pass_to_call(asked, asked.what.user); },
    [this](asked_control& asked) { pass_to_call(asked, asked.what.who.user); },
    // From the STORE, CAMPAIGNs and CALLs.
    [this](call_moved& m) { forward(m); },
    [this](begin_calls& what) { begin_all(what); },
    [this](const create_returned& what) { came_back(what); },
    [this](const call_over& what) { ended(what); },
    // Among ourselves.
    [this](const begin_engine&) { begin(); },
    [this](const timer_fired& t) { fired(t.generation); },
    [this](const wake_me& w) {
      wakes_.add(w.at, w.attempt);
      arm();
    },
    [this](const carrier_state& s) {
      using door = breaker::state;
      carrier_until_ = s.door == door::closed ? moment{0} : s.until;
      carrier_probing_ = s.door == door::open || s.door == door::half_open;
      pump();
    },
    [this](const carrier_knows_us&) { account_accepted(); },
    [this](const store_trouble& t) {
      store_down(t.detail);
      arm();
    },
    [this](const retire&) { drain(); },
    [this](const campaign_ended& what) {
      take_step(what.what);
      pump();
    },
  };
}

} // namespace ringmaster
