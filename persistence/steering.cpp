// The steps of a campaign's life, under the lock that permits take, too: after the commit of a
// stop no permit can be given.

#include "persistence/campaign_rows.hpp"
#include "persistence/lane.hpp"
#include "persistence/task_rows.hpp"

namespace ringmaster {
namespace {

constexpr db::statement lock{"steering_lock", R"(
  select clock_timestamp() from campaign_progress where user_id = $1 and campaign_id = $2
     for no key update)"};
constexpr db::statement time_now{"steering_time", "select clock_timestamp()"};

constexpr db::statement advance{"steering_advance", R"(
  update campaigns
     set status = $4, version = version + 1, updated_at = $5,
         generation = generation + $6::int,
         pause_reason = $7,
         start_at = $8,
         started_at = case when $4 = 'running' then coalesce(started_at, $5) else started_at end,
         completed_at = case when $4 = 'completed' then $5 else completed_at end
   where user_id = $1 and id = $2 and status = $3)"};

constexpr db::statement rewrite{"steering_rewrite", R"(
  update campaigns
     set name = $4, description = $5, type = $6, script = $7, timezone = $8, allowed_call_start_time = $9,
         allowed_call_end_time = $10, allowed_days_of_week = $11::text[], rate_limit_per_minute = $12,
         rate_limit_per_hour = $13, max_attempts = $14, max_concurrent_calls = $15,
         call_style = $17, voicemail_action = $18, voicemail_message = $19, menu_action = $20, menu_keys = $21,
         record_calls = $22, result_schema = $23, version = version + 1, updated_at = $16
   where user_id = $1 and id = $2 and status = $3)"};

constexpr db::statement tell{"steering_audit", R"(
  insert into audit (user_id, actor, action, subject_kind, subject_id, from_status, to_status, reason, request_id)
  values ($1, $2, $3, 'campaign', $4, $5, $6, $7, $8))"};

constexpr db::statement clear_wait{"steering_clear_wait", R"(
  update campaign_progress set wait_reason = '' where user_id = $1 and campaign_id = $2 and wait_reason <> '')"};

struct decision {
  campaign::rule step;
  std::optional<instant> start_at;
};

// What is to be done, and the instant it is scheduled for.
result<decision> decide(
  const change::steer_campaign& ask, const campaign::view& now, lane_parts& parts, instant time) {
  const auto& s = now.settings;
  auto window = parts.windows.find(
    s.timezone, s.allowed_call_start_time, s.allowed_call_end_time, s.allowed_days_of_week);
  window_reading reading;
  if (window)
    reading = window->read(time);
  else
    reading.reason = "the stored calling window cannot be read";
  auto step = campaign::decide(now.state, ask.on, reading);
  if (!step) {
    bool later = step.error().code == errc::window_closed && ask.when_window_opens && reading.next_open_at;
    if (!later)
      return fail(step.error());
    auto scheduled = campaign::decide(now.state, campaign::action::schedule, reading);
    // A paused campaign is not scheduled; the closed window is then the answer.
    if (!scheduled)
      return fail(step.error());
    return decision{*scheduled, reading.next_open_at};
  }
  if (ask.on == campaign::action::schedule) {
    if (!ask.start_at)
      return fail_field("/start_at", "required", "start_at is needed to schedule a campaign");
    return decision{*step, ask.start_at};
  }
  if (ask.on == campaign::action::finish && !campaign::is_finished(now.counts))
    return fail(errc::wrong_state, "targets are still pending or being called");
  return decision{*step, now.start_at};
}

// A task's campaign of one starts and ends with its task's call; nothing else is done to it. What
// would pause it ends it: a pause is for lists, and nobody could take it back.
result<change::steer_campaign> for_task(change::steer_campaign ask) {
  using enum campaign::action;
  switch (ask.on) {
    case schedule:
    case pause:
    case resume:
    case update: return fail(errc::not_found, "no such campaign");
    case trip: ask.on = cancel; break;
    case start:
    case cancel:
      // A person's act on a task comes by the task's own routes.
      if (!ask.of_task)
        return fail(errc::not_found, "no such campaign");
      break;
    case begin:
    case finish: break;
  }
  ask.when_window_opens = false;
  return ask;
}

result<campaign_steered> steer(
  db::transaction& tx, lane_parts& parts, const change::steer_campaign& asked) {
  const auto& user = asked.who.user;
  auto ask = asked;
  if (tx.run(lock, user, ask.campaign).empty())
    return fail(errc::not_found, "no such campaign");
  auto time = tx.run(time_now)[0].take<instant>();
  auto before = find_campaign_row(tx, user, ask.campaign);
  if (!before)
    return fail(errc::not_found, "no such campaign");
  auto of_task = task_of_campaign(tx, user, ask.campaign);
  if (of_task) {
    auto may = for_task(asked);
    if (!may)
      return fail(may.error());
    ask = std::move(*may);
  }
  auto what = decide(ask, *before, parts, time);
  if (!what)
    return fail(what.error());
  const auto& step = what->step;

  campaign_steered answer;
  desk_parts around{tx, ask.who, parts.random, time, &parts.gate};
  // Before anything is written: the task may refuse.
  if (of_task && step.from != step.to && step.to == campaign::status::running) {
    auto begun = begin_task_call(around, *of_task, ask.campaign);
    if (!begun)
      return fail(begun.error());
    answer.task = std::move(*begun);
  }

  std::int64_t written = 1;
  bool tells = true;
  if (step.on == campaign::action::update) {
    auto settings = campaign::apply(before->settings, ask.settings.value_or(campaign::patch{}));
    if (auto window = campaign::check(settings); !window)
      return fail(window.error());
    settings = campaign::trim(std::move(settings));
    written = tx.run(
      rewrite, user, ask.campaign, campaign::to_string(step.from), settings.name,
      settings.description, settings.type, settings.script, settings.timezone,
      settings.allowed_call_start_time, settings.allowed_call_end_time,
      text_array(settings.allowed_days_of_week), settings.limits.per_minute,
      settings.limits.per_hour, settings.max_attempts, settings.max_concurrent_calls, time,
      talk::to_string(settings.talk.style), talk::to_string(settings.talk.on_voicemail),
      settings.talk.message, talk::to_string(settings.talk.on_menu), settings.talk.menu_keys,
      settings.talk.record, settings.talk.result_schema).affected();
  } else if (step.from != step.to) {
    bool turns = step.then == campaign::effect::open_dialing || step.then == campaign::effect::stop_dialing;
    auto reason = step.on == campaign::action::trip ? ask.reason : std::string{};
    written = tx.run(
      advance, user, ask.campaign, campaign::to_string(step.from), campaign::to_string(step.to),
      time, turns ? 1 : 0, reason, what->start_at).affected();
    tx.run(clear_wait, user, ask.campaign);
  } else {
    tells = false; // canceled twice: nothing changes, and nothing is to be told
  }
  if (written != 1)
    throw db::failure(db::trouble::busy, "a campaign changed while its step was written");
  if (tells)
    tx.run(
      tell, user, ask.who.actor, "campaign." + std::string(campaign::to_string(step.on)), ask.campaign,
      campaign::to_string(step.from), campaign::to_string(step.to), ask.reason, ask.who.request_id);

  if (of_task && step.from != step.to
      && (step.to == campaign::status::completed || step.to == campaign::status::canceled)) {
    bool by_person = asked.on == campaign::action::cancel;
    auto ended = end_task_call(around, *of_task, ask.campaign, by_person, ask.reason);
    if (ended)
      answer.task = std::move(*ended);
  }

  answer.step = step;
  answer.view = *find_campaign_row(tx, user, ask.campaign);
  answer.brief = brief_of(user, answer.view);
  answer.brief.last_permit_at = last_permit_at(tx, user, ask.campaign);
  return answer;
}

} // namespace

void steer_campaigns(
  db::transaction& tx, lane_parts& parts, std::span<const posed<change::steer_campaign>> list) {
  for (const auto& item : list) {
    auto steered = steer(tx, parts, *item.what);
    if (steered)
      *item.answer = store_answer(std::move(*steered));
    else
      *item.answer = fail(steered.error());
  }
}

} // namespace ringmaster
