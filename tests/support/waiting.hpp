#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace ringmaster::support {

using std::chrono::milliseconds;

/// Looks at `condition` until it holds or `patience` has passed; true if it held. The only way in
/// which a test waits: there is always something that it waits for.
bool wait_until(
  milliseconds patience, const std::function<bool()>& condition,
  milliseconds between_looks = milliseconds(5));

/// Lets `span` pass: for the length of an observation, and for instants that are to be random.
/// Nothing may depend on what others do meanwhile.
void let_pass(milliseconds span);

/// Microseconds since 1970 on the wall clock, which the carrier's log uses too.
std::int64_t wall_us();
/// Microseconds on a clock that nobody can set.
std::int64_t steady_us();

} // namespace ringmaster::support
