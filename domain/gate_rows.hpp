#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "domain/gate.hpp"

/// The judges of the gate's table (gate.hpp), one for each row: gate_campaign.cpp has those of the
/// installation and of the campaign, gate_target.cpp those of a target.
namespace ringmaster::gate {

finding stale_instance(const facts& f, instant now);
finding store_unavailable(const facts& f, instant now);
finding stopped(const facts& f, instant now);
finding clock_untrusted(const facts& f, instant now);
finding ambiguity_unloaded(const facts& f, instant now);
finding carrier_paused(const facts& f, instant now);
finding not_running(const facts& f, instant now);
finding settings_broken(const facts& f, instant now);
finding window_closed(const facts& f, instant now);
finding quiet_time(const facts& f, instant now);
finding spend_per_day(const facts& f, instant now);
finding minutes_per_day(const facts& f, instant now);
finding concurrency(const facts& f, instant now);
finding user_concurrency(const facts& f, instant now);
finding account_concurrency(const facts& f, instant now);
finding rate_per_minute(const facts& f, instant now);
finding rate_per_hour(const facts& f, instant now);
finding target_state(const facts& f, instant now);
finding suppressed(const facts& f, instant now);
finding suppressed_everywhere(const facts& f, instant now);
finding registry_old(const facts& f, instant now);
finding judge_class(const facts& f, instant now);
finding destination(const facts& f, instant now);
finding attempts(const facts& f, instant now);
finding number_busy(const facts& f, instant now);
finding not_due(const facts& f, instant now);
finding min_gap(const facts& f, instant now);
finding number_per_day(const facts& f, instant now);
finding legal_per_day(const facts& f, instant now);
finding callee_zone_unknown(const facts& f, instant now);
finding callee_rules_unknown(const facts& f, instant now);
finding callee_hours(const facts& f, instant now);
finding no_caller_id(const facts& f, instant now);

// -- what they say -------------------------------------------------------------------------------

/// When to look again at something whose end nobody can foresee.
inline constexpr auto look_again = std::chrono::minutes{1};
/// Data that is missing may be mended; till then nobody is called.
inline constexpr auto look_again_for_data = std::chrono::minutes{15};

inline finding pass() { return {}; }
inline finding wait(std::string reason, std::optional<instant> next_at = std::nullopt) {
  return {verdict::wait, std::move(reason), next_at};
}
inline finding refuse(std::string reason) {
  return {verdict::refuse, std::move(reason), std::nullopt};
}
inline finding skip(std::string reason) { return {verdict::skip, std::move(reason), std::nullopt}; }
inline finding unknown(std::string_view what, instant now) {
  return wait(std::string{what} + " is not known", now + look_again);
}

} // namespace ringmaster::gate
