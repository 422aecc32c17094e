#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "actors/actor_board.hpp"
#include "actors/internal.hpp"
#include "actors/options.hpp"
#include "actors/stop_board.hpp"
#include "domain/assistant.hpp"
#include "domain/counters.hpp"
#include "domain/ports.hpp"
#include "domain/webhook_desk.hpp"

namespace ringmaster {

/// The doors to the world and the settings, as main gives them. All must outlive the engine.
struct engine_parts {
  clock& time;
  random_source& random;
  carrier& line;
  send_log& marks;
  stop_switch& stop;
  engine_counters& counters;
  assistant::models& models;
  engine_options options{};
  /// Turned false from outside when another engine has taken over; may be null.
  const std::atomic<bool>* instance_ours = nullptr;
  /// To users' webhooks; null: nothing is carried, and what is written waits.
  webhook_carrier* post = nullptr;
};

/// What all actors of one engine share. Filled in completely before the first message is sent,
/// not changed after. Every actor lets go of it when it ends, for it holds their handles.
struct world {
  engine_parts parts;
  std::shared_ptr<stop_board> board;
  std::vector<store_role> lanes;
  dialer_role dialer;
  feed_actor feed;
  scheduler_role scheduler;
  std::vector<desk_actor> desks;
  tasks_role tasks;
  wrap_up_role wrap_up;
  brain_role brain;
  courier_role courier;
  std::shared_ptr<actor_board> watch; ///< null: nobody looks

  const engine_options& options() const { return parts.options; }
  std::chrono::nanoseconds boot() const { return parts.time.boot(); }
  instant now() const { return parts.time.now(); }
  const store_role& lane_for(const uuid& owner_or_attempt) const {
    return lanes[lane_of(owner_or_attempt, lanes.size())];
  }
  /// A campaign's permits and steps take the lane beside that of its attempts: one campaign alone
  /// then keeps two lanes busy, the one with new dials, the other with what became of them.
  const store_role& lane_beside(const campaign_id& owner) const {
    return lanes[(lane_of(owner.value, lanes.size()) + 1) % lanes.size()];
  }
  /// All transactions of the engine's own around one thing are made by one DESK, in their order.
  const desk_actor& desk_for(const uuid& subject) const {
    return desks[lane_of(subject, desks.size())];
  }
};
using world_ptr = std::shared_ptr<world>;

} // namespace ringmaster
