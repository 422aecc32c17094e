#pragma once

#include <cstdint>
#include <memory>

#include <caf/typed_event_based_actor.hpp>

#include "actors/internal.hpp"
#include "actors/watched.hpp"
#include "actors/world.hpp"

namespace ringmaster {

/// A CAMPAIGN: one running campaign. Asks its lane for permits when the SCHEDULER says so, hands
/// the committed intents over, and sees when the last target has ended. It ends only when nothing
/// is asked: an intent whose answer found nobody would hold its number until the next start.
class campaign_runner final : public watched<campaign_role::base> {
 public:
  campaign_runner(
    caf::actor_config& config, world_ptr all, user_id user, campaign_id id,
    std::shared_ptr<const campaign_stop> stop);
  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "campaign"; }
  actor_state describe(const uuid& about) const override;
  result<void> stop_by(const identity& who) override;

 private:
  caf::result<dispatched> ask(const dispatch& what);
  /// Takes the step `finish` if nothing is left to do.
  void consider(const campaign::progress& counts);
  void leave_if_idle();

  world_ptr all_;
  user_id user_;
  campaign_id id_;
  std::shared_ptr<const campaign_stop> stop_;
  std::uint16_t asked_ = 0;
  bool finishing_ = false;
  bool retiring_ = false;
};

} // namespace ringmaster
