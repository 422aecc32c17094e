#include "config/config.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <system_error>
#include <utility>

namespace ringmaster::config {

namespace {

struct unit {
  std::string_view name;
  std::int64_t milliseconds;
};

// Largest first, so that format_duration takes the shortest exact spelling.
constexpr std::array<unit, 5> units{{
  {"d",  86'400'000},
  {"h",  3'600'000 },
  {"m",  60'000    },
  {"s",  1'000     },
  {"ms", 1         },
}};

} // namespace

result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto* end = text.data() + text.size();
  auto [stop, problem] = std::from_chars(text.data(), end, count);
  std::string_view name(stop, static_cast<std::size_t>(end - stop));
  if (problem == std::errc{} && count >= 0) {
    if (name.empty())
      name = "s";
    for (const auto& u : units)
      if (u.name == name && count <= std::numeric_limits<std::int64_t>::max() / u.milliseconds)
        return std::chrono::milliseconds(count * u.milliseconds);
  }
  return fail(errc::malformed, "must be a duration such as 500ms, 30s, 10m, 4h or 2d");
}

std::string format_duration(std::chrono::milliseconds d) {
  if (d.count() == 0)
    return "0s";
  for (const auto& u : units)
    if (d.count() % u.milliseconds == 0)
      return std::to_string(d.count() / u.milliseconds) + std::string{u.name};
  return std::to_string(d.count()) + "ms";
}

} // namespace ringmaster::config
