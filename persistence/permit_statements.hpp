#pragma once

#include "persistence/db.hpp"
#include "persistence/lane.hpp"

// The statements of the permit transaction, in the order in which they run.

namespace ringmaster::permit_sql {

// A statement of its own: what it reads was committed before the lane held the progress rows.
inline constexpr db::statement read_facts{"permits_facts",
  "select w.ord, clock_timestamp(), (select epoch from engine_state where id = 1), "
  "p.last_permit_no, p.wait_reason, " RINGMASTER_BRIEF_COLUMNS R"(
    from unnest($1::uuid[], $2::uuid[]) with ordinality w(user_id, campaign_id, ord)
    join campaigns c on c.user_id = w.user_id and c.id = w.campaign_id
    join campaign_progress p on p.user_id = w.user_id and p.campaign_id = w.campaign_id)"};

inline constexpr db::statement read_log_rows{"permits_log", R"(
  select q.ord, (select p.at from permits p
                  where p.user_id = q.user_id and p.campaign_id = q.campaign_id and p.n >= q.n
                  order by p.user_id, p.campaign_id, p.n limit 1)
    from unnest($1::uuid[], $2::uuid[], $3::bigint[]) with ordinality q(user_id, campaign_id, n, ord))"};

// The orders name one index each: planned while the tables are still empty, all indexes that begin
// with the user look alike, and the plan is kept when they are not empty any more.
inline constexpr db::statement find_targets{"permits_targets", R"(
  select w.ord, t.id, t.phone_number, t.number_class, t.country, t.timezone, t.attempt_count,
         t.max_attempts,
         exists (select from suppressions s where s.user_id = w.user_id and s.phone_number = t.phone_number)
           or exists (select from suppressed_everywhere s where s.phone_number = t.phone_number),
         coalesce(n.busy, false), n.last_at
    from unnest($1::uuid[], $2::uuid[], $3::bigint[]) with ordinality w(user_id, campaign_id, wanted, ord)
   cross join lateral (
     select d.* from targets d
      where d.user_id = w.user_id and d.campaign_id = w.campaign_id and d.waiting and d.due_at <= $4
      order by d.user_id, d.campaign_id, d.due_at, d.id limit w.wanted) t
   cross join lateral (
     select bool_or(a.live) as busy,
            max(a.permit_at) filter (where a.status not in ('voided', 'rejected', 'not_placed')) as last_at
       from (select b.live, b.permit_at, b.status from attempts b
              where b.user_id = w.user_id and b.to_number = t.phone_number order by b.permit_at) a) n)"};

// Everything that a dial consists of. The caller compares the number of claimed targets with its
// own; any difference rolls all of it back.
inline constexpr db::statement write_dials{"permits_write", R"(
  with dial as (
    select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::int[], $8::bigint[])
      d(user_id, campaign_id, target_id, attempt_id, to_number, from_number, attempt_number, us)),
  claimed as (
    update targets t set status = 'calling', attempt_count = d.attempt_number, last_attempt_at = at(d.us),
                         last_call = d.attempt_id, reason = ''
      from dial d where t.user_id = d.user_id and t.campaign_id = d.campaign_id and t.id = d.target_id and t.status = 'pending'
    returning 1),
  made as (
    insert into attempts (user_id, id, campaign_id, target_id, attempt_number, to_number, from_number, permit_at)
    select d.user_id, d.attempt_id, d.campaign_id, d.target_id, d.attempt_number, d.to_number, d.from_number, at(d.us)
      from dial d),
  opened as (
    insert into call_sessions (user_id, id) select d.user_id, d.attempt_id from dial d),
  told as (
    insert into audit (user_id, actor, action, subject_kind, subject_id, to_status)
    select d.user_id, 'engine', 'attempt.permit', 'attempt', d.attempt_id, 'intent' from dial d),
  given as (
    select * from unnest($9::uuid[], $10::uuid[], $11::int[], $12::bigint[], $13::bigint[])
      g(user_id, campaign_id, granted, n, us)),
  logged as (
    insert into permits (user_id, campaign_id, n, granted, at)
    select g.user_id, g.campaign_id, g.n, g.granted, at(g.us) from given g),
  counted as (
    update campaign_progress p
       set pending = p.pending - g.granted, calling = p.calling + g.granted, attempts = p.attempts + g.granted,
           last_permit_no = g.n, last_permit_at = at(g.us), wait_reason = ''
      from given g where p.user_id = g.user_id and p.campaign_id = g.campaign_id
    returning 1)
  select (select count(*) from claimed), (select count(*) from counted))"};

// Targets that the gate sets aside: for good, with an audit row, or for a while.
inline constexpr db::statement set_aside{"permits_aside", R"(
  with aside as (
    select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $10::uuid[])
      a(user_id, target_id, status, reason, due_us, campaign_id)),
  moved as (
    update targets t set status = a.status, reason = a.reason, due_at = coalesce(at(a.due_us), t.due_at)
      from aside a where t.user_id = a.user_id and t.campaign_id = a.campaign_id and t.id = a.target_id and t.status = 'pending'
    returning 1),
  told as (
    insert into audit (user_id, actor, action, subject_kind, subject_id, from_status, to_status, reason)
    select a.user_id, 'engine', case a.status when 'skipped' then 'target.skip' else 'target.refuse' end,
           'target', a.target_id, 'pending', a.status, a.reason from aside a where a.status <> 'pending'),
  counted as (
    update campaign_progress p set pending = p.pending - c.skipped - c.failed,
                                   skipped = p.skipped + c.skipped, failed = p.failed + c.failed
      from (select u.user_id, u.campaign_id, sum(u.skipped) as skipped, sum(u.failed) as failed
              from unnest($6::uuid[], $7::uuid[], $8::int[], $9::int[]) u(user_id, campaign_id, skipped, failed)
             group by u.user_id, u.campaign_id) c
     where p.user_id = c.user_id and p.campaign_id = c.campaign_id)
  select count(*) from moved)"};

inline constexpr db::statement next_due{"permits_next_due", R"(
  select w.ord, (select t.due_at from targets t
                  where t.user_id = w.user_id and t.campaign_id = w.campaign_id and t.waiting
                  order by t.user_id, t.campaign_id, t.due_at, t.id limit 1)
    from unnest($1::uuid[], $2::uuid[]) with ordinality w(user_id, campaign_id, ord))"};

inline constexpr db::statement note_reasons{"permits_reasons", R"(
  update campaign_progress p set wait_reason = w.reason
    from unnest($1::uuid[], $2::uuid[], $3::text[]) w(user_id, campaign_id, reason)
   where p.user_id = w.user_id and p.campaign_id = w.campaign_id)"};

} // namespace ringmaster::permit_sql
