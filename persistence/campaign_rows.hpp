#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/campaign.hpp"
#include "domain/store.hpp"
#include "persistence/db.hpp"

// How a campaign's row becomes a view; shared by the lane that steers and the desk that shows.

namespace ringmaster {

/// How calls are held, of the table that is called `of`; the second without the style, for tasks.
#define RINGMASTER_TALK_COLUMNS(of) of ".call_style, " RINGMASTER_OWN_TALK_COLUMNS(of)
#define RINGMASTER_OWN_TALK_COLUMNS(of)                                                            \
  of ".voicemail_action, " of ".voicemail_message, " of ".menu_action, " of ".menu_keys, " of      \
     ".record_calls, " of ".result_schema"

#define RINGMASTER_CAMPAIGN_COLUMNS                                                                \
  "c.id, c.name, c.description, c.type, c.script, c.timezone, c.allowed_call_start_time, "         \
  "c.allowed_call_end_time, c.allowed_days_of_week, c.rate_limit_per_minute, "                     \
  "c.rate_limit_per_hour, c.max_attempts, c.max_concurrent_calls, " RINGMASTER_TALK_COLUMNS("c")   \
  ", c.status, c.version, "                                                                        \
  "c.pause_reason, case when c.status = 'running' then p.wait_reason else '' end, c.start_at, "    \
  "c.started_at, c.completed_at, c.created_at, c.updated_at, p.total, p.pending, p.calling, "      \
  "p.completed, p.failed, p.skipped, p.attempts, c.redial_of"

campaign::view read_campaign(db::row& row);
/// Reads RINGMASTER_TALK_COLUMNS and RINGMASTER_OWN_TALK_COLUMNS.
talk::settings read_talk(db::row& row);
talk::settings read_own_talk(db::row& row);
std::optional<campaign::view> find_campaign_row(
  db::transaction& tx, const user_id& user, const campaign_id& id);
std::optional<instant> last_permit_at(
  db::transaction& tx, const user_id& user, const campaign_id& id);
campaign_brief brief_of(const user_id& user, const campaign::view& view);
/// A text array as a parameter.
std::string text_array(const std::vector<std::string>& texts);

} // namespace ringmaster
