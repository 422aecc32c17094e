#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "bench/load/lean_carrier.hpp"
#include "bench/load/machine.hpp"
#include "tests/support/stage.hpp"

namespace ringmaster::load {

/// The real engine with its private database, and the lean carrier in this process.
class arena {
 public:
  /// Starts both; one user. `settings` go before the usual ones.
  explicit arena(const support::engine_settings& settings = {});

  lean_carrier& carrier() { return carrier_; }
  support::stage& stage() { return stage_; }
  const support::api& user() const { return user_; }

  /// Lets one campaign have as many calls at once as a bench wants; the product's own bound is
  /// taken out of this database for it.
  void lift_bounds();
  /// Makes a campaign without limits and fills it; nobody is called before `start`.
  std::string fill(const std::string& name, std::size_t first, std::size_t count, long concurrency = 10'000);
  void start(const std::string& campaign);

  /// Waits until this many creates came; false if they stay out for `patience`.
  bool wait_creates(std::uint64_t count, std::chrono::milliseconds patience);
  /// Waits until the database holds this many attempts with a call bound to them.
  bool wait_bound(std::uint64_t count, std::chrono::milliseconds patience);

  cpu_reading cpu();

  /// Lets PostgreSQL count its statements from now on, if PROFILE is set; starts the engine anew
  /// for it. `print_profile` shows the dearest.
  void profile();
  void print_profile();

 private:
  lean_carrier carrier_;
  support::stage stage_;
  support::api user_;
};

/// One callback of one call, ready to be sent.
struct ready_event {
  std::string bytes;
  std::uint32_t call = 0;
  std::uint8_t step = 0;   ///< 0 initiated … 3 completed
  bool forged = false, copy = false;
};

/// The four events of each of these calls in the order in which a carrier with 1,000 calls alive
/// sends them: all first events of a thousand calls, then their second ones, and so on. Of 100
/// events one is followed by a forged one and five by their own copy.
std::vector<ready_event> script_of(
  const std::vector<arrival>& calls, std::size_t first, std::size_t count,
  const std::string& authority);

} // namespace ringmaster::load
