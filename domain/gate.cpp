#include "domain/gate.hpp"

#include <algorithm>
#include <utility>

#include "domain/calling_hours.hpp"
#include "domain/permit.hpp"
#include "domain/words.hpp"

namespace ringmaster::gate {

namespace {

using namespace std::chrono_literals;

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

/// When to look again at something whose end nobody can foresee.
constexpr auto look_again = 1min;
/// Data that is missing may be mended; till then nobody is called.
constexpr auto look_again_for_data = 15min;
constexpr auto day = 24h;

finding pass() { return {}; }
finding wait(std::string reason, std::optional<instant> next_at = std::nullopt) {
  return {verdict::wait, std::move(reason), next_at};
}
finding refuse(std::string reason) { return {verdict::refuse, std::move(reason), std::nullopt}; }
finding skip(std::string reason) { return {verdict::skip, std::move(reason), std::nullopt}; }
finding unknown(std::string_view what, instant now) {
  return wait(std::string{what} + " is not known", now + look_again);
}

// -- the installation
// ---------------------------------------------------------------------------------

finding stale_instance(const facts& f, instant) {
  return f.instance_current ? pass() : wait(permit::describe(permit::refusal::stale_instance));
}

finding store_unavailable(const facts& f, instant now) {
  return f.store_writable
             ? pass()
             : wait(permit::describe(permit::refusal::store_unavailable), now + look_again);
}

finding stopped(const facts& f, instant) {
  return f.stopped ? wait(permit::describe(permit::refusal::stopped)) : pass();
}

finding clock_untrusted(const facts& f, instant now) {
  return f.clock_trusted
             ? pass()
             : wait(permit::describe(permit::refusal::clock_untrusted), now + look_again);
}

finding ambiguity_unloaded(const facts& f, instant now) {
  return f.doubtful_loaded
             ? pass()
             : wait(permit::describe(permit::refusal::ambiguity_unloaded), now + look_again);
}

finding carrier_paused(const facts& f, instant) {
  return f.carrier_ready
             ? pass()
             : wait(permit::describe(permit::refusal::carrier_paused), f.carrier_again_at);
}

// -- the campaign and its user
// ------------------------------------------------------------------------

finding not_running(const facts& f, instant now) {
  if (!f.status)
    return unknown("The campaign's status", now);
  if (*f.status == campaign::status::running)
    return pass();
  return wait("The campaign is " + std::string{campaign::to_string(*f.status)} + ".");
}

finding settings_broken(const facts& f, instant) {
  return f.window ? pass() : wait(permit::describe(permit::refusal::settings_broken));
}

finding window_closed(const facts& f, instant now) {
  if (!f.window)
    return pass(); // settings_broken says so
  auto change = f.window->next_change(now);
  if (!f.window->open_at(now))
    return wait("The calling window is closed: " + f.window->read(now).reason + ".", change);
  if (change && now + f.close_guard >= *change)
    return wait("The calling window is about to close.", f.window->next_change(*change));
  return pass();
}

/// The end of all quiet times that hold at `t` or follow without a gap.
std::optional<instant> quiet_until(std::span<const calling_window> quiet, instant t) {
  for (auto limit = t + std::chrono::days{400}; t <= limit;) {
    auto holds =
        std::find_if(quiet.begin(), quiet.end(), [&](const auto& q) { return q.open_at(t); });
    if (holds == quiet.end())
      return t;
    auto end = holds->next_change(t);
    if (!end)
      return std::nullopt;
    t = *end;
  }
  return std::nullopt;
}

finding quiet_time(const facts& f, instant now) {
  if (!f.quiet)
    return unknown("The user's quiet times", now);
  for (const auto& q : *f.quiet) {
    if (q.open_at(now))
      return wait("It is a quiet time of the user.", quiet_until(*f.quiet, now));
    auto begins = q.next_change(now);
    if (begins && now + f.close_guard >= *begins)
      return wait("A quiet time of the user is about to begin.", quiet_until(*f.quiet, *begins));
  }
  return pass();
}

finding judge_cap(const cap& c, std::string_view what, std::string_view reached, instant now) {
  if (!c.known)
    return unknown(what, now);
  if (!c.most || c.used < *c.most)
    return pass();
  return wait(std::string{reached} + " (" + std::to_string(*c.most) + ").", c.frees_at);
}

finding spend_per_day(const facts& f, instant now) {
  const auto& c = f.spend_per_day;
  if (!c.known)
    return unknown("The spend of the day", now);
  return !c.most || c.used < *c.most ? pass()
                                     : wait("The day's limit of spend is reached.", c.frees_at);
}

finding minutes_per_day(const facts& f, instant now) {
  return judge_cap(
      f.minutes_per_day, "The minutes of the day", "The day's limit of minutes is reached", now);
}

finding concurrency(const facts& f, instant now) {
  return judge_cap(
      f.live_calls, "The number of live calls", "As many calls are live as the campaign may have",
      now);
}

finding user_concurrency(const facts& f, instant now) {
  return judge_cap(
      f.user_live_calls, "The number of the user's live calls",
      "As many calls are live as the user may have", now);
}

finding account_concurrency(const facts& f, instant now) {
  return judge_cap(
      f.account_live_calls, "The number of the account's live calls",
      "As many calls are live as the carrier's account may have", now);
}

finding rate_per_minute(const facts& f, instant now) {
  if (!f.limits)
    return unknown("The limit of calls per minute", now);
  auto log = read_log({f.limits->per_minute, std::nullopt}, f.minute_back, {}, 1, now);
  return log.granted == 1 ? pass()
                          : wait(permit::describe(permit::refusal::rate_per_minute), log.next_at);
}

finding rate_per_hour(const facts& f, instant now) {
  if (!f.limits)
    return unknown("The limit of calls per hour", now);
  auto log = read_log({std::nullopt, f.limits->per_hour}, {}, f.hour_back, 1, now);
  return log.granted == 1 ? pass()
                          : wait(permit::describe(permit::refusal::rate_per_hour), log.next_at);
}

// -- the target
// ---------------------------------------------------------------------------------------

finding target_state(const facts& f, instant now) {
  const auto& state = f.target->state;
  if (!state)
    return unknown("The target's state", now);
  if (*state == target::status::pending)
    return pass();
  if (*state == target::status::calling)
    return wait("A call to this target is under way.", now + look_again);
  return refuse("The target is " + std::string{target::to_string(*state)} + ".");
}

finding suppressed(const facts& f, instant now) {
  const auto& on_list = f.target->suppressed;
  if (!on_list)
    return unknown("The user's suppression list", now);
  return *on_list ? skip("The number is on the user's suppression list.") : pass();
}

finding suppressed_everywhere(const facts& f, instant now) {
  const auto& on_list = f.target->suppressed_everywhere;
  if (!on_list)
    return unknown("The installation's suppression list", now);
  return *on_list ? skip("The number is on the installation's suppression list.") : pass();
}

finding registry_old(const facts& f, instant now) {
  const auto& t = *f.target;
  if (!t.registry_needed)
    return unknown("Whether a registry must be asked", now);
  if (!*t.registry_needed)
    return pass();
  if (!t.registry_date)
    return wait("The registry that must be asked is not loaded.", now + look_again_for_data);
  if (now - *t.registry_date > registry_age_max)
    return wait("The registry's list is older than 31 days.", now + look_again_for_data);
  return pass();
}

finding judge_class(const facts& f, instant) {
  if (!never_called(f.target->kind))
    return pass();
  std::string kind{to_string(f.target->kind)};
  std::replace(kind.begin(), kind.end(), '_', ' ');
  return refuse("Numbers of this class are never called: " + kind + ".");
}

finding destination(const facts& f, instant) {
  const auto& t = *f.target;
  if (t.country.empty())
    return refuse("Nobody knows the country of this number.");
  if (std::find(t.countries.begin(), t.countries.end(), t.country) != t.countries.end())
    return pass();
  return refuse(
      "The country " + std::string{t.country} + " is not among those that may be called.");
}

finding attempts(const facts& f, instant) {
  const auto& t = *f.target;
  if (t.attempt_count < t.max_attempts)
    return pass();
  return refuse("All " + std::to_string(t.max_attempts) + " attempts are used up.");
}

/// When the least gap to the last call is over; none if there was no call.
std::optional<instant> gap_over(const target_facts& t) {
  if (!t.calls_to_number || t.calls_to_number->empty())
    return std::nullopt;
  return t.calls_to_number->front() + t.min_gap;
}

finding number_busy(const facts& f, instant now) {
  const auto& t = *f.target;
  if (!t.number_busy)
    return unknown("Whether another call holds the number", now);
  if (!*t.number_busy)
    return pass();
  return wait(
      "Another call to this number is under way, or its fate is not known yet.",
      std::max(now + look_again, gap_over(t).value_or(now)));
}

finding not_due(const facts& f, instant now) {
  const auto& due = f.target->due_at;
  return !due || *due <= now ? pass() : wait("The next attempt waits for its time.", due);
}

finding min_gap(const facts& f, instant now) {
  const auto& t = *f.target;
  if (!t.calls_to_number)
    return unknown("The last call to this number", now);
  auto over = gap_over(t);
  return !over || now >= *over ? pass() : wait("The number was called a moment ago.", over);
}

/// At most `most` calls in any 24 hours.
finding judge_day(
    const target_facts& t, std::optional<std::int32_t> most, const std::string& reached,
    instant now) {
  if (!most)
    return pass();
  if (!t.calls_to_number)
    return unknown("The calls to this number", now);
  if (*most <= 0)
    return wait(reached);
  auto n = static_cast<std::size_t>(*most);
  if (t.calls_to_number->size() < n)
    return pass();
  auto free = (*t.calls_to_number)[n - 1] + day;
  return now >= free ? pass() : wait(reached, free);
}

finding number_per_day(const facts& f, instant now) {
  return judge_day(
      *f.target, f.target->number_per_day,
      "The limit of calls to one number in 24 hours is reached.", now);
}

finding legal_per_day(const facts& f, instant now) {
  const auto* legal = f.target->legal;
  if (!legal)
    return pass(); // callee_rules_unknown says so
  return judge_day(
      *f.target, legal->calls_per_day(),
      "The calls to one number in 24 hours that the rules allow are used up (" +
          std::string{legal->calls_per_day_entry()} + ").",
      now);
}

finding callee_zone_unknown(const facts& f, instant now) {
  const auto* legal = f.target->legal;
  return !legal || legal->has_zone()
             ? pass()
             : wait("Nobody knows the time zone of this number.", now + look_again_for_data);
}

finding callee_rules_unknown(const facts& f, instant now) {
  const auto* legal = f.target->legal;
  if (!legal)
    return wait("The rule pack of the campaign cannot be read.", now + look_again_for_data);
  return !legal->has_zone() || legal->known()
             ? pass()
             : wait("No rule of the pack speaks of this number.", now + look_again_for_data);
}

finding callee_hours(const facts& f, instant now) {
  const auto* legal = f.target->legal;
  if (!legal || !legal->known())
    return pass(); // one of the two above says so
  if (!legal->open_at(now)) {
    auto reading = legal->read(now);
    return wait("The callee may not be called now: " + reading.reason + ".", reading.next_open_at);
  }
  auto closes = legal->next_close(now);
  if (closes && now + f.close_guard >= *closes)
    return wait("The callee's legal hours are about to end.", legal->next_open(*closes));
  return pass();
}

finding no_caller_id(const facts& f, instant now) {
  const auto& caller = f.target->caller;
  if (!caller)
    return unknown("Which caller ids are free", now);
  return caller->free ? pass() : wait(std::string{caller->reason}, caller->next_at);
}

// -- the table
// ----------------------------------------------------------------------------------------

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

// -- counting
// -----------------------------------------------------------------------------------------

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
