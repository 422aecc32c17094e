// What a person does to ended and waiting targets, under the lock that permits take.
#include <vector>

#include "persistence/array.hpp"
#include "persistence/campaign_rows.hpp"
#include "persistence/desk_books.hpp"

namespace ringmaster {
namespace {

constexpr db::statement lock{"desk_redial_lock", R"(
  select 1 from campaign_progress where user_id = $1 and campaign_id = $2 for no key update)"};
// A statement of its own: what it reads was committed before the lock was held.
constexpr db::statement status_of{"desk_redial_campaign",
  "select status from campaigns where user_id = $1 and id = $2 and task_id is null"};

#define SUPPRESSED                                                                                 \
  "(exists (select from suppressions s where s.user_id = t.user_id and s.phone_number = "          \
  "t.phone_number) or exists (select from suppressed_everywhere e where e.phone_number = "         \
  "t.phone_number))"
// An attempt that several calls may belong to can ring as long as the carrier keeps a call queued.
#define MAY_RING                                                                                   \
  "exists (select from attempts a where a.user_id = t.user_id and a.to_number = t.phone_number "   \
  "and a.campaign_id = t.campaign_id and a.target_id = t.id and (a.live or (a.status = "           \
  "'needs_review' and a.permit_at > now() - interval '24 hours')))"

constexpr db::statement one{"desk_redial_one",
  "select t.status, " SUPPRESSED ", " MAY_RING
  " from targets t where t.user_id = $1 and t.campaign_id = $2 and t.id = $3"};

#define MATCHING                                                                                   \
  " from targets t where t.user_id = $1 and t.campaign_id = $2 and t.status = $3 "                 \
  "and ($4::text is null or t.call_outcome = $4) "
constexpr db::statement pick{"desk_redial_pick",
  "select t.id" MATCHING "and not " SUPPRESSED " and not " MAY_RING
  " order by t.user_id, t.campaign_id, t.id limit $5"};
constexpr db::statement count_left{"desk_redial_left", "select count(*)" MATCHING};

// The status that was read stands in the condition; counters and trail are of the same statement.
constexpr db::statement reopen{"desk_redial_reopen", R"(
  with was as (
    select t.id, t.status from targets t
     where t.user_id = $1 and t.campaign_id = $2 and t.id = any($3::uuid[]) and t.status in ('failed', 'skipped')),
  moved as (
    update targets t
       set status = 'pending', max_attempts = greatest(t.max_attempts, t.attempt_count + 1), due_at = now(), reason = ''
      from was w where t.user_id = $1 and t.campaign_id = $2 and t.id = w.id and t.status = w.status
    returning t.id, w.status),
  told as (
    insert into audit (user_id, actor, action, subject_kind, subject_id, from_status, to_status, request_id)
    select $1, $4, 'target.retry', 'target', m.id, m.status, 'pending', $5 from moved m),
  counted as (
    update campaign_progress p
       set pending = p.pending + n.moved, failed = p.failed - n.failed, skipped = p.skipped - n.skipped
      from (select count(*) as moved, count(*) filter (where m.status = 'failed') as failed,
                   count(*) filter (where m.status = 'skipped') as skipped from moved m) n
     where p.user_id = $1 and p.campaign_id = $2)
  select count(*) from moved)"};

constexpr db::statement set_aside{"desk_redial_skip", R"(
  with moved as (
    update targets set status = 'skipped', reason = 'set aside by hand'
     where user_id = $1 and campaign_id = $2 and id = $3 and status = 'pending' returning 1)
  update campaign_progress set pending = pending - 1, skipped = skipped + 1
   where user_id = $1 and campaign_id = $2 and exists (select from moved))"};

// Settings as they stand now. The drafts of a task are never copied: `status_of` has refused them.
constexpr db::statement copy{"desk_redial_copy", R"(
  insert into campaigns (user_id, id, name, description, type, script, timezone, allowed_call_start_time,
                         allowed_call_end_time, allowed_days_of_week, rate_limit_per_minute, rate_limit_per_hour,
                         max_attempts, max_concurrent_calls, call_style, voicemail_action, voicemail_message,
                         menu_action, menu_keys, record_calls, result_schema, redial_of)
  select user_id, $3, case when $4 = '' then left(name, 190) || ' (redial)' else $4 end, description, type, script,
         timezone, allowed_call_start_time, allowed_call_end_time, allowed_days_of_week, rate_limit_per_minute,
         rate_limit_per_hour, max_attempts, max_concurrent_calls, call_style, voicemail_action, voicemail_message,
         menu_action, menu_keys, record_calls, result_schema, id
    from campaigns where user_id = $1 and id = $2 and task_id is null)"};
constexpr db::statement begin_count{"desk_redial_progress",
  "insert into campaign_progress (user_id, campaign_id) values ($1, $2)"};

// Ids of version 7 that grow with the rows, so that the new list is in the order of the old one: the
// time, the row's number in 26 bits, and chance. A target that waits is left to a campaign that goes
// on; what a person has added by hand to its attempts is not handed down.
constexpr db::statement copy_targets{"desk_redial_targets",
  R"(insert into targets (user_id, campaign_id, id, phone_number, number_class, country, contact_name, client_id,
                       timezone, max_attempts)
  select w.user_id, $3,
         (lpad(to_hex($6::bigint), 12, '0') || '7' || lpad(to_hex((w.n >> 14) & 4095), 3, '0')
          || lpad(to_hex(32768 | (w.n & 16383)), 4, '0') || right(md5(gen_random_uuid()::text), 12))::uuid,
         w.phone_number, w.number_class, w.country, w.contact_name, w.client_id, w.timezone, w.max_attempts
    from (select t.user_id, t.phone_number, t.number_class, t.country, t.contact_name, t.client_id, t.timezone,
                 least(t.max_attempts, c.max_attempts) as max_attempts, row_number() over (order by t.id) as n
            from targets t join campaigns c on c.user_id = t.user_id and c.id = t.campaign_id
           where t.user_id = $1 and t.campaign_id = $2 and t.call_outcome = any($4::text[])
             and (t.status in ('failed', 'skipped') or ($5 and t.status = 'pending'))
             and not )" SUPPRESSED ") w"};
constexpr db::statement count_targets{"desk_redial_count", R"(
  update campaign_progress set total = $3::bigint, pending = $3::bigint where user_id = $1 and campaign_id = $2)"};
// Longer than a desk usually may: a list of a million numbers is one statement.
constexpr const char* patience = "set local statement_timeout = '60s'";

tl::unexpected<error> over(campaign::status now) {
  error why{.code = errc::wrong_state, .detail = {}};
  why.detail = "the campaign is " + std::string(campaign::to_string(now))
               + "; redial makes a new draft of the numbers that were not reached";
  why.current_status = campaign::to_string(now);
  why.allowed_transitions = {"redial"};
  return fail(std::move(why));
}

tl::unexpected<error> not_now(target::status now, std::string detail) {
  error why{.code = errc::wrong_state, .detail = std::move(detail)};
  why.current_status = target::to_string(now);
  return fail(std::move(why));
}

/// The campaign's status, read under its lock.
result<campaign::status> locked(desk_parts& d, const campaign_id& id) {
  if (d.tx.run(lock, d.who.user, id).empty())
    return fail(errc::not_found, "no such campaign");
  auto known = d.tx.run(status_of, d.who.user, id);
  if (known.empty())
    return fail(errc::not_found, "no such campaign");
  return campaign::parse_status(known[0].take<std::string_view>()).value();
}

bool is_over(campaign::status s) {
  return s == campaign::status::completed || s == campaign::status::canceled;
}

std::int64_t reopen_all(desk_parts& d, const campaign_id& of, db::array&& ids) {
  return d.tx.run(reopen, d.who.user, of, ids.take(), d.who.actor, d.who.request_id)[0]
    .take<std::int64_t>();
}

} // namespace

