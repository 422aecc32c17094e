#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>

#include "actors/engine.hpp"
#include "tests/actors/support/memory_books.hpp"
#include "tests/actors/support/memory_store.hpp"
#include "tests/actors/support/scripted_models.hpp"
#include "tests/actors/support/virtual_carrier.hpp"

namespace ringmaster::testing {

using namespace std::chrono_literals;

/// One life of the engine: an actor system on CAF's deterministic coordinator. Destroyed, it is
/// as if the process had been killed: what was not stored is gone.
class one_life {
 public:
  one_life(
    const engine_parts& parts, memory_database& database, memory_tasks& books,
    std::chrono::nanoseconds steady);
  ~one_life();

  caf::scheduler::test_coordinator& scheduler() { return *scheduler_; }
  bool step() { return scheduler_->try_run_once(); }
  void drain() {
    while (step()) {
      // nop
    }
  }
  /// Until the clock shows `to`; fires what falls due on the way.
  std::optional<std::chrono::nanoseconds> next_timer();

  world_ptr all;

 private:
  struct config : caf::actor_system_config {
    config() {
      set("scheduler.policy", caf::atom("testing"));
      set("logger.file-verbosity", caf::atom("quiet"));
    }
  };
  config config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::scheduler::test_coordinator* scheduler_;
  memory_database& database_;
};

/// A stage: the world that outlives the engine, and the engine's present life in it.
struct stage {
  explicit stage(std::uint64_t seed = 1);
  ~stage() { life.reset(); }

  // -- lives --
  /// The actors are made and told to begin, and have not done anything yet.
  void wake();
  void start();
  void crash();
  void restart() {
    crash();
    start();
  }

  // -- time --
  void elapse(std::chrono::nanoseconds d);
  /// Goes on until `done`, at most `most` long.
  bool until(const std::function<bool()>& done, std::chrono::nanoseconds most);
  void drain() { life->drain(); }
  /// One message of one actor; false when all mailboxes are empty.
  bool step() { return life->step(); }

  // -- campaigns --
  campaign_brief brief() const;
  /// A campaign that runs around the clock, with `n` targets of different numbers.
  campaign_id running(std::size_t n, rate_limits limits = {}, std::int32_t max_attempts = 1);
  campaign_id running(campaign_brief b, std::size_t n, std::int32_t max_attempts = 1);
  std::string number();

  // -- asking --
  template <class Message, class Answer>
  std::shared_ptr<std::optional<result<Answer>>> ask(Message what) {
    auto place = std::make_shared<std::optional<result<Answer>>>();
    auto reply = std::make_shared<responder<Answer>>([place](result<Answer> r) { *place = std::move(r); });
    caf::anon_send(life->all->scheduler, asked<Message, Answer>{std::move(what), std::move(reply)});
    return place;
  }
  template <class Message, class Answer>
  std::shared_ptr<std::optional<result<Answer>>> ask_tasks(Message what) {
    auto place = std::make_shared<std::optional<result<Answer>>>();
    auto reply = std::make_shared<responder<Answer>>([place](result<Answer> r) { *place = std::move(r); });
    caf::anon_send(life->all->tasks, asked<Message, Answer>{std::move(what), std::move(reply)});
    return place;
  }
  auto plan(const task_id& id) { return ask_tasks<plan_task, task::record>({user, id}); }
  auto call_for(const task_id& id) {
    return ask_tasks<start_task, task_started>({identity{user, "user:ann", "r-4"}, id});
  }
  void tell_changed(const task_id& id) { caf::anon_send(life->all->tasks, tasks_changed{user, id}); }
  std::shared_ptr<std::optional<result<campaign_steered>>> steer(
    const campaign_id& id, campaign::action on, std::optional<instant> start_at = {});
  health look();
  waiting why(const campaign_id& id);
  std::shared_ptr<std::optional<result<stop_report>>> stop(bool on = true);
  std::shared_ptr<std::optional<result<execution>>> execute(const campaign_id& id);

  // -- oracles --
  memory_database::attempt_row only_attempt(const campaign_id& id);
  std::size_t creates_of(const attempt_id& id) const;
  /// The greatest number of creates of these targets' numbers that arrived within `span`.
  std::size_t most_within(std::chrono::nanoseconds span) const;
  bool no_attempt_twice() const;

  user_id user;
  virtual_clock time;
  seeded_random random;
  memory_send_log marks;
  memory_switch flag;
  std::unique_ptr<engine_counters> counters = std::make_unique<engine_counters>();
  memory_database database;
  memory_tasks books{database};
  scripted_models models;
  virtual_carrier line;
  engine_options options;
  webhook_carrier* post = nullptr; ///< null: nothing is carried
  std::unique_ptr<one_life> life;
  std::size_t lanes = 2;
  std::uint64_t numbers = 0;
};

} // namespace ringmaster::testing
