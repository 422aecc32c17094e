#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"
#include "domain/ids.hpp"
#include "domain/rate.hpp"
#include "domain/talk_settings.hpp"
#include "domain/window.hpp"

namespace ringmaster::campaign {

enum class status : std::uint8_t { draft, scheduled, running, paused, completed, canceled };

/// What can happen to a campaign. The first six are acts of a user; `begin` is the scheduled
/// instant arriving, `finish` the last target ending, `trip` a safety stop of the engine.
enum class action : std::uint8_t { start, schedule, pause, resume, cancel, update, begin, finish, trip };

/// What follows once the step is stored.
enum class effect : std::uint8_t {
  none,
  open_dialing, ///< the campaign may ask for permits from now on
  stop_dialing, ///< no permit after this; what is queued at the carrier is canceled
  arm_start,    ///< wait for `start_at`
};

struct rule {
  status from;
  action on;
  status to;
  effect then;
};

/// The life of a campaign, one step per line. The API, the guard in SQL, the buttons of the
/// console and docs/states.md are all derived from this table.
inline constexpr auto rules = [] {
  using enum status;
  using enum action;
  using enum effect;
  return std::to_array<rule>({
    {draft,     start,    running,   open_dialing},
    {draft,     schedule, scheduled, arm_start   },
    {draft,     cancel,   canceled,  none        },
    {draft,     update,   draft,     none        },
    {scheduled, begin,    running,   open_dialing},
    {scheduled, cancel,   canceled,  none        },
    {running,   pause,    paused,    stop_dialing},
    {running,   trip,     paused,    stop_dialing},
    {running,   cancel,   canceled,  stop_dialing},
    {running,   finish,   completed, stop_dialing},
    {paused,    start,    running,   open_dialing},
    {paused,    resume,   running,   open_dialing},
    {paused,    cancel,   canceled,  stop_dialing},
    {paused,    update,   paused,    none        },
    {paused,    finish,   completed, none        },
    {canceled,  cancel,   canceled,  none        },
  });
}();

std::string_view to_string(status s);
std::string_view to_string(action a);
std::string_view to_string(effect e);
/// Both spellings of canceled are read.
std::optional<status> parse_status(std::string_view text);
/// The acts of a user only; `begin`, `finish` and `trip` are not to be had from outside.
std::optional<action> parse_action(std::string_view text);

/// The acts of a user that the table knows from `now`; never begin, finish or trip.
std::vector<std::string> user_actions(status now);

/// Decides what `on` does to a campaign. Pure: the caller stores the outcome first and acts on the
/// effect second. `wrong_state` names the current status and what is allowed. Start and resume
/// need the window open (`window_closed` carries the reason and the next opening); `begin` does
/// not: a scheduled campaign runs, and waits for its window.
result<rule> decide(status now, action on, const window_reading& window);

/// How many targets stand where. Kept by counters, equal to a recount.
struct progress {
  std::int64_t total = 0;
  std::int64_t pending = 0;
  std::int64_t calling = 0;
  std::int64_t completed = 0;
  std::int64_t failed = 0;
  std::int64_t skipped = 0;
  std::int64_t attempts = 0;
  friend bool operator==(const progress&, const progress&) = default;
};

/// True when nothing is left to do: there were targets, and none is pending or calling (a target
/// with an ambiguous attempt is still calling). A campaign without any target waits for some.
bool is_finished(const progress& p);

/// What a user may set. Texts are trimmed and bounded by `check`.
struct draft {
  std::string name;
  std::string description;
  std::string type = "general";
  std::string script;
  std::string timezone = "UTC";
  std::string allowed_call_start_time = "09:00:00";
  std::string allowed_call_end_time = "18:00:00";
  std::vector<std::string> allowed_days_of_week{"mon", "tue", "wed", "thu", "fri"};
  rate_limits limits{};
  std::int32_t max_attempts = 1;          ///< 1..20; the default of its targets
  std::int32_t max_concurrent_calls = 50; ///< 1..10,000 live calls of this campaign
  talk::settings talk{};                  ///< how its calls are held
};

/// Changes of an `update`; what is not set stays.
struct patch {
  std::optional<std::string> name, description, type, script;
  std::optional<std::string> timezone, allowed_call_start_time, allowed_call_end_time;
  std::optional<std::vector<std::string>> allowed_days_of_week;
  std::optional<std::optional<std::uint32_t>> rate_limit_per_minute, rate_limit_per_hour;
  std::optional<std::int32_t> max_attempts, max_concurrent_calls;
  std::optional<talk::style> call_style;
  std::optional<talk::machine_action> voicemail_action;
  std::optional<std::string> voicemail_message, menu_keys, result_schema;
  std::optional<talk::menu_action> menu_action;
  std::optional<bool> record_calls;
};

/// Checks every field and collects all mistakes into one `invalid` (pointers like "/name").
/// Bounds: name 1..200, description 2,000, type 1..50 of [a-z0-9_-], script 8,000 characters;
/// rates 1..60,000 per minute and 1..1,000,000 per hour.
result<calling_window> check(const draft& d);
/// `d` with its texts trimmed: the form that is stored.
draft trim(draft d);
/// `d` with the changes of `p` applied.
draft apply(draft d, const patch& p);

/// A campaign as its owner sees it.
struct view {
  campaign_id id;
  draft settings;
  status state = status::draft;
  std::int64_t version = 0; ///< grows with every change; the weak ETag
  progress counts;
  std::string pause_reason;  ///< why the engine paused it; empty when a user did
  std::string wait_reason;   ///< why it is not dialing at this moment; empty when it is
  std::optional<instant> start_at, started_at, completed_at;
  instant created_at{}, updated_at{};
  std::optional<campaign_id> redial_of{}; ///< the campaign whose unreached numbers these are
};

} // namespace ringmaster::campaign
