#include "domain/calling_hours.hpp"

#include <algorithm>

#include "domain/words.hpp"

namespace ringmaster {

namespace {

constexpr auto parts = vocabulary_of<hours_part>("none", "window", "quiet", "legal");
constexpr auto horizon = std::chrono::days{400};

} // namespace

std::string_view to_string(hours_part p) { return parts[p]; }

bool calling_hours::open_at(instant t) const {
  return window && legal && window->open_at(t) &&
         std::none_of(quiet.begin(), quiet.end(), [&](const auto& q) { return q.open_at(t); }) &&
         legal->open_at(t);
}

// A part that is closed stays so until its own next opening, so no instant before it is open: each
// step goes to the opening of a closed part.
std::optional<instant> calling_hours::next_open(instant t) const {
  if (!window || !legal)
    return std::nullopt;
  for (auto end = t + horizon; t <= end;) {
    std::optional<instant> next;
    if (!window->open_at(t)) {
      next = window->next_change(t);
    } else if (auto q = std::find_if(
                   quiet.begin(), quiet.end(), [&](const auto& w) { return w.open_at(t); });
               q != quiet.end()) {
      next = q->next_change(t);
    } else if (legal->open_at(t)) {
      return t;
    } else {
      next = legal->next_open(t);
    }
    if (!next)
      return std::nullopt;
    t = *next;
  }
  return std::nullopt;
}

std::optional<instant> calling_hours::next_close(instant t) const {
  if (!open_at(t))
    return t;
  std::optional<instant> first;
  auto consider = [&](std::optional<instant> at) {
    if (at)
      first = std::min(first.value_or(*at), *at);
  };
  consider(window->next_change(t));
  for (const auto& q : quiet)
    consider(q.next_change(t));
  consider(legal->next_close(t));
  return first && *first <= t + horizon ? first : std::nullopt;
}

hours_reading read_hours(const calling_hours& hours, instant t) {
  hours_reading out;
  if (!hours.window) {
    out.held_by = hours_part::window;
    out.reason = "the stored calling window cannot be read";
    return out;
  }
  auto quiet = std::find_if(
      hours.quiet.begin(), hours.quiet.end(), [&](const auto& q) { return q.open_at(t); });
  if (!hours.window->open_at(t)) {
    out.held_by = hours_part::window;
    out.reason = hours.window->read(t).reason;
  } else if (quiet != hours.quiet.end()) {
    out.held_by = hours_part::quiet;
    out.reason = "a quiet time of yours, " + to_string(quiet->start()).substr(0, 5) + "-" +
                 to_string(quiet->end()).substr(0, 5) + " " + quiet->where().name();
  } else if (!hours.legal || !hours.legal->open_at(t)) {
    out.held_by = hours_part::legal;
    out.reason =
        hours.legal ? hours.legal->read(t).reason : "the rules of the callee's place are not known";
  } else {
    out.open = true;
    out.reason = "inside the calling window and the legal hours of the callee";
    out.closes_at = hours.next_close(t);
    return out;
  }
  out.next_open_at = hours.next_open(t);
  return out;
}

} // namespace ringmaster
