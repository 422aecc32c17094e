#include "carrier/scenario.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace ringmaster::telco {

namespace {

constexpr std::array<std::string_view, outcome_count> outcome_names{
  "answered", "busy", "no-answer", "failed", "voicemail"};

constexpr std::array<std::string_view, fault_count> fault_names{
  "none",       "429",  "429-after",     "500",  "503",    "made-but-500", "cut", "made-but-cut",
  "cut-middle", "hang", "made-but-hang", "slow", "garbage"};

constexpr std::array<std::string_view, 3> order_names{"ordered", "shuffled", "off"};

template <class Enum, std::size_t N>
std::optional<Enum> by_name(const std::array<std::string_view, N>& names, std::string_view text) {
  auto i = std::find(names.begin(), names.end(), text);
  if (i == names.end())
    return std::nullopt;
  return static_cast<Enum>(i - names.begin());
}

std::optional<double> read_number(std::string_view text) {
  double value = 0;
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size() || !std::isfinite(value) || value < 0)
    return std::nullopt;
  return value;
}

/// Calls `each(name, value)` for every `name=value` of a comma list.
template <class Each>
result<void> for_pairs(std::string_view text, Each each) {
  while (!text.empty()) {
    auto comma = text.find(',');
    auto pair = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    auto equals = pair.find('=');
    if (equals == std::string_view::npos)
      return fail(errc::invalid, "'" + std::string(pair) + "' is not name=value");
    auto number = read_number(pair.substr(equals + 1));
    if (!number)
      return fail(errc::invalid, "'" + std::string(pair) + "' has no number after =");
    if (auto ok = each(pair.substr(0, equals), *number); !ok)
      return ok;
  }
  return {};
}

} // namespace

std::string_view to_string(outcome o) { return outcome_names[static_cast<std::size_t>(o)]; }
std::string_view to_string(fault f) { return fault_names[static_cast<std::size_t>(f)]; }
std::string_view to_string(callback_order o) { return order_names[static_cast<std::size_t>(o)]; }

std::optional<outcome> parse_outcome(std::string_view text) {
  return by_name<outcome>(outcome_names, text);
}
std::optional<fault> parse_fault(std::string_view text) {
  return by_name<fault>(fault_names, text);
}
std::optional<callback_order> parse_callback_order(std::string_view text) {
  return by_name<callback_order>(order_names, text);
}

result<milliseconds> parse_time(std::string_view text) {
  auto refuse = [&] {
    return fail(errc::invalid, "'" + std::string(text) + "' is not a time such as 250ms, 2s or 1m");
  };
  double factor = 0;
  auto digits = text;
  if (text.ends_with("ms"))
    factor = 1, digits.remove_suffix(2);
  else if (text.ends_with("s"))
    factor = 1000, digits.remove_suffix(1);
  else if (text.ends_with("m"))
    factor = 60000, digits.remove_suffix(1);
  else
    return refuse();
  auto number = read_number(digits);
  if (!number || *number * factor > 86'400'000.0)
    return refuse();
  return milliseconds(std::llround(*number * factor));
}

result<time_range> parse_time_range(std::string_view text) {
  auto dots = text.find("..");
  auto min = parse_time(text.substr(0, dots));
  if (!min)
    return fail(min.error());
  if (dots == std::string_view::npos)
    return time_range{*min, *min};
  auto max = parse_time(text.substr(dots + 2));
  if (!max)
    return fail(max.error());
  if (*max < *min)
    return fail(errc::invalid, "'" + std::string(text) + "' ends before it begins");
  return time_range{*min, *max};
}

result<outcome_mix> parse_mix(std::string_view text) {
  outcome_mix weights{};
  auto ok = for_pairs(text, [&](std::string_view name, double number) -> result<void> {
    auto which = parse_outcome(name);
    if (!which)
      return fail(errc::invalid, "unknown outcome '" + std::string(name) + "'");
    if (number > 1e6 || number != std::floor(number))
      return fail(errc::invalid, "a weight is a whole number up to 1000000");
    weights[static_cast<std::size_t>(*which)] = static_cast<std::uint32_t>(number);
    return {};
  });
  if (!ok)
    return fail(ok.error());
  if (std::all_of(weights.begin(), weights.end(), [](auto w) { return w == 0; }))
    return fail(errc::invalid, "a mix needs a weight above 0");
  return weights;
}

