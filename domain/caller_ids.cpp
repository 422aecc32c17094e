#include "domain/caller_ids.hpp"

#include <algorithm>
#include <tuple>

#include "domain/words.hpp"

namespace ringmaster {

namespace {

constexpr auto stickinesses = vocabulary_of<stickiness>("off", "prefer", "only");

bool have_common(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const auto& x) {
    return std::find(b.begin(), b.end(), x) != b.end();
  });
}

bool is_free(const caller_id& c, const caller_policy& policy) {
  return c.usable && (!policy.calls_per_day || c.calls_today < *policy.calls_per_day);
}

} // namespace

std::string_view to_string(stickiness s) { return stickinesses[s]; }
std::optional<stickiness> parse_stickiness(std::string_view text) {
  return stickinesses.find(text);
}

int distance_of(const caller_id& caller, const callee_place& callee) {
  auto own = locate_callee(caller.number, caller.country);
  if (!own.area_code.empty() && own.area_code == callee.area_code)
    return 0;
  if (have_common(own.states, callee.states) && caller.country == callee.country)
    return 1;
  if (callee.zones && have_common(own.zones->names, callee.zones->names))
    return 2;
  return !caller.country.empty() && caller.country == callee.country ? 3 : 4;
}

caller_choice choose_caller(
    std::span<const caller_id> pool, const caller_policy& policy, const callee_place& callee,
    const std::optional<phone_number>& last, std::uint64_t turn) {
  if (policy.sticky != stickiness::off && last) {
    auto same =
        std::find_if(pool.begin(), pool.end(), [&](const auto& c) { return c.number == *last; });
    if (same != pool.end() && is_free(*same, policy))
      return {static_cast<std::size_t>(same - pool.begin()), "", std::nullopt};
    if (same != pool.end() && same->usable && policy.sticky == stickiness::only)
      return {
          std::nullopt, "The caller id of this target has made its calls of the day.",
          same->day_ends_at};
  }
  std::optional<std::size_t> best;
  using rank = std::tuple<int, std::int64_t, std::size_t>;
  rank least{};
  std::optional<instant> frees;
  bool usable = false;
  for (std::size_t i = 0; i < pool.size(); ++i) {
    const auto& c = pool[i];
    if (!c.usable)
      continue;
    usable = true;
    if (!is_free(c, policy)) {
      if (c.day_ends_at)
        frees = std::min(frees.value_or(*c.day_ends_at), *c.day_ends_at);
      continue;
    }
    auto after_turn =
        (i + pool.size() - static_cast<std::size_t>(turn % pool.size())) % pool.size();
    rank r{policy.nearest ? distance_of(c, callee) : 0, c.calls_today, after_turn};
    if (!best || r < least) {
      best = i;
      least = r;
    }
  }
  if (best)
    return {best, "", std::nullopt};
  if (!usable)
    return {
        std::nullopt,
        pool.empty() ? "The campaign has no number to call from."
                     : "No number to call from can be used.",
        std::nullopt};
  return {std::nullopt, "Every caller id has made its calls of the day.", frees};
}

} // namespace ringmaster
