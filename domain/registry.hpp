#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"
#include "domain/ids.hpp"

// Registry lists: numbers whose owners have told an authority that they want no calls. A list is a
// copy, and a copy grows old.

namespace ringmaster {

using registry_id = id<struct registry_tag>;

namespace registry {

/// A copy that is older may not be called by: a month, as the US registry asks for.
inline constexpr std::chrono::days age_most{31};

struct draft {
  std::string name;         ///< of the list, as `ftc-415`: 1..100 of a-z 0-9 - _ .
  std::string jurisdiction; ///< whose list, as `US-DNC`: 1..40 of A-Z 0-9 -
  std::chrono::sys_days as_of{};
};

/// All mistakes together. `today` is the day of `now` in UTC: a copy cannot be of a later one, but for
/// the day that has begun in the east already.
result<void> check(const draft& d, instant now);

struct view {
  registry_id id;
  draft what;
  std::int64_t rows = 0;
  bool loading = false; ///< not complete, and not in use
  instant loaded_at{};
};

} // namespace registry

/// Whether a copy of that day may still be called by.
bool registry_fresh(std::chrono::sys_days as_of, instant now);

} // namespace ringmaster
