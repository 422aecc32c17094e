#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "actors/interfaces.hpp"
#include "net/engine.hpp"

namespace ringmaster::net {

/// The actors that the edge may speak to.
struct engine_handles {
  scheduler_actor scheduler;
  std::vector<store_actor> lanes; ///< in the order of `lane_of`
  std::vector<desk_actor> desks;
  tasks_actor tasks{}; ///< none: nobody plans or calls for tasks
  feed_actor feed{};   ///< none: nothing is told live
  wrap_up_actor wrap_up{}; ///< none: nothing is processed after calls
  brain_actor brain{};     ///< none: nobody answers in chats
  std::shared_ptr<actor_board> watch{}; ///< none: nobody looks at the actors
  courier_actor courier{};              ///< none: nothing is carried to webhooks
};

/// The edge's way to the actors. `desk_queue` bounds the jobs that wait for all DESKs together.
/// The io_contexts of the servers must outlive the actor system: late answers are posted there.
std::unique_ptr<engine> make_bridge(engine_handles handles, std::size_t desk_queue);

} // namespace ringmaster::net
