#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/callee_zones.hpp"

namespace ringmaster {

/// One number of a campaign's pool.
struct caller_id {
  phone_number number;
  std::string_view country; ///< as read_number told
  std::int64_t calls_today = 0;
  std::optional<instant> day_ends_at; ///< when `calls_today` begins anew
  bool usable = true;                 ///< false: taken out by its user or by the carrier
};

/// Whether a target keeps the number from which it was called first.
enum class stickiness : std::uint8_t {
  off,
  prefer, ///< if it is free; else another
  only,   ///< no other while the number is in the pool
};
std::string_view to_string(stickiness s);
std::optional<stickiness> parse_stickiness(std::string_view text);

struct caller_policy {
  stickiness sticky = stickiness::prefer;
  bool nearest = false;                      ///< the nearest area code first
  std::optional<std::int64_t> calls_per_day; ///< from one number; none: no limit
};

struct caller_choice {
  std::optional<std::size_t> chosen; ///< place in the pool
  std::string reason;                ///< a sentence if none was chosen
  std::optional<instant> next_at;    ///< when a number is free again, if known
};

/// Chooses the number to call from. `last` is the one from which this target was called before;
/// `turn` counts the calls of the campaign, so that equals take turns. Nearest means: the same area
/// code, else the same state, else a clock in common, else the same country. Among equals the one
/// with the fewest calls today. None free is no call.
caller_choice choose_caller(
    std::span<const caller_id> pool, const caller_policy& policy, const callee_place& callee,
    const std::optional<phone_number>& last, std::uint64_t turn);

/// How near a caller's number is to a callee: 0 the same area code, 1 the same state, 2 a clock in
/// common, 3 the same country, 4 elsewhere.
int distance_of(const caller_id& caller, const callee_place& callee);

} // namespace ringmaster
