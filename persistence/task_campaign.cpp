// A task calls by a campaign of one, so that it dials through the same gate as everything else.
#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "domain/text.hpp"
#include "persistence/campaign_rows.hpp"
#include "persistence/task_json.hpp"
#include "persistence/task_rows.hpp"

namespace ringmaster {
namespace {

constexpr db::statement standing{"task_campaign_standing", R"(
  select id, status from campaigns
   where user_id = $1 and task_id = $2 and status in ('draft', 'scheduled', 'running', 'paused'))"};
constexpr db::statement lock{"task_campaign_lock", R"(
  select 1 from campaign_progress where user_id = $1 and campaign_id = $2 for no key update)"};
constexpr db::statement make{"task_campaign_make", R"(
  insert into campaigns (user_id, id, task_id, name, type, script, timezone, allowed_call_start_time,
                         allowed_call_end_time, allowed_days_of_week, max_attempts, max_concurrent_calls,
                         call_style, voicemail_action, voicemail_message, menu_action, menu_keys, record_calls,
                         result_schema)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text[], $11, $12, $13, $14, $15, $16, $17, $18, $19))"};
constexpr db::statement make_progress{"task_campaign_progress", R"(
  insert into campaign_progress (user_id, campaign_id, total, pending) values ($1, $2, 1, 1))"};
constexpr db::statement make_target{"task_campaign_target", R"(
  insert into targets (user_id, campaign_id, id, phone_number, number_class, country, contact_name, timezone, max_attempts)
  values ($1, $2, $3, $4, $5, $6, $7, $8, 1))"};
constexpr db::statement set_up{"task_campaign_set_up", R"(
  update campaigns
     set name = $3, script = $4, timezone = $5, allowed_call_start_time = $6, allowed_call_end_time = $7,
         allowed_days_of_week = $8::text[], version = version + 1, updated_at = $9, call_style = $10,
         voicemail_action = $11, voicemail_message = $12, menu_action = $13, menu_keys = $14, record_calls = $15,
         result_schema = $16
   where user_id = $1 and id = $2 and status = 'draft')"};
constexpr db::statement set_target{"task_campaign_set_target", R"(
  update targets set phone_number = $3, number_class = $4, country = $5, contact_name = $6, timezone = $7, due_at = $8
   where user_id = $1 and campaign_id = $2 and status = 'pending')"};

constexpr db::statement number_of_target{"task_campaign_number", R"(
  select phone_number from targets where user_id = $1 and campaign_id = $2)"};

constexpr db::statement task_of{
    "task_of_campaign", "select task_id from campaigns where user_id = $1 and id = $2"};
// The only target, with its last call; `wrapped` is null where that was no conversation.
constexpr db::statement how_it_ended{"task_campaign_end", R"(
  select t.call_outcome, t.reason, a.reason, a.duration_seconds, a.wrapped
    from targets t
    left join lateral (
      select a.reason, s.duration_seconds, v.times_wrapped > 0 as wrapped
        from attempts a left join call_sessions s on s.user_id = a.user_id and s.id = a.id
        left join conversations v on v.user_id = a.user_id and v.attempt_id = a.id
       where a.user_id = t.user_id and a.campaign_id = t.campaign_id
       order by a.user_id desc, a.campaign_id desc, a.id desc limit 1) a on true
   where t.user_id = $1 and t.campaign_id = $2 limit 1)"};

/// `text` in one line of at most `most` characters.
std::string one_line(std::string_view text, std::size_t most) {
  auto clean = storable(text);
  std::string out;
  std::size_t count = 0;
  for (std::size_t i = 0; i < clean.size() && count < most; ++count) {
    std::size_t length = 1;
    while (i + length < clean.size() &&
           (static_cast<unsigned char>(clean[i + length]) & 0xc0) == 0x80)
      ++length;
    auto character = std::string_view(clean).substr(i, length);
    out += has_control_character(character) ? std::string_view(" ") : character;
    i += length;
  }
  return std::string(trimmed(out));
}

/// What is said if the call is answered: the introduction with its disclosure word for word, what
/// is asked, and the goodbye.
std::string spoken(const assistant::script& s) {
  std::string text = s.introduction;
  auto add = [&](const std::string& more) {
    if (!trimmed(more).empty())
      text += (text.empty() ? "" : "\n") + more;
  };
  for (const auto& question : s.key_questions)
    add(question);
  add(s.closing);
  return text;
}

campaign::draft
draft_of(const task::record& r, const assistant_settings& settings, const assistant::script& s) {
  campaign::draft c;
  c.name = one_line(r.title.empty() ? r.raw_instruction : r.title, 200);
  if (c.name.empty())
    c.name = "Call task";
  c.type = "task";
  c.script = storable(spoken(s));
  c.timezone = settings.timezone;
  c.allowed_call_start_time = settings.allowed_call_start_time;
  c.allowed_call_end_time = settings.allowed_call_end_time;
  c.allowed_days_of_week = settings.allowed_days_of_week;
  c.max_attempts = 1;
  c.max_concurrent_calls = 1;
  c.talk = r.talk;
  c.talk.style = talk::style::conversation;
  return c;
}

/// Whom the campaign calls.
struct callee {
  number_reading number;
  std::string name, timezone;
};

result<callee>
callee_of(const task::record& r, const task::circumstances& around, const phone_number& number) {
  auto reading = read_number(number.reveal());
  if (!reading)
    return fail(reading.error());
  callee who{std::move(*reading), {}, {}};
  if (r.contact && around.contact) {
    who.name = one_line(around.contact->name, 200);
    who.timezone = around.contact->timezone;
  } else if (r.plan) {
    who.name =
        one_line(r.plan->contact_name.empty() ? r.plan->company_name : r.plan->contact_name, 200);
  }
  return who;
}

campaign_id
make_campaign(desk_parts& d, const task_id& id, const campaign::draft& c, const callee& who) {
  campaign_id made{make_uuid7(d.now, d.random)};
  target_id only{make_uuid7(d.now, d.random)};
  const auto& user = d.who.user;
  d.tx.run(
      make, user, made, id, c.name, c.type, c.script, c.timezone, c.allowed_call_start_time,
      c.allowed_call_end_time, text_array(c.allowed_days_of_week), c.max_attempts,
      c.max_concurrent_calls, talk::to_string(c.talk.style), talk::to_string(c.talk.on_voicemail),
      c.talk.message, talk::to_string(c.talk.on_menu), c.talk.menu_keys, c.talk.record,
      c.talk.result_schema);
  d.tx.run(make_progress, user, made);
  d.tx.run(
      make_target, user, made, only, who.number.number, to_string(who.number.kind),
      who.number.country, who.name, who.timezone);
  return made;
}

void set_up_again(
    desk_parts& d, const campaign_id& id, const campaign::draft& c, const callee& who) {
  const auto& user = d.who.user;
  auto written = d.tx.run(
                         set_up, user, id, c.name, c.script, c.timezone, c.allowed_call_start_time,
                         c.allowed_call_end_time, text_array(c.allowed_days_of_week), d.now,
                         talk::to_string(c.talk.style), talk::to_string(c.talk.on_voicemail),
                         c.talk.message, talk::to_string(c.talk.on_menu), c.talk.menu_keys,
                         c.talk.record, c.talk.result_schema)
                     .affected();
  written += d.tx.run(
                     set_target, user, id, who.number.number, to_string(who.number.kind),
                     who.number.country, who.name, who.timezone, d.now)
                 .affected();
  if (written != 2)
    throw db::failure(db::trouble::busy, "a task's campaign changed while it was set up");
}

struct campaign_there {
  campaign_id id;
  std::string status;
  friend bool operator==(const campaign_there&, const campaign_there&) = default;
};

std::optional<campaign_there> standing_campaign(desk_parts& d, const task_id& id) {
  auto rows = d.tx.run(standing, d.who.user, id);
  if (rows.empty())
    return std::nullopt;
  auto row = rows[0];
  campaign_there found;
  found.id = row.take<campaign_id>();
  found.status = row.take<std::string>();
  return found;
}

call::outcome read_outcome(std::string_view word) {
  using enum call::outcome;
  for (auto o : {answered, voicemail, busy, no_answer, failed, canceled, rejected, unknown})
    if (call::to_string(o) == word)
      return o;
  return none;
}

} // namespace

