#pragma once

#include <optional>
#include <string_view>

#include "domain/calendar.hpp"
#include "domain/error.hpp"

// What users send about the calendar, read from JSON.

namespace ringmaster::net {

/// POST /api/calendar/proposals, as far as it can be read without the books. What is not given of
/// the entry comes from the event that is changed.
struct proposal_wish {
  knowledge::agent who = knowledge::agent::sync;
  calendar::change what = calendar::change::create;
  std::optional<event_id> event;
  std::optional<uuid> context;
  std::string reason;
  /// The members of an entry that were given.
  struct parts {
    std::optional<std::string> title, location, notes, starts_at, ends_at, timezone;
    std::optional<std::int64_t> duration_minutes;
    bool none() const;
  } entry;
};
result<proposal_wish> read_proposal(std::string_view body);

/// PATCH /api/calendar/proposals/{id}.
result<proposal_wish::parts> read_edit(std::string_view body);

/// The entry as it is with the parts that were given; without `before` they are all there is. A
/// new start keeps the length.
result<calendar::entry> put_together(
    const proposal_wish::parts& given, const calendar::entry* before, std::string_view home);

} // namespace ringmaster::net
