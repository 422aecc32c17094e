#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"
#include "domain/zone.hpp"

namespace ringmaster {

/// Which days of the week, Monday first. At least one is set in a valid window.
struct weekdays {
  std::uint8_t bits = 0; ///< bit 0 is Monday, bit 6 is Sunday

  bool has(unsigned monday_based) const { return (bits >> monday_based) & 1u; }
  friend bool operator==(const weekdays&, const weekdays&) = default;
};

/// `mon` .. `sun`, any case, full English names too; duplicates are refused.
result<weekdays> parse_weekdays(const std::vector<std::string>& names);
std::vector<std::string> to_strings(weekdays days);

/// A time of day in seconds after midnight, 0 .. 86,400; 86,400 is `24:00`, an end only.
struct time_of_day {
  std::int32_t seconds = 0;
  friend auto operator<=>(const time_of_day&, const time_of_day&) = default;
};

/// `HH:MM` or `HH:MM:SS`; `24:00` too (the caller refuses it as a start).
result<time_of_day> parse_time_of_day(std::string_view text);
/// `09:00:00`
std::string to_string(time_of_day t);

/// What a window says about one instant.
struct window_reading {
  bool open = false;
  /// Why it is closed, a sentence ("outside 09:00-18:00 America/New_York", "saturday is not an
  /// allowed day"); "inside the calling window" when open. Never empty.
  std::string reason;
  std::optional<instant> next_open_at; ///< when closed: the smallest later open instant
  std::optional<instant> closes_at;    ///< when open: the smallest later instant that is not open
};

/// When calls are allowed: open at t iff the wall clock of the zone at t is on an allowed day and
/// start <= time < end. With end < start the part after midnight belongs to the day on which it
/// began. A whole week from 00:00 to 24:00 never closes. An object of this type is valid by
/// construction; whatever is wrong is told by `make`.
class calling_window {
 public:
  /// Refuses an unknown zone, start = end, a start of 24:00 and an empty set of days, each with
  /// the field's pointer ("/timezone", "/allowed_call_start_time", ...).
  static result<calling_window> make(
    std::string_view timezone, time_of_day start, time_of_day end, weekdays days);

  /// From texts, as they come in JSON; collects every mistake into one `invalid`.
  static result<calling_window> parse(
    std::string_view timezone, std::string_view start, std::string_view end,
    const std::vector<std::string>& days);

  /// The pointwise rule alone; no allocation.
  bool open_at(instant t) const;
  /// The smallest instant later than `t` at which `open_at` differs from `open_at(t)`; none for a
  /// window that never changes (looks eight days ahead, plus a year for zones with long gaps).
  std::optional<instant> next_change(instant t) const;
  window_reading read(instant t) const;
  /// The next `count` openings after `t` (if open at `t`, the current one is not among them).
  std::vector<instant> next_openings(instant t, std::size_t count) const;

  const zone& where() const { return *zone_; }
  time_of_day start() const { return start_; }
  time_of_day end() const { return end_; }
  weekdays days() const { return days_; }
  bool always_open() const;

 private:
  calling_window(
    std::shared_ptr<const zone> where, time_of_day start, time_of_day end, weekdays days)
    : zone_(std::move(where)), start_(start), end_(end), days_(days) {
    find_edges();
  }

  /// The rule itself, for a second of the week, from Monday 00:00.
  bool allows(std::int32_t second_of_week) const;
  void find_edges();
  bool open_in_week(std::int32_t second_of_week) const;

  std::shared_ptr<const zone> zone_;
  time_of_day start_;
  time_of_day end_;
  weekdays days_;
  bool open_on_monday_ = false; ///< at Monday 00:00
  std::uint8_t edge_count_ = 0;
  /// The seconds of the week (1 .. 604,800) at which openness changes, sorted; the rest is filled
  /// with the greatest value, so that counting needs no length.
  std::array<std::int32_t, 16> edges_{};
};

} // namespace ringmaster
