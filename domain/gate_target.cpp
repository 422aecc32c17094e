#include <algorithm>

#include "domain/gate_rows.hpp"

namespace ringmaster::gate {

// -- the target ----------------------------------------------------------------------------------

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

namespace {

/// When the least gap to the last call is over; none if there was no call.
std::optional<instant> gap_over(const target_facts& t) {
  if (!t.calls_to_number || t.calls_to_number->empty())
    return std::nullopt;
  return t.calls_to_number->front() + t.min_gap;
}

} // namespace

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

namespace {

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
  auto free = (*t.calls_to_number)[n - 1] + std::chrono::hours{24};
  return now >= free ? pass() : wait(reached, free);
}

} // namespace

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

} // namespace ringmaster::gate