result<void> parse_faults(std::string_view text, bool for_creates, scenario& into) {
  auto changed = into;
  auto ok = for_pairs(text, [&](std::string_view name, double chance) -> result<void> {
    if (chance > 1)
      return fail(errc::invalid, "a probability is at most 1");
    if (name == "callback-lost" && for_creates)
      changed.callback_lost = chance;
    else if (name == "callback-duplicate" && for_creates)
      changed.callback_duplicate = chance;
    else if (name == "callback-reorder" && for_creates)
      changed.callback_reorder = chance;
    else if (auto which = parse_fault(name); which && *which != fault::none)
      (for_creates ? changed.create_faults : changed.other_faults)[static_cast<std::size_t>(
        *which)] = chance;
    else
      return fail(errc::invalid, "unknown fault '" + std::string(name) + "'");
    return {};
  });
  if (!ok)
    return ok;
  if (auto sound = check(changed); !sound)
    return sound;
  into = std::move(changed);
  return {};
}

result<void> parse_callee(std::string_view text, scenario& into) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || !text.starts_with('+') || equals + 1 == text.size())
    return fail(errc::invalid, "'" + std::string(text) + "' is not +number=persona");
  into.callees[std::string(text.substr(0, equals))] = std::string(text.substr(equals + 1));
  return {};
}

result<void> parse_persona_mix(std::string_view text, scenario& into) {
  std::vector<std::pair<std::string, std::uint32_t>> weights;
  auto ok = for_pairs(text, [&](std::string_view name, double number) -> result<void> {
    if (number > 1e6 || number != std::floor(number))
      return fail(errc::invalid, "a weight is a whole number up to 1000000");
    weights.emplace_back(std::string(name), static_cast<std::uint32_t>(number));
    return {};
  });
  if (ok)
    into.persona_mix = std::move(weights);
  return ok;
}

result<void> check(const scenario& s) {
  std::string wrong;
  auto expect = [&](bool right, std::string_view what) {
    if (!right)
      wrong += (wrong.empty() ? "" : "; ") + std::string(what);
  };
  auto hex32 = [](std::string_view text) {
    return text.size() == 32 &&
           text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  };
  auto sum = [](const fault_mix& mix) {
    double total = 0;
    for (auto p : mix)
      total += p;
    return total;
  };
  expect(
    s.account_sid.starts_with("AC") && hex32(std::string_view(s.account_sid).substr(2)),
    "the account sid is AC and 32 hex digits");
  expect(!s.auth_token.empty(), "the auth token is not empty");
  expect(s.time_scale >= 0.1 && s.time_scale <= 1000, "the time scale is 0.1 to 1000");
  expect(
    s.calls_per_second == 0 || (s.calls_per_second >= 0.01 && s.calls_per_second <= 100000),
    "calls per second are 0, or 0.01 to 100000");
  expect(sum(s.create_faults) <= 1.0 + 1e-9, "the faults of creates add up to at most 1");
  expect(sum(s.other_faults) <= 1.0 + 1e-9, "the faults of other requests add up to at most 1");
  expect(s.ring.min <= s.ring.max, "the ring time is a range");
  expect(s.talk.min <= s.talk.max, "the talk time is a range");
  expect(s.keep_calls >= 1, "at least one finished call is kept");
  expect(
    std::any_of(s.outcomes.begin(), s.outcomes.end(), [](auto w) { return w > 0; }),
    "a mix needs a weight above 0");
  auto known = [&](const std::string& name) {
    expect(s.personas.contains(name), "there is no persona '" + name + "'");
  };
  for (const auto& [number, name] : s.callees)
    known(name);
  for (const auto& [name, weight] : s.persona_mix)
    known(name);
  for (const auto& [number, lines] : s.script)
    for (const auto& line : lines)
      if (!line.persona.empty() && line.persona != "none")
        known(line.persona);
  expect(
    s.persona_mix.empty() ||
      std::any_of(s.persona_mix.begin(), s.persona_mix.end(), [](const auto& w) { return w.second > 0; }),
    "a mix of personas needs a weight above 0");
  if (!wrong.empty())
    return fail(errc::invalid, wrong);
  return {};
}

} // namespace ringmaster::telco