result<target::view> postgres_campaigns::retry(const campaign_id& of, const target_id& id) {
  return guard_.run([&]() -> result<target::view> {
    auto state = locked(d_, of);
    if (!state)
      return fail(state.error());
    auto rows = d_.tx.run(one, d_.who.user, of, id);
    if (rows.empty())
      return fail(errc::not_found, "no such target");
    auto row = rows[0];
    auto now = target::parse_status(row.take<std::string_view>()).value();
    auto suppressed = row.take<bool>();
    auto may_ring = row.take<bool>();
    if (is_over(*state))
      return over(*state);
    if (auto step = target::decide(now, target::event::reopen); !step)
      return fail(step.error());
    if (suppressed)
      return not_now(now, "this number is never to be called; take it off the list first");
    if (may_ring)
      return not_now(now, "a call to this number may still be going on; look at its last attempt");
    db::array ids;
    ids.add(id);
    if (reopen_all(d_, of, std::move(ids)) != 1)
      return fail(errc::conflict, "the target changed at the same moment; look again");
    return find_target(d_, of, id);
  });
}

result<retried> postgres_campaigns::retry_all(
  const campaign_id& of, const retry_filter& which, std::int64_t most) {
  return guard_.run([&]() -> result<retried> {
    auto state = locked(d_, of);
    if (!state)
      return fail(state.error());
    if (is_over(*state))
      return over(*state);
    if (auto step = target::decide(which.status, target::event::reopen); !step)
      return fail(step.error());
    auto status = std::string(target::to_string(which.status));
    std::optional<std::string> outcome;
    if (which.outcome)
      outcome = std::string(call::to_string(*which.outcome));
    auto rows = d_.tx.run(pick, d_.who.user, of, status, outcome, most);
    retried done;
    if (!rows.empty()) {
      db::array ids;
      for (std::size_t i = 0; i < rows.size(); ++i)
        ids.add(rows[i].take<uuid>());
      done.moved = reopen_all(d_, of, std::move(ids));
    }
    done.more = static_cast<std::int64_t>(rows.size()) >= most;
    if (!done.more)
      done.left_out = d_.tx.run(count_left, d_.who.user, of, status, outcome)[0].take<std::int64_t>();
    return done;
  });
}

