#include "domain/gate.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "domain/gate_rows.hpp"
#include "domain/permit.hpp"
#include "domain/words.hpp"

namespace ringmaster::gate {

namespace {

constexpr auto blockers = vocabulary_of<blocker>(
    "stale_instance", "store_unavailable", "stopped", "clock_untrusted", "ambiguity_unloaded",
    "carrier_paused", "not_running", "settings_broken", "window_closed", "quiet_time",
    "spend_per_day", "minutes_per_day", "concurrency", "user_concurrency", "account_concurrency",
    "rate_per_minute", "rate_per_hour", "target_state", "suppressed", "suppressed_everywhere",
    "registry_old", "number_class", "destination", "attempts", "number_busy", "not_due", "min_gap",
    "number_per_day", "legal_per_day", "callee_zone_unknown", "callee_rules_unknown",
    "callee_hours", "no_caller_id");
static_assert(blockers.words.size() == blocker_count);
constexpr auto scopes = vocabulary_of<scope>("installation", "campaign", "target");
constexpr auto verdicts = vocabulary_of<verdict>("pass", "wait", "skip", "refuse", "not_judged");

// -- the table -----------------------------------------------------------------------------------

constexpr std::array<row, blocker_count> all_rows = [] {
  using enum scope;
  return std::to_array<row>({
      {blocker::stale_instance,        installation, &stale_instance       },
      {blocker::store_unavailable,     installation, &store_unavailable    },
      {blocker::stopped,               installation, &stopped              },
      {blocker::clock_untrusted,       installation, &clock_untrusted      },
      {blocker::ambiguity_unloaded,    installation, &ambiguity_unloaded   },
      {blocker::carrier_paused,        installation, &carrier_paused       },
      {blocker::not_running,           campaign,     &not_running          },
      {blocker::settings_broken,       campaign,     &settings_broken      },
      {blocker::window_closed,         campaign,     &window_closed        },
      {blocker::quiet_time,            campaign,     &quiet_time           },
      {blocker::spend_per_day,         campaign,     &spend_per_day        },
      {blocker::minutes_per_day,       campaign,     &minutes_per_day      },
      {blocker::concurrency,           campaign,     &concurrency          },
      {blocker::user_concurrency,      campaign,     &user_concurrency     },
      {blocker::account_concurrency,   campaign,     &account_concurrency  },
      {blocker::rate_per_minute,       campaign,     &rate_per_minute      },
      {blocker::rate_per_hour,         campaign,     &rate_per_hour        },
      {blocker::target_state,          target,       &target_state         },
      {blocker::suppressed,            target,       &suppressed           },
      {blocker::suppressed_everywhere, target,       &suppressed_everywhere},
      {blocker::registry_old,          target,       &registry_old         },
      {blocker::number_class,          target,       &judge_class          },
      {blocker::destination,           target,       &destination          },
      {blocker::attempts,              target,       &attempts             },
      {blocker::number_busy,           target,       &number_busy          },
      {blocker::not_due,               target,       &not_due              },
      {blocker::min_gap,               target,       &min_gap              },
      {blocker::number_per_day,        target,       &number_per_day       },
      {blocker::legal_per_day,         target,       &legal_per_day        },
      {blocker::callee_zone_unknown,   target,       &callee_zone_unknown  },
      {blocker::callee_rules_unknown,  target,       &callee_rules_unknown },
      {blocker::callee_hours,          target,       &callee_hours         },
      {blocker::no_caller_id,          target,       &no_caller_id         },
  });
}();

static_assert([] {
  for (std::size_t i = 0; i < all_rows.size(); ++i)
    if (static_cast<std::size_t>(all_rows[i].id) != i)
      return false;
  return true;
}());

template <class Wanted>
decision first_no(const facts& f, instant now, Wanted wanted) {
  for (const auto& r : all_rows) {
    if (!wanted(r.where))
      continue;
    if (r.where == scope::target && !f.target)
      return {
          false, r.id, {verdict::not_judged, "There is no target.", std::nullopt}
      };
    if (auto found = r.judge(f, now); found.what != verdict::pass)
      return {false, r.id, std::move(found)};
  }
  return {.dial = true, .held_by = {}, .found = {}};
}

} // namespace

std::string_view to_string(blocker b) { return blockers[b]; }
std::optional<blocker> parse_blocker(std::string_view text) { return blockers.find(text); }
std::string_view to_string(scope s) { return scopes[s]; }
std::string_view to_string(verdict v) { return verdicts[v]; }
const std::array<row, blocker_count>& table() { return all_rows; }

std::vector<line> explain(const facts& f, instant now) {
  std::vector<line> lines;
  lines.reserve(all_rows.size());
  for (const auto& r : all_rows)
    lines.push_back({
        r.id, r.where,
        r.where == scope::target && !f.target ? finding{verdict::not_judged, "", std::nullopt}
                                              : r.judge(f, now)
    });
  return lines;
}

decision decide(const facts& f, instant now) {
  return first_no(f, now, [](scope) { return true; });
}
decision decide_campaign(const facts& f, instant now) {
  return first_no(f, now, [](scope s) { return s != scope::target; });
}
decision decide_target(const facts& f, instant now) {
  return first_no(f, now, [](scope s) { return s == scope::target; });
}

grant decide_many(const facts& f, std::uint32_t wanted, instant now) {
  auto first = decide_campaign(f, now);
  if (!first.dial || wanted == 0)
    return {0, std::move(first)};
  auto fitting = wanted;
  decision more{.dial = true, .held_by = {}, .found = {}};
  auto leave_room = [&](const cap& c, blocker id) {
    if (!c.most || *c.most - c.used >= static_cast<std::int64_t>(fitting))
      return;
    fitting = static_cast<std::uint32_t>(*c.most - c.used);
    auto full = f;
    auto& live = id == blocker::concurrency        ? full.live_calls
                 : id == blocker::user_concurrency ? full.user_live_calls
                                                   : full.account_live_calls;
    live.used = *c.most;
    more = {false, id, all_rows[static_cast<std::size_t>(id)].judge(full, now)};
  };
  leave_room(f.live_calls, blocker::concurrency);
  leave_room(f.user_live_calls, blocker::user_concurrency);
  leave_room(f.account_live_calls, blocker::account_concurrency);
  auto log = read_log(*f.limits, f.minute_back, f.hour_back, fitting, now);
  if (log.granted < fitting) {
    auto hour = log.limit == "per_hour";
    more = {
        false,
        hour ? blocker::rate_per_hour : blocker::rate_per_minute,
        {verdict::wait,
                                                              permit::describe(hour ? permit::refusal::rate_per_hour : permit::refusal::rate_per_minute),
                                                              log.next_at}
    };
  }
  return {log.granted, std::move(more)};
}

std::optional<instant> next_eligible(std::span<const line> lines, instant now) {
  auto latest = now;
  for (const auto& l : lines) {
    if (l.found.what == verdict::pass || l.found.what == verdict::not_judged)
      continue;
    if (!l.found.next_at)
      return std::nullopt;
    latest = std::max(latest, *l.found.next_at);
  }
  return latest;
}

// -- counting ------------------------------------------------------------------------------------

void histogram::add(const decision& d) {
  if (d.dial) {
    ++dialable_;
    return;
  }
  auto& bar = bars_[static_cast<std::size_t>(d.held_by)];
  bar.id = d.held_by;
  if (bar.count++ == 0)
    bar.reason = d.found.reason;
  if (d.found.next_at)
    bar.next_at = std::min(bar.next_at.value_or(*d.found.next_at), *d.found.next_at);
}

std::vector<histogram::bar> histogram::bars() const {
  std::vector<bar> out;
  std::copy_if(bars_.begin(), bars_.end(), std::back_inserter(out), [](const bar& b) {
    return b.count > 0;
  });
  std::stable_sort(
      out.begin(), out.end(), [](const bar& a, const bar& b) { return a.count > b.count; });
  return out;
}

} // namespace ringmaster::gate
