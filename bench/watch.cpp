// What it costs that actors can be looked at: the same messages to the same actors with a board and
// without, in turn, and what a live call grows by.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <memory>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/actor_board.hpp"
#include "actors/call.hpp"
#include "actors/watched.hpp"
#include "bench/load/machine.hpp"

namespace {

using namespace ringmaster;

struct boot_clock final : clock {
  instant now() const override { return {}; }
  std::chrono::nanoseconds boot() const override {
    timespec t{};
    ::clock_gettime(CLOCK_BOOTTIME, &t);
    return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
  }
};

using counter_role = caf::typed_actor<caf::reacts_to<targets_added>>;

/// Passes a message on to the next in the ring so often.
class counter final : public watched<counter_role::base> {
public:
  counter(caf::actor_config& config, std::shared_ptr<actor_board> board, std::uint64_t n)
      : watched(config, std::move(board), actor_kind::call), left_(n) {}
  behavior_type make_behavior() override {
    return {[this](const targets_added& what) {
      if (--left_ == 0)
        quit();
      else
        send(this, what);
    }};
  }

private:
  std::uint64_t left_;
};

/// Nanoseconds of a message, `actors` actors that are all busy.
double run(std::shared_ptr<actor_board> board, std::size_t actors, std::uint64_t each) {
  caf::actor_system_config config;
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", std::size_t{1});
  config.set("scheduler.max-throughput", std::size_t{100});
  caf::actor_system system(config);
  std::vector<counter_role> all;
  for (std::size_t i = 0; i < actors; ++i)
    all.push_back(system.spawn<counter>(board, each));
  const auto began = std::chrono::steady_clock::now();
  for (auto& one : all)
    caf::anon_send(one, targets_added{});
  all.clear();
  system.await_all_actors_done();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - began;
  return took.count() / static_cast<double>(actors * each);
}

} // namespace

int main() {
  std::printf("%s\n", load::machine_line().c_str());
  std::printf(
      "a live call's actor: %zu bytes, of which its place on the board %zu\n", sizeof(call_session),
      sizeof(actor_watch));
  boot_clock time;
  auto board = std::make_shared<actor_board>(time);
  std::vector<double> with, without;
  for (int round = 0; round < 7; ++round) {
    without.push_back(run(nullptr, 64, 20'000));
    with.push_back(run(board, 64, 20'000));
  }
  std::printf(
      "one message: %.0f ns without, %.0f ns with: %.0f ns more\n", load::median(without),
      load::median(with), load::median(with) - load::median(without));
  return 0;
}