result<campaign_id>
prepare_task_call(desk_parts& d, const task_id& id, const assistant::script& script) {
  // A campaign's lock comes before its task's, as in the transactions that steer; so the campaign
  // is looked for first, and looked at again when the task is held.
  auto found = standing_campaign(d, id);
  if (found)
    d.tx.run(lock, d.who.user, found->id);
  auto r = lock_task_row(d, id);
  if (!r)
    return fail(errc::not_found, "no such call task");
  auto around = task_around(d, r->contact);
  auto number = task::may_call(*r, around);
  if (!number)
    return fail(number.error());
  if (standing_campaign(d, id) != found || (found && found->status != "draft"))
    return fail(errc::conflict, "a call of this task is being prepared at the moment; try again");
  auto draft = draft_of(*r, around.settings, script);
  if (auto window = campaign::check(draft); !window)
    return fail(window.error());
  auto who = callee_of(*r, around, *number);
  if (!who)
    return fail(who.error());
  keep_script(d, *r, script);
  if (!found)
    return make_campaign(d, id, draft, *who);
  set_up_again(d, found->id, draft, *who);
  return found->id;
}

std::optional<task_id>
task_of_campaign(db::transaction& tx, const user_id& user, const campaign_id& id) {
  auto rows = tx.run(task_of, user, id);
  return rows.empty() ? std::nullopt : rows[0].take<std::optional<task_id>>();
}

