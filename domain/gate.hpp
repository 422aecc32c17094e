#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/campaign.hpp"
#include "domain/phone_number.hpp"
#include "domain/rate.hpp"
#include "domain/rule_pack.hpp"
#include "domain/target.hpp"
#include "domain/window.hpp"

/// The one gate before every dial: a table of all that may hold a call back, in the order in which
/// it is judged. `decide` stops at the first no, `explain` judges all; both walk the same table, so
/// they cannot disagree. Pure; whatever is not known holds back.
namespace ringmaster::gate {

/// What may hold a call back. The order is that of the table; the names (`to_string`) are stored
/// and shown, those of permit::refusal and of target reasons among them.
enum class blocker : std::uint8_t {
  // the installation
  stale_instance,    ///< another engine has taken over
  store_unavailable, ///< the database cannot be written
  stopped,           ///< global stop
  clock_untrusted,
  ambiguity_unloaded, ///< doubtful attempts from before the start are not loaded yet
  carrier_paused,     ///< circuit open, throttled, or credentials refused
  // the campaign and its user
  not_running,
  settings_broken, ///< the stored window cannot be read
  window_closed,
  quiet_time, ///< the user wants no calls now
  spend_per_day,
  minutes_per_day,
  concurrency, ///< live calls of the campaign
  user_concurrency,
  account_concurrency,
  rate_per_minute,
  rate_per_hour,
  // the target
  target_state,          ///< ended, or a call of it is under way
  suppressed,            ///< on the user's list
  suppressed_everywhere, ///< on the installation's list
  registry_old,          ///< a registry that must be asked is not loaded, or older than 31 days
  number_class,
  destination,
  attempts,
  number_busy, ///< a live or ambiguous attempt holds the number
  not_due,     ///< waits after an attempt, or for a promised time
  min_gap,
  number_per_day, ///< the user's cap of calls to one number in 24 hours
  legal_per_day,  ///< the rule pack's
  callee_zone_unknown,
  callee_rules_unknown, ///< the pack cannot be read, or no rule of it speaks of the callee
  callee_hours,
  no_caller_id, ///< every number of the pool is used up, or there is none
};
inline constexpr std::size_t blocker_count = static_cast<std::size_t>(blocker::no_caller_id) + 1;
std::string_view to_string(blocker b);
std::optional<blocker> parse_blocker(std::string_view text);

enum class scope : std::uint8_t { installation, campaign, target };
std::string_view to_string(scope s);

enum class verdict : std::uint8_t {
  pass,
  wait,       ///< not now
  skip,       ///< never: the target is set aside
  refuse,     ///< never: the number or its attempts do not allow it
  not_judged, ///< a gate for targets, and no target was given
};
std::string_view to_string(verdict v);

// -- facts ---------------------------------------------------------------------------------------

/// How much of something is used. A cap that nobody filled in holds back.
struct cap {
  bool known = false;
  std::optional<std::int64_t> most; ///< none: no limit
  std::int64_t used = 0;
  std::optional<instant> frees_at; ///< when there is room again, if known

