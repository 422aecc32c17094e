#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/brain.hpp"
#include "domain/calendar.hpp"
#include "domain/gap.hpp"
#include "domain/notification.hpp"

// What becomes of gaps, chats and proposals by what is done to them, whoever stores them, and what
// their owner is told.

namespace ringmaster {

namespace gap {

/// A new gap by its first asking.
record begun(const gap_id& id, const checked& asked, instant at);

/// A gap asked again.
struct noted {
  record now;
  bool counted = true;   ///< false: a repetition within its context, which has no row of its own
  bool reopened = false; ///< it had been resolved
};
/// `known`: somebody asked it in this context before. Being asked again is no new version, so that
/// nobody's answer is refused because of it; being reopened is.
result<noted> asked_again(record was, const checked& asked, bool known, instant at);

/// The act of a user. An open gap has no `resolved_at`, `resolved_by` and `resolution_action`; the
/// notes and the chunk of the last time stay.
result<record> after(record was, const act& what, const std::string& by, instant at);

/// The notification `knowledge_gap`.
notification::draft notice_of(const record& r, bool reopened);
inline constexpr const char* subject = "knowledge_gap"; ///< of audit rows and notifications

} // namespace gap

namespace brain {

/// A chat by its first message: the first words, one line.
std::string title_of(std::string_view words);

} // namespace brain

namespace calendar {

/// A new proposal. `standing`: the event that it would move or cancel.
proposal begun(
    const proposal_id& id, const proposal_draft& d, const std::optional<event>& standing,
    instant at);
/// The act of a user; the event is `applied`'s.
result<proposal> after(proposal was, const act& what, const std::string& by, instant at);

/// What an approved proposal makes of its event; of a creation: of none, under `fresh`.
/// `wrong_state` if the event was cancelled meanwhile.
result<event>
applied(const proposal& p, const std::optional<event>& standing, const event_id& fresh, instant at);

/// The notification `calendar_proposal`.
notification::draft notice_of(const proposal& p);
inline constexpr const char* proposal_subject = "calendar_proposal";
inline constexpr const char* event_subject = "calendar_event";

} // namespace calendar
} // namespace ringmaster
