#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "domain/error.hpp"
#include "domain/zone.hpp"

// Between the wall clock of a zone and instants. What the sources of the calendar share; others
// include calendar.hpp.

namespace ringmaster::calendar {

/// What a wall clock shows, without saying where it hangs.
using wall_time = std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds>;

/// The instant at which the clocks of the zone show this: the first of two, and right after the
/// gap for a time that they skip.
instant instant_of(const zone& where, wall_time shown);
wall_time wall_of(const zone& where, instant t);

/// What "2026-11-24", "2026-11-24T15:00" and "2026-11-24T15:00:30" say; none for all else.
struct wall_reading {
  wall_time shown{};
  bool is_day = false;
};
std::optional<wall_reading> read_wall(std::string_view text);

/// "20261124" and "20261124T150000", as iCalendar has them.
std::string basic_date(wall_time t);
std::string basic_time(wall_time t);

} // namespace ringmaster::calendar
