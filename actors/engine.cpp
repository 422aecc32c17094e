#include "actors/engine.hpp"

#include <utility>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/brain.hpp"
#include "actors/courier.hpp"
#include "actors/desk.hpp"
#include "actors/dialer.hpp"
#include "actors/feed.hpp"
#include "actors/scheduler.hpp"
#include "actors/store.hpp"
#include "actors/tasks.hpp"
#include "actors/wrap_up.hpp"

namespace ringmaster {

namespace {

/// With `detached`, on a thread of its own: it blocks.
template <class Actor, class... Ts>
auto spawn_blocking(caf::actor_system& system, bool detached, Ts&&... xs) {
  return detached ? system.spawn<Actor, caf::detached>(std::forward<Ts>(xs)...)
                  : system.spawn<Actor>(std::forward<Ts>(xs)...);
}

} // namespace

world_ptr make_world(
  caf::actor_system& system, const engine_parts& parts,
  std::vector<std::unique_ptr<lane_store>> lanes, std::vector<std::unique_ptr<desk>> desks,
  bool detached) {
  auto all = std::make_shared<world>(world{
    parts, std::make_shared<stop_board>(parts.instance_ours), {}, {}, {}, {}, {}, {}, {}, {}, {}, {}});
  if (parts.options.watch)
    all->watch = std::make_shared<actor_board>(parts.time);
  auto epoch = static_cast<std::uint64_t>(parts.time.now().time_since_epoch().count());
  all->feed = system.spawn<feed_desk>(epoch, all->watch);
  for (auto& lane : lanes)
    all->lanes.push_back(spawn_blocking<store_lane>(system, detached, all, std::move(lane)));
  for (auto& one : desks)
    all->desks.push_back(spawn_blocking<desk_clerk>(system, detached, std::move(one), all->watch));
  all->dialer = system.spawn<dialer>(all);
  all->scheduler = system.spawn<call_scheduler>(all);
  all->tasks = system.spawn<task_keeper>(all);
  all->wrap_up = system.spawn<wrap_up_desk>(all);
  all->brain = system.spawn<brain_keeper>(all);
  all->courier = system.spawn<courier>(all);
  return all;
}

namespace {

/// CAF reads no file and no argument of the process: every setting is made here.
struct quiet_config : caf::actor_system_config {
  explicit quiet_config(std::size_t threads) {
    // `sharing`: an idle engine uses no CPU; stealing workers poll.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", threads == 0 ? std::size_t{1} : threads);
    // The default is without end: one long mailbox would keep all others waiting.
    set("scheduler.max-throughput", std::size_t{100});
  }
};

} // namespace

struct engine::inside {
  explicit inside(std::size_t threads) : config(threads), system(config) {}

  quiet_config config;
  caf::actor_system system;
  world_ptr all;
  engine_counters* counters = nullptr;
  bool started = false;
  bool ended = false;
};

engine::engine(
  const engine_parts& parts, std::vector<std::unique_ptr<lane_store>> lanes,
  std::vector<std::unique_ptr<desk>> desks)
  : inside_(std::make_unique<inside>(parts.options.threads)) {
  inside_->all = make_world(inside_->system, parts, std::move(lanes), std::move(desks), true);
  inside_->counters = &parts.counters;
  desks_ = inside_->all->desks;
  lanes_.assign(inside_->all->lanes.begin(), inside_->all->lanes.end());
  scheduler_ = inside_->all->scheduler;
  dialer_ = inside_->all->dialer;
  feed_ = inside_->all->feed;
  tasks_ = inside_->all->tasks;
  wrap_up_ = inside_->all->wrap_up;
  brain_ = inside_->all->brain;
  courier_ = inside_->all->courier;
  watch_ = inside_->all->watch;
}

engine::~engine() { shutdown(std::chrono::milliseconds(0)); }

caf::actor_system& engine::system() { return inside_->system; }

void engine::start() {
  if (std::exchange(inside_->started, true))
    return;
  caf::anon_send(inside_->all->scheduler, begin_engine{});
  caf::anon_send(inside_->all->tasks, begin_tasks{});
  caf::anon_send(inside_->all->wrap_up, begin_wrap_ups{});
  caf::anon_send(inside_->all->courier, begin_courier{});
}

// Not the user's stop: that one is kept in a file.
void engine::halt() { inside_->all->board->stop(); }

void engine::shutdown(std::chrono::milliseconds grace) {
  if (std::exchange(inside_->ended, true))
    return;
  {
    // The scoped actor must be gone before the system waits for all actors.
    caf::scoped_actor self(inside_->system);
    halt();
    auto end = [&](const auto& who) {
      self->monitor(who);
      self->send_exit(who, caf::exit_reason::user_shutdown);
      self->receive([](const caf::down_msg&) {});
    };
    // Whoever waits for a plan is told so; what was being planned is planned by the next start.
    end(inside_->all->tasks);
    end(inside_->all->brain);
    // What is on its way is sent again when its lease has run out.
    end(inside_->all->courier);
    // Creates that have left come back and are stored, CALL by CALL; then the SCHEDULER ends.
    self->monitor(inside_->all->scheduler);
    self->send(inside_->all->scheduler, retire{});
    auto drained = false;
    self->receive([&](const caf::down_msg&) { drained = true; }, caf::after(grace) >> [] {});
    if (auto left = inside_->counters->creates_in_flight.load(std::memory_order_acquire); left > 0)
      spdlog::warn("engine: {} create requests did not come back; the next start resolves them", left);
    // Deciders first, then the doors, then the stores, which write what was handed to them before.
    if (!drained) {
      self->send_exit(inside_->all->scheduler, caf::exit_reason::user_shutdown);
      self->receive([](const caf::down_msg&) {});
    }
    // No CALL ends any more. What is not wrapped up is found by the next start.
    end(inside_->all->wrap_up);
    end(inside_->all->dialer);
    end(inside_->all->feed);
    for (const auto& lane : inside_->all->lanes) {
      self->monitor(lane);
      self->send(lane, retire{});
      self->receive([](const caf::down_msg&) {});
    }
    for (const auto& one : desks_)
      end(one);
  }
  inside_->all.reset();
  lanes_.clear();
  desks_.clear();
  scheduler_ = nullptr;
  dialer_ = nullptr;
  feed_ = nullptr;
  tasks_ = nullptr;
  wrap_up_ = nullptr;
  brain_ = nullptr;
  courier_ = nullptr;
  inside_->system.await_all_actors_done();
}

} // namespace ringmaster
