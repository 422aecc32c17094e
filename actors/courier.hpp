#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include <caf/typed_event_based_actor.hpp>

#include "actors/internal.hpp"
#include "actors/watched.hpp"
#include "actors/world.hpp"

namespace ringmaster {

/// The COURIER: carries messages to users' webhooks. What is to be carried stands in the store,
/// written there with what it tells; in here is only what is on its way. A message that was on its
/// way when an engine was killed is sent again when its lease has run out: at least once, under the
/// same id. An address has at most two messages on their way, so that a slow one delays no other.
///
/// It looks into the store every second while any address is switched on, and not at all otherwise.
class courier final : public watched<courier_role::base> {
public:
  static constexpr std::size_t in_flight_most = 64;
  static constexpr std::chrono::seconds tick{1};
  static constexpr std::chrono::hours sweep_every{1};

  courier(caf::actor_config& config, world_ptr all);
  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "courier"; }
  actor_state describe(const uuid& about) const override;

private:
  using moment = std::chrono::nanoseconds; ///< on clock.boot()

  void look();
  void looked(result<webhook_outbox::claimed> found);
  void carry(webhook::parcel what);
  void came(const webhook::parcel& what, const webhook::answer& how);
  void finished(const webhook_id& to);
  void sweep();
  void fired(std::uint64_t generation);
  void wake_at(moment at);

  world_ptr all_;
  std::unordered_map<uuid, std::size_t> busy_; ///< messages on their way, by address
  std::size_t in_flight_ = 0;
  std::uint64_t carried_ = 0, refused_ = 0;
  bool begun_ = false;
  bool anybody_ = false; ///< an address is switched on
  bool looking_ = false;
  bool again_ = false; ///< look once more: something came while the store was read
  std::size_t failures_ = 0;
  moment sweep_at_{};
  std::uint64_t generation_ = 0;
  moment armed_for_{};
};

} // namespace ringmaster
