#include <algorithm>

#include "domain/gate_rows.hpp"
#include "domain/permit.hpp"

namespace ringmaster::gate {

// -- the installation ----------------------------------------------------------------------------

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

// -- the campaign and its user -------------------------------------------------------------------

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

namespace {

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

} // namespace

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

namespace {

finding judge_cap(const cap& c, std::string_view what, std::string_view reached, instant now) {
  if (!c.known)
    return unknown(what, now);
  if (!c.most || c.used < *c.most)
    return pass();
  return wait(std::string{reached} + " (" + std::to_string(*c.most) + ").", c.frees_at);
}

} // namespace

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

} // namespace ringmaster::gate
