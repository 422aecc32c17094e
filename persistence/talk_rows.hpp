#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/call_desk.hpp"
#include "persistence/desk_rows.hpp"

// The rows of a conversation, as the parts of the call book read them.

namespace ringmaster {

/// Where a call belongs.
struct call_place {
  attempt_id id;
  campaign_id campaign;
  target_id target;
  std::optional<task_id> task;
  phone_number to;
};
std::optional<call_place> find_call_place(desk_parts& d, const attempt_id& id);
/// Audit rows of calls have this kind of subject; those of attempts are the steps of dialing.
inline constexpr const char* call_subject = "call_session";
tl::unexpected<error> no_such_call();

/// The campaigns' locks, which come before those of tasks and conversations, in their one order.
void lock_progress(desk_parts& d, const std::string& campaigns);

struct conversation_row {
  talk::memory known; ///< with the questions as they stand
  instant begun_at{};
  std::optional<instant> opt_out_at;
  talk::recording recorded;
  std::optional<talk::findings> found;
  std::string found_by;
  std::optional<instant> wrapped_at;
  std::int32_t times_wrapped = 0;
};
std::optional<conversation_row> find_conversation(desk_parts& d, const attempt_id& id);
/// The same under the row's lock.
std::optional<conversation_row> lock_conversation(desk_parts& d, const attempt_id& id);

std::vector<talk::segment> read_segments(desk_parts& d, const attempt_id& id, std::int32_t after);
/// Tasks that follow from a call, oldest first.
std::vector<task_id> follow_ups_of(desk_parts& d, const attempt_id& id);

} // namespace ringmaster
