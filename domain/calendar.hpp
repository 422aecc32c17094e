#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/error.hpp"
#include "domain/findings.hpp"
#include "domain/ids.hpp"
#include "domain/knowledge.hpp"

// The user's calendar. Agents propose; only the user's yes makes, moves or cancels an event.

namespace ringmaster {

using proposal_id = id<struct proposal_tag>;
using event_id = id<struct event_tag>;

namespace calendar {

/// What an entry says. A whole-day entry has midnights of its zone.
struct entry {
  std::string title;    ///< 1..200 characters
  std::string location; ///< up to 500
  std::string notes;    ///< up to 4,000
  instant starts_at{}, ends_at{}; ///< ends after it starts, at most 31 days later
  std::string timezone = "UTC";   ///< canonical
  bool all_day = false;
  friend bool operator==(const entry&, const entry&) = default;
};

/// As typed. `starts_at`: "2026-11-24T15:00" in `timezone`, or with an offset or Z; "2026-11-24" is
/// a whole day. `ends_at` likewise; empty: `duration_minutes` later, 60 if that is not given.
struct entry_draft {
  std::string title, location, notes;
  std::string starts_at, ends_at;
  std::optional<std::int64_t> duration_minutes; ///< 1..44,640
  std::string timezone; ///< empty: `home`
};
/// All mistakes together, pointers like "/starts_at". A local time that the clocks skip begins right
/// after; of two the first is meant.
result<entry> check(const entry_draft& d, std::string_view home);
/// As it would be typed to be this entry again.
entry_draft typed(const entry& e);

enum class change : std::uint8_t { create, move, cancel };
std::string_view to_string(change c);
std::optional<change> parse_change(std::string_view text);

enum class status : std::uint8_t { pending, approved, rejected };
std::string_view to_string(status s);
std::optional<status> parse_status(std::string_view text);

enum class origin : std::uint8_t { chat, call, task, api };
std::string_view to_string(origin o);
std::optional<origin> parse_origin(std::string_view text);

struct proposal_draft {
  knowledge::agent who = knowledge::agent::sync;
  origin from = origin::api;
  std::optional<uuid> context; ///< the call session or the conversation it came from
  change what = change::create;
  std::optional<event_id> event; ///< that is to be moved or cancelled
  entry as;                      ///< of a cancellation: how it stands now
  std::string reason;            ///< up to 500: "the dentist confirmed it, number A-17"
  /// The same text again from the same context proposes nothing new. Empty: always new.
  std::string once{};
};
/// `forbidden` for an agent that may not propose; `invalid` where the parts do not fit.
result<void> check(const proposal_draft& d);

struct proposal {
  proposal_id id;
  knowledge::agent who = knowledge::agent::sync;
  origin from = origin::api;
  std::optional<uuid> context;
  change what = change::create;
  std::optional<event_id> event; ///< changed by it; of a creation: made by it once approved
  entry as;                      ///< as it would be, after edits
  std::optional<entry> original; ///< before the user's first edit
  std::string reason;
  status state = status::pending;
  std::string decided_by, note;
  std::optional<instant> decided_at;
  std::int64_t version = 1;
  instant created_at{}, updated_at{};
};

struct event {
  event_id id;
  entry as;
  bool cancelled = false;
  std::int32_t sequence = 0;  ///< RFC 5545: grows with every change
  proposal_id proposal;       ///< the last one that changed it
  knowledge::agent who = knowledge::agent::sync;
  instant created_at{}, updated_at{};
};

/// What else is at that time.
struct conflict {
  std::optional<event_id> event;       ///< one of the two
  std::optional<proposal_id> proposal; ///< still waiting
  std::string title;
  instant starts_at{}, ends_at{};
  friend bool operator==(const conflict&, const conflict&) = default;
};
/// Half-open spans; touching is no conflict.
bool overlap(const entry& a, const entry& b);

struct approve {
  std::string note;
};
struct reject {
  std::string note; ///< up to 500
};
struct edit { ///< before approving
  entry as;
};
using act = std::variant<approve, reject, edit>;
std::string_view name_of(const act& a);
struct step {
  status from;
  std::string_view on;
  status to;
};
const std::vector<step>& steps();
/// `wrong_state` once it is decided. A cancellation cannot be edited.
result<status> decide(const proposal& now, const act& what);

/// The appointment of a call's findings that belongs into the calendar: status "booked", a date and a
/// time, uncontradicted. `home`: the zone in which it is meant. None: nothing to propose.
std::optional<entry> entry_of(
    const talk::value& appointment, const talk::findings& all, std::string_view whom,
    std::string_view home);

/// A wish of the user's in a chat: "put the dentist on Tuesday at 3 pm into my calendar", "cancel my
/// appointment with Dr. Smith", "move the haircut to 4 pm". None: it is no such wish.
struct wish {
  change what = change::create;
  std::string title;        ///< what it is about, as said
  /// Of a creation: as it would be. Of a move: to when (use `moved`). Of a cancellation: where it
  /// stands now, as far as it was said. None where no day or time could be read.
  std::optional<entry> as;
  std::string missing;      ///< what to ask back; empty: nothing
  bool keeps_day = false;   ///< "to 4 pm": the day of what is moved stays, that of `as` means nothing
  bool keeps_time = false;  ///< "to Wednesday": its time of day stays, `as` is a whole day
};
std::optional<wish> read_wish(std::string_view words, instant now, std::string_view home);
/// The event as a wish to move it would leave it: its words, length and zone with the other time.
/// None if the wish moves nothing.
std::optional<entry> moved(const event& e, const wish& w);
/// The event that a wish to move or cancel speaks of; none if there is no one or more than one.
std::optional<event> find_meant(const wish& w, std::span<const event> upcoming);

/// The events as one iCalendar object (RFC 5545): CRLF, folded at 75 octets, escaped, with a
/// VTIMEZONE for every zone that is named; cancelled ones have STATUS:CANCELLED. `name`: X-WR-CALNAME.
std::string write_ical(std::span<const event> all, std::string_view name, instant now);

/// "Tue 24 Nov 2026, 15:00 to 16:00 (Europe/Berlin)"
std::string show_when(const entry& e);

} // namespace calendar
} // namespace ringmaster
