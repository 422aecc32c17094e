#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "actors/interfaces.hpp"
#include "actors/world.hpp"
#include "domain/desk.hpp"
#include "domain/store.hpp"

namespace caf {
class actor_system;
} // namespace caf

namespace ringmaster {

/// All actors of one engine, made inside `system`; nothing is sent yet. With `detached`, STORE
/// lanes and DESKs get threads of their own (they block); without, everything runs on the
/// system's scheduler, as a deterministic test needs it.
world_ptr make_world(
  caf::actor_system& system, const engine_parts& parts,
  std::vector<std::unique_ptr<lane_store>> lanes, std::vector<std::unique_ptr<desk>> desks,
  bool detached);

/// The ENGINE: the actor system and the actors in it. Made, started once, shut down once. The
/// parts must outlive it, and the gateways to carrier and models must be able to call back until
/// `shutdown` has returned. At least one lane and one desk.
class engine {
 public:
  engine(
    const engine_parts& parts, std::vector<std::unique_ptr<lane_store>> lanes,
    std::vector<std::unique_ptr<desk>> desks);
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;
  /// Shuts down if nobody did.
  ~engine();

  /// Begins with the recovery. Callbacks may be given to the lanes before that has ended.
  void start();

  /// No dial from now on; everything else goes on. In memory only: the next start dials again.
  void halt();

  /// No dial from now on; then waits, at most `grace`, for the creates that have left to come back
  /// and be stored; then ends all actors, those that decide before those that store. What is still
  /// open then is found again by the next start.
  void shutdown(std::chrono::milliseconds grace);

  const std::vector<store_actor>& lanes() const { return lanes_; }
  const store_actor& lane_for(const uuid& owner_or_attempt) const {
    return lanes_[lane_of(owner_or_attempt, lanes_.size())];
  }
  const std::vector<desk_actor>& desks() const { return desks_; }
  const scheduler_actor& scheduler() const { return scheduler_; }
  const dialer_actor& dialer() const { return dialer_; }
  const feed_actor& feed() const { return feed_; }
  const tasks_actor& tasks() const { return tasks_; }
  const wrap_up_actor& wrap_up() const { return wrap_up_; }
  const brain_actor& brain() const { return brain_; }
  const courier_actor& courier() const { return courier_; }
  /// Where the actors can be looked at; null without engine_options::watch.
  const std::shared_ptr<actor_board>& watch() const { return watch_; }
  caf::actor_system& system();

 private:
  struct inside;

  std::unique_ptr<inside> inside_;
  std::vector<store_actor> lanes_;
  std::vector<desk_actor> desks_;
  scheduler_actor scheduler_;
  dialer_actor dialer_;
  feed_actor feed_;
  tasks_actor tasks_;
  wrap_up_actor wrap_up_;
  brain_actor brain_;
  courier_actor courier_;
  std::shared_ptr<actor_board> watch_;
};

} // namespace ringmaster