  static cap none() { return {true, std::nullopt, 0, std::nullopt}; }
  static cap
  of(std::int64_t used, std::int64_t most, std::optional<instant> frees_at = std::nullopt) {
    return {true, most, used, frees_at};
  }
};

/// Whether a caller id is free (domain/caller_ids.hpp chooses).
struct caller_facts {
  bool free = false;
  std::string_view reason;
  std::optional<instant> next_at;
};

struct target_facts {
  std::optional<target::status> state;
  std::optional<bool> suppressed, suppressed_everywhere;
  /// Whether a registry must be asked for this number, and of when what is loaded is.
  std::optional<bool> registry_needed;
  std::optional<instant> registry_date;
  number_class kind = number_class::short_code;
  std::string_view country;
  std::span<const std::string> countries; ///< allowed; none: nobody
  std::int32_t attempt_count = 0;
  std::int32_t max_attempts = 0;
  std::optional<bool> number_busy;
  std::optional<instant> due_at; ///< none: due since it was added
  /// The user's calls to this number, newest first: the last one, and all of the last 24 hours.
  std::optional<std::span<const instant>> calls_to_number;
  std::chrono::seconds min_gap{std::chrono::minutes(15)};
  std::optional<std::int32_t> number_per_day;
  const legal_hours* legal = nullptr; ///< null: the pack cannot be read
  std::optional<caller_facts> caller;
};

/// All that speaks for or against one dial. Nothing in it is open by default.
struct facts {
  // the installation
  bool instance_current = false;
  bool store_writable = false;
  bool stopped = true;
  bool clock_trusted = false;
  bool doubtful_loaded = false;
  bool carrier_ready = false;
  std::optional<instant> carrier_again_at;
  // the campaign and its user
  std::optional<campaign::status> status;
  const calling_window* window = nullptr;
  std::chrono::seconds close_guard{5}; ///< no dial in the last seconds of anything that closes
  std::optional<std::span<const calling_window>> quiet;
  cap spend_per_day; ///< millionths of the user's currency
  cap minutes_per_day;
  cap live_calls, user_live_calls, account_live_calls;
  std::optional<rate_limits> limits;
  std::span<const std::optional<instant>> minute_back; ///< see read_log
  std::span<const std::optional<instant>> hour_back;
  // the target
  const target_facts* target = nullptr;
};

/// How old a registry may be.
inline constexpr std::chrono::days registry_age_max{31};

// -- judging -------------------------------------------------------------------------------------

/// What one gate says. `reason` is a sentence, empty when it passes.
struct finding {
  verdict what = verdict::pass;
  std::string reason;
  std::optional<instant> next_at; ///< when it may pass, if known
};

struct row {
  blocker id;
  scope where;
  finding (*judge)(const facts& f, instant now);
};
/// The table, in the order of `blocker`.
const std::array<row, blocker_count>& table();

/// One gate of an explanation.
struct line {
  blocker id;
  scope where;
  finding found;
};
/// Every gate in order. Without a target the gates for targets are not judged.
std::vector<line> explain(const facts& f, instant now);

struct decision {
  bool dial = false;
  blocker held_by{}; ///< when not
  finding found;     ///< of that gate
};
/// The first gate that says no, or a dial. Without a target there is no dial.
decision decide(const facts& f, instant now);
/// The same for the gates of the installation and the campaign only, and for those of the target.
decision decide_campaign(const facts& f, instant now);
decision decide_target(const facts& f, instant now);

/// How many dials the installation and the campaign allow at once, at most `wanted`.
struct grant {
  std::uint32_t count = 0;
  decision more; ///< what holds back the next one, if fewer than wanted
};
/// By the gates of the installation and the campaign. Live calls leave room for so many, and the
/// log of permits is asked for each; `minute_back` and `hour_back` must tell of as many (see
/// read_log). With `wanted` 1 it says what `decide_campaign` does.
grant decide_many(const facts& f, std::uint32_t wanted, instant now);

/// When all gates of an explanation may pass: the latest of their instants. None if one of those
/// that hold has no known end; `now` if none holds.
std::optional<instant> next_eligible(std::span<const line> lines, instant now);

/// What holds the targets of a campaign, counted.
class histogram {
public:
  void add(const decision& d);

  struct bar {
    blocker id{};
    std::int64_t count = 0;
    std::optional<instant> next_at; ///< the earliest of them
    std::string reason;             ///< of the first that was added
  };
  /// The most frequent first; those of equal count in the order of the table.
  std::vector<bar> bars() const;
  std::int64_t dialable() const { return dialable_; }

private:
  std::array<bar, blocker_count> bars_{};
  std::int64_t dialable_ = 0;
};

} // namespace ringmaster::gate
