#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/campaign.hpp"
#include "domain/phone_number.hpp"
#include "domain/rate.hpp"
#include "domain/target.hpp"
#include "domain/window.hpp"

namespace ringmaster::permit {

/// Why no dial is allowed now. The names are stored and shown.
enum class refusal : std::uint8_t {
  none,
  not_running,
  stale_instance,   ///< another engine has taken over
  stopped,          ///< global stop
  clock_untrusted,
  settings_broken,  ///< the stored window cannot be read
  window_closed,
  rate_per_minute,
  rate_per_hour,
  concurrency,
  no_target_due,    ///< nothing pending, or every pending target waits
  carrier_paused,   ///< circuit open, throttled, or credentials refused
  store_unavailable,
  ambiguity_unloaded, ///< the campaign's own doubtful attempts are not loaded yet
};
std::string_view to_string(refusal r);
/// A sentence for the console.
std::string describe(refusal r);

/// What the permit transaction read under the campaign's row lock.
struct facts {
  campaign::status status = campaign::status::draft;
  const calling_window* window = nullptr; ///< null: it could not be read
  std::chrono::seconds close_guard{5};    ///< no dial in the last seconds of a window
  bool instance_current = true;
  bool stopped = false;
  bool clock_trusted = true;
  rate_limits limits;
  std::span<const std::optional<instant>> minute_back; ///< see read_log
  std::span<const std::optional<instant>> hour_back;
  std::int64_t live_calls = 0;
  std::int64_t live_calls_max = 0;
};

struct verdict {
  std::uint32_t granted = 0;
  refusal why = refusal::none;      ///< if granted is less than wanted
  std::optional<instant> next_at;   ///< when asking again makes sense, if known
};

/// The gate for a campaign. Pure; in doubt the answer is no. A window that closes within
/// `close_guard` is closed (except one that never closes).
verdict decide(const facts& f, std::uint32_t wanted, instant now);

/// The gate for one target of it.
struct target_facts {
  bool suppressed = false;
  bool number_busy = false;                ///< a live or ambiguous attempt holds the number
  std::optional<instant> last_call_to_number; ///< anything of this user
  number_class kind = number_class::unknown;
  std::string_view country;
  std::string_view timezone;               ///< the callee's own, if given
  std::int32_t attempt_count = 0;
  std::int32_t max_attempts = 1;
};
struct callee_rules {
  std::chrono::seconds min_gap{std::chrono::minutes(15)};
  std::span<const std::string> countries; ///< allowed regions; empty: none
  time_of_day legal_start{8 * 3600};
  time_of_day legal_end{21 * 3600};
};
struct target_verdict {
  enum class kind : std::uint8_t { dial, wait, skip, refuse } what = kind::dial;
  std::string reason;              ///< "suppressed", "number_busy", "min_gap", "destination", ...
  std::optional<instant> due_at;   ///< for wait
};
target_verdict decide_target(const target_facts& t, const callee_rules& rules, instant now);

} // namespace ringmaster::permit
