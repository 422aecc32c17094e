#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "domain/attempt.hpp"
#include "domain/permit.hpp"

namespace ringmaster {

/// What the engine counts, shared by all threads and shown by /metrics. Bounded on purpose: no
/// counter per number, user or call.
struct engine_counters {
  using count = std::atomic<std::uint64_t>;
  using gauge = std::atomic<std::int64_t>;

  count permits_granted{0};
  std::array<count, 16> permits_refused{}; ///< by permit::refusal
  std::array<count, 8> creates{};          ///< by attempt::event of the judgement
  count creates_gated{0};                  ///< intents that the gate stopped before the wire
  count callbacks{0}, callbacks_repeated{0}, callbacks_conflicting{0}, callbacks_foreign{0};
  count late_calls{0};                     ///< calls that a fence had to end
  count polls{0}, reconcile_reads{0};
  count actor_restarts{0}, campaigns_tripped{0};
  count store_batches{0}, store_changes{0}, store_failures{0};
  gauge campaigns_active{0}, calls_live{0}, attempts_ambiguous{0}, creates_in_flight{0};
  gauge stopped{0}, carrier_open{1}, clock_trusted{1}, recovery_done{0};
};

} // namespace ringmaster
