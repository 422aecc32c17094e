#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/messages.hpp"

// What the FEED is told. Every notice is an object in JSON that names the ids and the status, so
// that a reader knows what to read anew. Only a piece of a transcript has words in it that people
// spoke.

namespace ringmaster {

/// {"call_task_id", "status", "version"}
notice task_notice(const user_id& user, const task::record& now);

/// What the task's user was notified of when it came to where it stands now; none where nothing is
/// told. {"kind", "subject_kind", "subject_id", "status"}
std::optional<notice> notification_notice(const user_id& user, const task::record& now);

/// {"campaign_id", "action", "status", "progress"}
notice campaign_notice(const campaign_brief& now, std::string_view action);

/// {"call_id", "n", "speaker", "start_ms", "end_ms", "text", "sentiment"}
notice segment_notice(const user_id& user, const attempt_id& call, const talk::segment& piece);

/// The owner of a call is asked for a yes while it goes on.
/// {"kind", "subject_kind", "subject_id", "question"}
notice question_notice(const user_id& user, const attempt_id& call, std::int32_t question);

/// What a call came to is stored. {"call_id", "what": "processed"}
notice processed_notice(const user_id& user, const attempt_id& call);

/// A question that nothing answers was asked, again or for the first time.
/// {"knowledge_gap_id", "status", "times_asked", "version"}
notice gap_notice(const user_id& user, const gap::record& now);
/// What the user is notified of with it: none where it had been open already.
std::optional<notice> gap_notification(const user_id& user, const knowledge_book::logged& what);

/// An agent proposes something for the calendar. {"calendar_proposal_id", "status"}
notice proposal_notice(const user_id& user, const proposal_id& id);
notice proposal_notification(const user_id& user, const proposal_id& id);

/// {"targets", "pending", "calling", "completed", "failed", "skipped", "attempts"}
std::string show_progress(const campaign::progress& counts);

} // namespace ringmaster
