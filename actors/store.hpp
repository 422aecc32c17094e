#pragma once

#include <cstddef>
#include <memory>
#include <variant>
#include <vector>

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/internal.hpp"
#include "actors/watched.hpp"
#include "actors/world.hpp"
#include "domain/store.hpp"

namespace ringmaster {

/// The STORE: one lane. Collects the changes that have queued up, makes them in one transaction,
/// and answers each after the commit: a batch forms by itself while the last one is written, and
/// an idle lane adds no delay. Runs detached, for it blocks.
class store_lane final : public watched<store_role::base> {
 public:
  static constexpr std::size_t batch_most = 256;

  store_lane(caf::actor_config& config, world_ptr all, std::unique_ptr<lane_store> lane);
  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "store"; }
  actor_state describe(const uuid& about) const override;

 private:
  template <class Answer>
  using promise = caf::typed_response_promise<result<Answer>>;
  /// Whoever waits for a change: an actor by its promise, the edge by its responder.
  using waiter = std::variant<
    promise<permits>, promise<attempt_advanced>, promise<callback_recorded>,
    promise<campaign_steered>, promise<talk_noted>, std::shared_ptr<responder<callback_recorded>>,
    std::shared_ptr<responder<call_opened>>>;

  void collect(store_change change, waiter who);
  void flush();
  std::vector<result<store_answer>> commit();
  /// Tells the SCHEDULER what a committed callback of the edge means for its call.
  void pass_on(const change::record_callback& from, const callback_recorded& now, bool answer_request);

  world_ptr all_;
  std::unique_ptr<lane_store> lane_;
  std::vector<store_change> changes_;
  std::vector<waiter> waiters_;
};

} // namespace ringmaster
