#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "domain/error.hpp"

namespace ringmaster {

/// The rule by which a zone goes on after its last listed change, as the last line of a zone file
/// states it: `EST5EDT,M3.2.0,M11.1.0`, `<+1030>-10:30<+11>-11,M10.1.0,M4.1.0`.
struct zone_rule {
  /// One of the two changes of a year.
  struct change {
    enum class how { weekday_of_month, day_without_leap, day_with_leap } kind = how::weekday_of_month;
    int month = 1;   ///< 1..12
    int week = 1;    ///< 1..5; 5 is the last
    int weekday = 0; ///< 0 is Sunday
    int day = 1;     ///< 1..365 without February 29, or 0..365 with it
    std::chrono::seconds time{7200}; ///< of the wall clock before the change; may leave the day
  };
  std::chrono::seconds standard{};
  std::chrono::seconds summer{};     ///< equal to `standard` where there is no summer time
  std::optional<change> to_summer, to_standard;

  /// Reads such a line; nothing if it is not one.
  static std::optional<zone_rule> parse(std::string_view text);

  /// An instant at which the offset becomes `offset`.
  struct step {
    instant at{};
    std::chrono::seconds offset{};
  };
  /// All changes of the years `first` to `last`, sorted.
  std::vector<step> steps(int first, int last) const;
};

} // namespace ringmaster
