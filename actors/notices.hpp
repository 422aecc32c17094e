#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/messages.hpp"

// What the FEED is told. Every notice is an object in JSON that names the ids and the status, so
// that a reader knows what to read anew; nothing that people wrote is in it.

namespace ringmaster {

/// {"call_task_id", "status", "version"}
notice task_notice(const user_id& user, const task::record& now);

/// What the task's user was notified of when it came to where it stands now; none where nothing is
/// told. {"kind", "subject_kind", "subject_id", "status"}
std::optional<notice> notification_notice(const user_id& user, const task::record& now);

/// {"campaign_id", "action", "status", "progress"}
notice campaign_notice(const campaign_brief& now, std::string_view action);

/// {"targets", "pending", "calling", "completed", "failed", "skipped", "attempts"}
std::string show_progress(const campaign::progress& counts);

} // namespace ringmaster
