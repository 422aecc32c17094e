#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/internal.hpp"
#include "actors/watched.hpp"
#include "actors/world.hpp"
#include "domain/breaker.hpp"

namespace ringmaster {

/// The DIALER: the carrier's door. Hands orders to the gateway with the gate in front of the wire,
/// keeps the circuit breaker, never blocks and never sends a create twice. The gateway's answers
/// come back as messages; its threads touch nothing in here.
class dialer final : public watched<dialer_role::base> {
 public:
  dialer(caf::actor_config& config, world_ptr all);
  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "dialer"; }
  actor_state describe(const uuid& about) const override;

 private:
  template <class Answer>
  using promise = caf::typed_response_promise<Answer>;
  struct flight {
    promise<attempt::exchange> answer;
    std::shared_ptr<send_gate::passage> passage;
  };
  struct search {
    promise<result<lists>> answer;
    lists found;
    std::optional<error> failure;
    int missing = 2;
  };

  caf::result<attempt::exchange> create(dial& what);
  void returned(create_done& what);
  /// What an exchange says about the carrier itself, not about the call.
  void learn(const attempt::exchange& what, const send_gate::passage& passage);
  template <class F>
  caf::result<result<call_news>> ask_news(F&& start);
  caf::result<result<lists>> look(const look_for_call& what);
  void listed(list_done& what);
  void tell_door();

  world_ptr all_;
  breaker door_;
  breaker::state told_ = breaker::state::closed;
  std::chrono::nanoseconds told_until_{};
  std::uint64_t tokens_ = 0;
  std::unordered_map<std::uint64_t, flight> flights_;
  std::unordered_map<std::uint64_t, promise<result<call_news>>> news_;
  std::unordered_map<std::uint64_t, search> searches_;
};

} // namespace ringmaster
