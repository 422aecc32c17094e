#pragma once

#include <optional>
#include <string>

#include "domain/task.hpp"
#include "persistence/campaign_rows.hpp"
#include "persistence/desk_rows.hpp"

// How a task's row becomes a record, and how an act is written: shared by the desk, at which users
// act, and the lane, which moves a task with its campaign.

namespace ringmaster {

#define RINGMASTER_TASK_COLUMNS                                                                    \
  "t.id, t.title, t.raw_instruction, t.status, t.priority, t.voice, t.max_price_micros, "          \
  "t.max_price_currency, t.hard_constraints, t.soft_preferences, t.contact_id, "                   \
  "t.target_phone_number, t.needs_user_confirmation, t.answers, t.plan, t.plan_by, "               \
  "t.plan_prompt, t.risks, t.questions, t.approval_reason, t.approved_by, t.approved_at, "         \
  "t.approved_price_micros, t.approved_price_currency, t.approved_number, t.script, "              \
  "t.campaign_id, t.calls_made, t.retry_at, t.summary, t.reason, t.version, t.created_at, "        \
  "t.updated_at, t.parent_call, " RINGMASTER_OWN_TALK_COLUMNS("t")

task::record read_task(db::row row);
/// The word of a status in the database, where the life of a task is guarded.
std::string_view stored_word(task::status s);

std::optional<task::record> find_task_row(desk_parts& d, const task_id& id);
/// The same under the row's lock, which every change of a task takes.
std::optional<task::record> lock_task_row(desk_parts& d, const task_id& id);
void insert_task_row(desk_parts& d, const task::record& r);

/// What task::decide is given: the settings, and the contact as far as it exists.
task::circumstances task_around(desk_parts& d, const std::optional<contact_id>& contact);

/// Decides and writes an act: the row, its audit lines, its notifications.
result<task::record> act_on_task(
    desk_parts& d, const task_id& id, const task::act& what,
    std::optional<std::int64_t> if_version = {});

/// The script of a call that is about to be made; a change like any other.
void keep_script(desk_parts& d, task::record& r, const assistant::script& script);

// -- the campaign of one, by which a task calls: task_campaign.cpp
// ---------------------------------

/// Makes it as a draft, or sets up the draft of an earlier try again. Refused as task::may_call
/// says.
result<campaign_id>
prepare_task_call(desk_parts& d, const task_id& id, const assistant::script& script);

/// The task whose campaign of one this is. What follows belongs into the transaction that steers
/// it.
std::optional<task_id>
task_of_campaign(db::transaction& tx, const user_id& user, const campaign_id& id);
/// The campaign starts: the task is in progress. Refused as task::may_call says.
result<task::record> begin_task_call(desk_parts& d, const task_id& id, const campaign_id& campaign);
/// The campaign has ended: its only target and last call say what came of it. `canceled`: by a
/// person; `reason`: why the engine stopped it, if it did.
result<task::record> end_task_call(
    desk_parts& d, const task_id& id, const campaign_id& campaign, bool canceled,
    const std::string& reason);

} // namespace ringmaster
