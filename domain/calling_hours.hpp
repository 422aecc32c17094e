#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/rule_pack.hpp"
#include "domain/window.hpp"

namespace ringmaster {

/// When a callee may be called: the campaign's window, the legal hours of every zone the number may
/// be in, and none of the user's quiet times. What is missing is closed.
struct calling_hours {
  const calling_window* window = nullptr; ///< null: it cannot be read; never open
  const legal_hours* legal = nullptr;     ///< null: not known; never open
  std::span<const calling_window> quiet;  ///< while one of them is open, nobody is called

  bool open_at(instant t) const;
  /// `t` if it is open, else the smallest later instant that is; none within 400 days.
  std::optional<instant> next_open(instant t) const;
  /// `t` if it is not open, else the smallest later instant that is not; none within 400 days.
  std::optional<instant> next_close(instant t) const;
};

/// What closes.
enum class hours_part : std::uint8_t { none, window, quiet, legal };
std::string_view to_string(hours_part p);

struct hours_reading {
  bool open = false;
  hours_part held_by = hours_part::none;
  std::string reason; ///< never empty
  std::optional<instant> next_open_at, closes_at;
};
/// All of it as a sentence. Where several parts close, the first of window, quiet and legal speaks;
/// `next_open_at` is that of all together.
hours_reading read_hours(const calling_hours& hours, instant t);

} // namespace ringmaster