result<task::record>
begin_task_call(desk_parts& d, const task_id& id, const campaign_id& campaign) {
  auto r = lock_task_row(d, id);
  if (!r)
    return fail(errc::not_found, "no such call task");
  // Between setting the campaign up and starting it, somebody may have changed whom to call.
  auto number = task::number_to_call(*r, task_around(d, r->contact));
  auto rows = d.tx.run(number_of_target, d.who.user, campaign);
  if (number && (rows.empty() || rows[0].take<std::string>() != number->reveal()))
    return fail(errc::conflict, "the number to call was changed at this moment; try again");
  return act_on_task(d, id, task::call_begun{campaign});
}

result<task::record> end_task_call(
    desk_parts& d, const task_id& id, const campaign_id& campaign, bool canceled,
    const std::string& reason) {
  task::call_ended end;
  end.campaign = campaign;
  end.canceled = canceled;
  end.reason = reason;
  auto rows = d.tx.run(how_it_ended, d.who.user, campaign);
  if (!rows.empty() && !canceled) {
    auto row = rows[0];
    end.outcome = read_outcome(row.take<std::string_view>());
    auto of_target = row.take<std::string>();
    auto of_attempt = row.take<std::optional<std::string>>().value_or("");
    end.duration_seconds = row.take<std::optional<std::int32_t>>();
    auto wrapped = row.take<std::optional<bool>>();
    bool reached =
        end.outcome == call::outcome::answered || end.outcome == call::outcome::voicemail;
    end.wrap_up_follows = reached && wrapped == false;
    // The findings came first, and the task has gone on by them.
    if (wrapped == true)
      if (auto r = lock_task_row(d, id); r && r->state != task::status::in_progress)
        return std::move(*r);
    // An answered call is told by its outcome; what stopped the campaign weighs more than how its
    // target stands.
    if (end.outcome != call::outcome::answered && end.reason.empty())
      end.reason = of_target.empty() ? of_attempt : of_target;
  }
  auto ended = act_on_task(d, id, end);
  if (!ended)
    spdlog::warn(
        "task {}: the end of its campaign {} changes nothing: {}", to_string(id),
        to_string(campaign), ended.error().detail);
  return ended;
}

} // namespace ringmaster
