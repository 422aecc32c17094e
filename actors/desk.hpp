#pragma once

#include <memory>

#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"
#include "actors/watched.hpp"
#include "domain/desk.hpp"

namespace ringmaster {

/// The DESK: runs the transactions of users, one at a time, on its own thread, for it blocks. A
/// job answers by what it captured; if it throws, its responder says `unavailable` by itself.
class desk_clerk final : public watched<desk_actor::base> {
 public:
  desk_clerk(caf::actor_config& config, std::unique_ptr<desk> books, std::shared_ptr<actor_board> board = nullptr);
  behavior_type make_behavior() override;
  const char* name() const override { return "desk"; }

 private:
  std::unique_ptr<desk> books_;
};

} // namespace ringmaster
