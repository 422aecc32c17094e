-- Views for reports. They show what the reader's own context shows: each runs with the rights and
-- the row-level security of whoever asks.
set local role rm_owner;

-- Each call with each value that was extracted from it; a call without any has one row.
create view ringmaster.call_results with (security_invoker = true) as
  select a.user_id, a.id as call_session_id, c.task_id, case when c.task_id is null then a.campaign_id end as campaign_id,
         a.to_number, a.permit_at as created_at, s.answered_at, s.ended_at, s.duration_seconds, s.status,
         a.outcome, v.listener, v.summary, v.goal_achieved, v.sentiment, v.opt_out, v.wrong_number, v.found_by, v.wrapped_at,
         d.key, d.type, d.value, d.segments, d.contradiction, d.fragment
    from ringmaster.attempts a
    join ringmaster.call_sessions s on s.user_id = a.user_id and s.id = a.id
    join ringmaster.campaigns c on c.user_id = a.user_id and c.id = a.campaign_id
    left join ringmaster.conversations v on v.user_id = a.user_id and v.attempt_id = a.id
    left join ringmaster.call_values d
      on d.user_id = v.user_id and d.attempt_id = v.attempt_id and d.times_wrapped = v.times_wrapped;

-- Each task with the count of its calls.
create view ringmaster.task_sessions with (security_invoker = true) as
  select t.user_id, t.id as task_id, t.title, t.status, t.priority, t.created_at, t.updated_at, t.calls_made,
         n.sessions, n.answered, n.conversations, n.seconds, n.last_call_at, t.summary, t.parent_call
    from ringmaster.call_tasks t
    cross join lateral (
      select count(a.id) as sessions, count(s.answered_at) as answered, count(v.attempt_id) as conversations,
             coalesce(sum(s.duration_seconds), 0) as seconds, max(a.permit_at) as last_call_at
        from ringmaster.campaigns c
        join ringmaster.attempts a on a.user_id = c.user_id and a.campaign_id = c.id
        join ringmaster.call_sessions s on s.user_id = a.user_id and s.id = a.id
        left join ringmaster.conversations v on v.user_id = a.user_id and v.attempt_id = a.id
       where c.user_id = t.user_id and c.task_id = t.id) n;

revoke all on ringmaster.call_results, ringmaster.task_sessions from public;
grant select on ringmaster.call_results, ringmaster.task_sessions to rm_app;
reset role;
