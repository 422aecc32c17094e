#pragma once

#include <cstddef>

#include "bench/load/arena.hpp"

namespace ringmaster::load {

/// What PostgreSQL takes when nothing stands before it: event rows with the whole callback as text
/// and one key, the session's row advanced by the same statement, under forced row-level security,
/// 256 at a time on two connections. The limit that the engine's write path is measured against.
struct lean_result {
  double per_second = 0;
  double database_us = 0; ///< CPU of the database for each event
  double batch_p99_ms = 0;
};
lean_result run_lean_batch(arena& where, std::size_t events);

} // namespace ringmaster::load
