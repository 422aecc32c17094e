#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/calling_hours.hpp"
#include "domain/rate.hpp"
#include "domain/retry.hpp"

namespace ringmaster {

/// How calls end, as shares that add up to one.
struct outcome_mix {
  double answered = 0.40;
  double voicemail = 0.20;
  double busy = 0.05;
  double no_answer = 0.30;
  double failed = 0.05;
  std::int64_t calls = 0; ///< how many calls it was measured on; 0: assumed
};
/// Calls by their outcome.
struct outcome_counts {
  std::int64_t answered = 0, voicemail = 0, busy = 0, no_answer = 0, failed = 0;
};
/// The mix of what was measured. Few calls are weighed against the assumption, as if twenty calls
/// had come out as it says.
outcome_mix measure(const outcome_counts& counts, const outcome_mix& assumed = {});

/// How long a call holds its place, by its end.
struct call_lengths {
  std::chrono::milliseconds answered{std::chrono::seconds(90)};
  std::chrono::milliseconds voicemail{std::chrono::seconds(30)};
  std::chrono::milliseconds busy{std::chrono::seconds(3)};
  std::chrono::milliseconds no_answer{std::chrono::seconds(30)};
  std::chrono::milliseconds failed{std::chrono::seconds(2)};
};

/// What a forecast takes for granted; shown with it.
struct forecast_assumptions {
  outcome_mix mix;
  call_lengths lengths;
  retry_rules retry;
  rate_limits limits;
  std::int64_t live_calls_max = 50;    ///< the least of campaign, user and account
  double account_calls_per_second = 0; ///< 0: no limit
  std::chrono::seconds close_guard{5};
};

/// Targets that have their hours in common and the same number of attempts behind them.
struct forecast_group {
  std::int64_t targets = 0;
  std::int32_t attempts_made = 0;
  std::optional<instant> due_at;      ///< none: now
  const legal_hours* legal = nullptr; ///< null or unknown: they are never called
  const zone* clock = nullptr;        ///< for the parts of the day
};

struct forecast_facts {
  instant now{};
  std::span<const forecast_group> groups;
  const calling_window* window = nullptr;
  std::span<const calling_window> quiet;
  std::int64_t live_calls = 0; ///< of the campaign; they end, and may be tried again
  forecast_assumptions assumed;
};

/// What keeps a campaign from being done sooner.
enum class forecast_limit : std::uint8_t { nothing, rate, account, concurrency, hours, retries };
std::string_view to_string(forecast_limit l);

struct forecast {
  std::optional<instant> first_dial_at;
  /// When the last call has ended; none if it takes more than 400 days or never ends (`why_never`).
  std::optional<instant> completed_at;
  std::string why_never;       ///< a sentence when there is no `completed_at`
  double calls = 0;            ///< expected from now on
  double answered = 0;         ///< of them
  double talk_minutes = 0;     ///< of answered calls and messages
  double calls_per_minute = 0; ///< at full pace
  forecast_limit pace_limit = forecast_limit::nothing;  ///< what sets the pace
  std::chrono::seconds dialing{};                       ///< at full pace
  std::chrono::seconds waiting{};                       ///< of the rest: for hours, for retries
  forecast_limit waited_most = forecast_limit::nothing; ///< hours or retries
  std::int64_t never_called = 0; ///< targets without a zone, a rule or an attempt left
  forecast_assumptions assumed;
};

/// Walks from now on over the spans in which somebody may be called: at the even pace that rates
/// and live calls allow, oldest due first, with the shares of outcomes as expected values.
/// Deterministic, and bounded: steps go with the number of spans and of groups, not with targets or
/// minutes.
forecast foresee(const forecast_facts& facts);

} // namespace ringmaster
