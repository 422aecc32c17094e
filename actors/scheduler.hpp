#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

#include "actors/agenda.hpp"
#include "actors/call.hpp"
#include "actors/campaign.hpp"
#include "actors/clock_watch.hpp"
#include "actors/dial_flow.hpp"
#include "actors/internal.hpp"
#include "actors/roster.hpp"
#include "actors/watched.hpp"
#include "actors/world.hpp"

namespace ringmaster {

/// The SCHEDULER: the one place where an id becomes an actor. Says *when* a campaign asks for
/// permits (windows, paces, the account's rate, free places); *whether* a dial is allowed says the
/// permit transaction alone. Supervises all CAMPAIGNs and CALLs.
///
/// Times within are distances on clock.boot(), which nobody sets; the database's instants are
/// used only as distances to the database's own "now", so a difference of the clocks moves nothing.
/// Only windows and scheduled starts are judged on the wall clock.
class call_scheduler final : public watched<scheduler_role::base> {
 public:
  call_scheduler(caf::actor_config& config, world_ptr all);
  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "scheduler"; }
  actor_state describe(const uuid& about) const override;

 private:
  using moment = std::chrono::nanoseconds;
  using record = campaign_record;

  // -- beginning (scheduler_boot.cpp) --
  void begin();
  void load_doubts();
  void load_active();
  void load_live(attempt_id after, std::size_t seen);
  void load_again(const error& why, std::function<void()> next);
  void adopt(const call_brief& brief, call_start::origin from, moment first_look);
  void sweep_orphans();
  void refresh();

  // -- when (scheduler_pace.cpp) --
  permit::refusal blocked() const;
  void consider(record& r);
  void wait_until(record& r, moment due, permit::refusal why);
  bool judge_window(record& r, instant wall);
  void pump();
  void ask(record& r, std::uint32_t wanted);
  void answered(const campaign_id& id, std::uint32_t wanted, const dispatched& d);
  void reply_executions(record& r, std::uint32_t granted);
  void reconsider_all();
  void revive(record& r);
  void rest(record& r);

  // -- time (scheduler_time.cpp) --
  void fired(std::uint64_t generation);
  void arm();
  void tick();
  bool clock_stepped();
  void store_down(const std::string& why);
  void probe_store();
  void watch_store();
  void account_refused(const std::string& why);
  void account_accepted();
  void store_answers(instant database, instant asked);
  void gauge();
  moment boot() const { return all_->boot(); }
  instant wall() const { return all_->now(); }
  moment in(instant t) const;
  instant at(moment t) const;

  // -- calls (scheduler_calls.cpp) --
  void begin_all(begin_calls& what);
  void spawn_call(const attempt_id& id, call_record& c, call_start start);
  /// What the edge asks of a call goes to its CALL, which is made from the store if there is none.
  /// Whatever is not passed on answers `unavailable` by itself.
  template <class Asked>
  void pass_to_call(Asked& asked, const user_id& user) {
    if (draining_)
      return;
    auto id = asked.what.attempt;
    auto [place, fresh] = calls_.try_emplace(id);
    auto& c = place->second;
    if (c.actor) {
      send(c.actor, std::move(asked));
      return;
    }
    auto kept = std::make_shared<Asked>(std::move(asked));
    keep(id, {[this, kept](const call_role& call) { send(call, std::move(*kept)); },
              [kept](const error& why) { kept->reply_to->reply(fail(why)); }});
    if (fresh) {
      c.user = user;
      hydrate(id, c, call_start::origin::recalled);
    }
  }
  /// A question for a CALL that is being made.
  struct kept_question {
    std::function<void(const call_role&)> pass;
    std::function<void(const error&)> refuse;
  };
  void keep(const attempt_id& id, kept_question what);
  void forward(call_moved& m);
  void hydrate(const attempt_id& id, call_record& c, call_start::origin from);
  void came_back(const create_returned& what);
  void ended(const call_over& what);
  void down(const caf::down_msg& what);
  void note_restart(record& r, const char* role);
  moment restart_wait(std::size_t times) const;
  void drop_call(const attempt_id& id);
  void sweep(record& r, bool everything);
  void wake_due();

  // -- steering (scheduler_steer.cpp) --
  void steer(asked_steer& asked);
  void take_step(const campaign_steered& s);
  void tell(const campaign_steered& s);
  void tell_progress(record& r);
  record& enlist(const campaign_brief& brief);
  void open(record& r);
  void close(record& r, campaign::status state);
  void begin_scheduled(record& r);
  void trip(record& r, const std::string& reason);
  void engine_step(record& r, campaign::action on, std::string reason);
  void execute(asked_execute& asked);
  void stop(asked_stop& asked);
  waiting describe(const ask_waiting& what) const;
  health examine() const;
  void forget_if_done(const campaign_id& id);
  void drain();
  void leave_if_drained();
  record* find(const campaign_id& id);

  world_ptr all_;
  std::unordered_map<campaign_id, record> campaigns_;
  std::unordered_map<attempt_id, call_record> calls_;
  std::unordered_map<attempt_id, std::deque<kept_question>> questions_; ///< for CALLs that are loaded
  /// Who a monitored actor was; a down message brings its number only.
  std::unordered_map<caf::actor_id, attempt_id> call_actors_;
  std::unordered_map<caf::actor_id, campaign_id> campaign_actors_;

  std::deque<campaign_id> round_;    ///< campaigns that may ask, in turn
  agenda<campaign_id> due_;
  agenda<attempt_id> wakes_;
  dial_flow flow_;
  account_pace account_;
  clock_watch watch_;

  bool begun_ = false;
  bool draining_ = false;            ///< the engine ends
  bool doubts_loaded_ = false;
  bool campaigns_loaded_ = false;
  bool calls_loaded_ = false;
  bool store_down_ = false;
  bool orphans_possible_ = false;
  bool refresh_needed_ = false;
  bool skew_stops_ = false;
  bool lost_instance_ = false;
  std::string account_stopped_;      ///< why; empty: it is not
  std::string store_trouble_;
  moment store_probe_at_{};
  moment store_wait_{};
  moment probe_sent_{};              ///< of the look that is not answered yet; 0: none
  moment store_heard_{};             ///< when the store last answered a look
  moment account_held_until_{};
  moment account_wait_{};
  moment clock_hold_until_{};
  moment carrier_until_{};
  bool carrier_probing_ = false;     ///< one dial at a time until it answers
  moment tick_at_{};
  std::vector<std::function<void()>> after_store_; ///< loads that wait for the store
  std::vector<asked_steer> early_;   ///< asked before the campaigns were loaded
  std::vector<call_moved> unjudged_; ///< came before the window that judges them was loaded

  std::uint64_t generation_ = 0;
  moment armed_for_{};
};

} // namespace ringmaster