result<target::view> postgres_campaigns::skip(const campaign_id& of, const target_id& id) {
  return guard_.run([&]() -> result<target::view> {
    if (auto state = locked(d_, of); !state)
      return fail(state.error());
    auto rows = d_.tx.run(one, d_.who.user, of, id);
    if (rows.empty())
      return fail(errc::not_found, "no such target");
    auto now = target::parse_status(rows[0].take<std::string_view>()).value();
    if (now == target::status::calling)
      return not_now(now, "the number is being called; hang up the call, or skip it afterwards");
    if (auto step = target::decide(now, target::event::skip); !step)
      return fail(step.error());
    if (d_.tx.run(set_aside, d_.who.user, of, id).affected() != 1)
      return fail(errc::conflict, "the target changed at the same moment; look again");
    tell(
      d_, "target.skip", "target", id.value, target::to_string(now),
      target::to_string(target::status::skipped), "set aside by hand");
    return find_target(d_, of, id);
  });
}

result<redialed> postgres_campaigns::redial(
  const campaign_id& of, const std::vector<call::outcome>& outcomes, const std::string& name) {
  return guard_.run([&]() -> result<redialed> {
    auto known = d_.tx.run(status_of, d_.who.user, of);
    if (known.empty())
      return fail(errc::not_found, "no such campaign");
    auto state = campaign::parse_status(known[0].take<std::string_view>()).value();
    campaign_id made{make_uuid7(d_.now, d_.random)};
    std::vector<std::string> words;
    for (auto outcome : outcomes)
      words.emplace_back(call::to_string(outcome));
    auto since_1970 = std::chrono::floor<std::chrono::milliseconds>(d_.now.time_since_epoch());
    d_.tx.script(patience);
    d_.tx.run(copy, d_.who.user, of, made, name);
    d_.tx.run(begin_count, d_.who.user, made);
    auto targets = d_.tx.run(
      copy_targets, d_.who.user, of, made, text_array(words), is_over(state),
      static_cast<std::int64_t>(since_1970.count())).affected();
    if (targets == 0)
      return fail_field("/outcomes", "nothing_to_redial", "no number of this campaign ended so");
    d_.tx.run(count_targets, d_.who.user, made, targets);
    tell(
      d_, "campaign.redial", "campaign", made.value, {}, campaign::to_string(campaign::status::draft),
      std::to_string(targets) + " targets of campaign " + to_string(of));
    return redialed{*find_campaign_row(d_.tx, d_.who.user, made), targets};
  });
}

} // namespace ringmaster
