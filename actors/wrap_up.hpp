#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

#include "actors/agenda.hpp"
#include "actors/internal.hpp"
#include "actors/watched.hpp"
#include "actors/world.hpp"
#include "domain/call_desk.hpp"

namespace ringmaster {

/// WRAP_UP: finds out what conversations came to. The transcript goes to the models, what they say
/// is held against the transcript, and what remains is stored in one transaction. What is to be
/// done stands in the store; in here is only what is under way, so a call whose processing a killed
/// engine left is processed by the next one.
class wrap_up_desk final : public watched<wrap_up_role::base> {
public:
  wrap_up_desk(caf::actor_config& config, world_ptr all);
  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "wrap-up"; }
  actor_state describe(const uuid& about) const override;

private:
  using moment = std::chrono::nanoseconds; ///< on clock.boot()
  using waiter = std::shared_ptr<responder<talk::wrapped>>;

  /// What the models are asked with.
  struct material {
    talk::loaded known;
    std::vector<talk::segment> transcript;
  };
  /// What was found, until it is stored.
  struct finding {
    talk::findings found;
    std::string by, prompt;
    std::string words; ///< of a wish not to be called
  };
  /// A call that is being processed, or waits for a place or for the next try. Whoever asks
  /// meanwhile joins it.
  struct job {
    user_id user;
    bool again = false;
    bool waits = false; ///< for a place
    std::vector<waiter> waiters;
    std::optional<material> about;
    std::optional<finding> what;
    std::size_t model_tries = 0, store_tries = 0;
    moment due{}; ///< the next try; 0: it is under way
  };

  void begin();
  void load();
  void add(const user_id& user, const attempt_id& id, bool again, waiter reply);
  void pump();
  void read(const attempt_id& id);
  void have_read(const attempt_id& id, result<material> found);
  void ask(const attempt_id& id);
  void judge(const attempt_id& id, talk::findings found, std::string by, std::string prompt);
  void store(const attempt_id& id);
  void stored(const attempt_id& id, result<talk::wrapped> done);
  void again_later(const attempt_id& id, std::size_t tries, moment first, moment most);
  void end(const attempt_id& id, result<talk::wrapped> done);
  void fired(std::uint64_t generation);
  void arm();
  moment boot() const { return all_->boot(); }

  world_ptr all_;
  std::unordered_map<attempt_id, job> jobs_;
  std::deque<attempt_id> queue_; ///< jobs that wait for a place
  std::size_t running_ = 0;      ///< those that have one, also while they wait for a try
  agenda<attempt_id> due_;
  bool begun_ = false;
  bool loading_ = false;
  bool more_ = false; ///< in the store than was read
  std::optional<moment> load_at_;
  std::size_t load_tries_ = 0;
  std::uint64_t generation_ = 0;
  moment armed_for_{};
};

} // namespace ringmaster
