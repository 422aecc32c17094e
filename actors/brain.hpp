#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>

#include <caf/typed_event_based_actor.hpp>

#include "actors/agenda.hpp"
#include "actors/internal.hpp"
#include "actors/watched.hpp"
#include "actors/world.hpp"

namespace ringmaster {

/// The BRAIN: takes users' questions to their agents and has each answered by an INQUIRY of its
/// own, so many at a time, the users in turn. Nothing is kept in here but what is under way: a
/// question whose engine dies was not stored, and may be asked again.
class brain_keeper final : public watched<brain_role::base> {
public:
  brain_keeper(caf::actor_config& config, world_ptr all);
  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "brain"; }
  actor_state describe(const uuid& about) const override;

private:
  using moment = std::chrono::nanoseconds; ///< on clock.boot()

  struct waiting {
    ask_brain what;
    std::shared_ptr<responder<brain::answered>> reply_to;
  };
  struct asker {
    std::deque<waiting> waits;
    std::size_t running = 0;
    bool in_round = false;
  };
  struct working {
    inquiry_role who;
    user_id user;
  };

  void take(asked_brain& asked);
  /// The user takes part in the round while something waits and may begin.
  void enroll(const user_id& user);
  void pump();
  void begin(const user_id& user, waiting one);
  void down(const caf::down_msg& what);
  void fired(std::uint64_t generation);
  void arm();

  world_ptr all_;
  std::unordered_map<user_id, asker> askers_;
  std::deque<user_id> round_;
  std::unordered_map<caf::actor_id, working> at_work_;
  std::size_t queued_ = 0;
  agenda<caf::actor_id> due_; ///< when a question counts as lost
  std::uint64_t generation_ = 0;
  moment armed_for_{};
};

} // namespace ringmaster
