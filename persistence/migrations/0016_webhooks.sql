-- Addresses of users' that are told what happens, and the messages to them. A message is written in
-- the transaction of what it tells: if that is rolled back, nobody hears of it, and what was
-- committed is told however often the engine is killed.
set local role rm_owner;

-- `sealed` is as in 0009, with a name of its own for each webhook. The one before it signs, too,
-- until `previous_until`.
create table ringmaster.webhooks (
  user_id uuid not null,
  id uuid not null,
  url text not null constraint webhooks_url_length check (length(url) between 1 and 2000),
  description text not null default '',
  topics text[] not null default '{}', -- empty: all
  active boolean not null default true,
  disabled_reason text not null default '',
  sealed bytea not null constraint webhooks_sealed_length check (length(sealed) between 40 and 1024),
  previous_sealed bytea,
  previous_until timestamptz,
  failing_since timestamptz,
  last_success_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint webhooks_pkey primary key (user_id, id),
  constraint webhooks_previous_whole check ((previous_sealed is null) = (previous_until is null)),
  constraint webhooks_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade
);

-- `payload` is the body as it is sent, made once, so that every try sends the same bytes.
-- `next_attempt_at` of one that is being sent is the end of its lease.
create table ringmaster.webhook_deliveries (
  user_id uuid not null,
  id uuid not null,
  webhook_id uuid not null,
  type text collate "C" not null,
  payload text not null,
  status text collate "C" not null default 'pending' constraint webhook_deliveries_status_known
    check (status in ('pending', 'sending', 'delivered', 'failed')),
  attempts integer not null default 0 constraint webhook_deliveries_counted check (attempts >= 0),
  first_attempts integer not null default 0, -- made before it was replayed: the delays begin anew
  next_attempt_at timestamptz default now(),
  last_attempt_at timestamptz,
  delivered_at timestamptz,
  response_code integer,
  last_error text not null default '',
  took_ms integer,
  created_at timestamptz not null default now(),
  constraint webhook_deliveries_pkey primary key (user_id, id),
  constraint webhook_deliveries_due check ((status in ('pending', 'sending')) = (next_attempt_at is not null)),
  constraint webhook_deliveries_webhook_fkey foreign key (user_id, webhook_id)
    references ringmaster.webhooks (user_id, id) on delete cascade
);
-- Ids grow with time: the lists, and what is old enough to go.
create index webhook_deliveries_of_webhook on ringmaster.webhook_deliveries (user_id, webhook_id, id);
create index webhook_deliveries_waiting on ringmaster.webhook_deliveries (user_id, webhook_id, next_attempt_at)
  where status in ('pending', 'sending');

create trigger webhook_deliveries_steps after update of status on ringmaster.webhook_deliveries for each row
  when (old.status is distinct from new.status and (old.status || '>' || new.status) <> all (array[
    'pending>sending', 'sending>delivered', 'sending>pending', 'sending>failed', 'delivered>pending',
    'failed>pending']))
  execute function ringmaster.refuse_step();

-- A version 7 UUID, as the engine makes them.
create function ringmaster.fresh_id() returns uuid language sql volatile
  set search_path = pg_catalog, pg_temp
as $$
  select encode(set_byte(mixed, 6, (get_byte(mixed, 6) & 15) | 112), 'hex')::uuid
    from (select substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
                 || substring(uuid_send(gen_random_uuid()) from 7) as mixed) made
$$;

create function ringmaster.rfc3339(t timestamptz) returns text language sql stable
  set search_path = pg_catalog, pg_temp
as $$ select to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;

-- The body of a message.
create function ringmaster.webhook_body(type text, data jsonb) returns text language sql stable
  set search_path = pg_catalog, pg_temp
as $$
  select '{"type": ' || to_json(type)::text || ', "timestamp": "' || ringmaster.rfc3339(now())
         || '", "data": ' || data::text || '}'
$$;

-- What is told of a call that has ended. Status and outcome come as arguments where the very
-- statement that asks writes them.
create function ringmaster.call_fact(whose uuid, call uuid, status_now text, outcome_now text) returns jsonb
  language sql stable
  set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
           'call_id', a.id, 'call_task_id', c.task_id,
           'campaign_id', case when c.task_id is null then a.campaign_id end,
           'target_id', case when c.task_id is null then a.target_id end,
           'phone_number', a.to_number, 'attempt_number', a.attempt_number,
           'status', coalesce(status_now, s.status),
           'outcome', nullif(coalesce(nullif(outcome_now, 'none'), a.outcome), ''),
           'answered_by', nullif(s.answered_by, ''), 'duration_seconds', s.duration_seconds,
           'created_at', ringmaster.rfc3339(a.permit_at), 'answered_at', ringmaster.rfc3339(s.answered_at),
           'ended_at', ringmaster.rfc3339(coalesce(s.ended_at, now())))
    from ringmaster.attempts a
    join ringmaster.call_sessions s on s.user_id = a.user_id and s.id = a.id
    left join ringmaster.campaigns c on c.user_id = a.user_id and c.id = a.campaign_id
   where a.user_id = whose and a.id = call
$$;

-- Tells the addresses of the row's user that ask for the topic. For tables on which no dial waits;
-- ends of calls are told by the statements that write them, which look for addresses once a batch.
create function ringmaster.post_fact() returns trigger language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
declare
  topic constant text := tg_argv[0];
  data jsonb;
begin
  if not exists (select from ringmaster.webhooks w
                  where w.user_id = new.user_id and w.active and (w.topics = '{}' or topic = any (w.topics))) then
    return null;
  end if;
  if tg_table_name = 'campaigns' then
    select jsonb_build_object('campaign_id', new.id, 'name', new.name, 'status', new.status,
             'reason', nullif(new.pause_reason, ''), 'targets', p.total, 'pending', p.pending, 'calling', p.calling,
             'completed', p.completed, 'failed', p.failed, 'skipped', p.skipped, 'attempts', p.attempts)
      into data
      from ringmaster.campaign_progress p where p.user_id = new.user_id and p.campaign_id = new.id;
  elsif tg_table_name = 'call_tasks' then
    data := jsonb_build_object('call_task_id', new.id, 'title', new.title, 'status', new.status,
              'summary', left(new.summary, 4000), 'reason', nullif(left(new.reason, 1000), ''), 'calls_made', new.calls_made);
  elsif tg_table_name = 'notifications' then
    data := jsonb_build_object('call_task_id', new.subject_id, 'title', new.title, 'text', left(new.text, 1000),
              'details', (select coalesce(jsonb_agg(jsonb_build_object('name', h ->> 0, 'text', left(h ->> 1, 1000))), '[]')
                            from jsonb_array_elements(new.highlights) h));
  elsif tg_table_name = 'conversations' then
    data := jsonb_build_object('call_id', new.attempt_id, 'summary', left(new.summary, 4000),
              'goal_achieved', new.goal_achieved, 'sentiment', new.sentiment, 'opt_out', new.opt_out,
              'wrong_number', new.wrong_number, 'times_processed', new.times_wrapped);
  elsif tg_table_name = 'knowledge_gaps' then
    data := jsonb_build_object('knowledge_gap_id', new.id, 'question', new.question, 'agent', new.agent,
              'source', new.source, 'category', new.category, 'times_asked', new.times_asked,
              'times_reopened', new.times_reopened);
  elsif tg_table_name = 'calendar_proposals' then
    data := jsonb_build_object('calendar_proposal_id', new.id, 'change', new.change, 'agent', new.agent,
              'title', left(new.title, 500), 'starts_at', ringmaster.rfc3339(new.starts_at),
              'ends_at', ringmaster.rfc3339(new.ends_at), 'timezone', new.timezone, 'all_day', new.all_day);
  elsif tg_table_name = 'suppressions' then
    data := jsonb_build_object('suppression_id', new.id, 'phone_number', new.phone_number, 'source', new.source);
  end if;
  insert into ringmaster.webhook_deliveries (user_id, id, webhook_id, type, payload)
  select new.user_id, ringmaster.fresh_id(), w.id, topic, ringmaster.webhook_body(topic, data)
    from ringmaster.webhooks w
   where w.user_id = new.user_id and w.active and (w.topics = '{}' or topic = any (w.topics));
  return null;
end $$;

create trigger campaigns_told_completed after update of status on ringmaster.campaigns for each row
  when (new.task_id is null and new.status = 'completed' and old.status <> 'completed')
  execute function ringmaster.post_fact('campaign.completed');
create trigger campaigns_told_paused after update of status on ringmaster.campaigns for each row
  when (new.task_id is null and new.status = 'paused' and old.status <> 'paused')
  execute function ringmaster.post_fact('campaign.paused');
create trigger call_tasks_told_completed after update of status on ringmaster.call_tasks for each row
  when (new.status = 'completed' and old.status <> 'completed')
  execute function ringmaster.post_fact('call_task.completed');
create trigger call_tasks_told_failed after update of status on ringmaster.call_tasks for each row
  when (new.status = 'failed' and old.status <> 'failed')
  execute function ringmaster.post_fact('call_task.failed');
-- What a task waits for was decided where its user was told.
create trigger notifications_told_clarification after insert on ringmaster.notifications for each row
  when (new.kind = 'clarification_needed' and new.subject_kind = 'call_task')
  execute function ringmaster.post_fact('call_task.needs_clarification');
create trigger notifications_told_approval after insert on ringmaster.notifications for each row
  when (new.kind = 'approval_needed' and new.subject_kind = 'call_task')
  execute function ringmaster.post_fact('call_task.needs_approval');
create trigger conversations_told_processed after update of times_wrapped on ringmaster.conversations for each row
  when (new.times_wrapped > old.times_wrapped)
  execute function ringmaster.post_fact('call.processed');
create trigger knowledge_gaps_told_new after insert on ringmaster.knowledge_gaps for each row
  execute function ringmaster.post_fact('knowledge_gap.opened');
create trigger knowledge_gaps_told_opened after update of status on ringmaster.knowledge_gaps for each row
  when (new.status = 'open' and old.status <> 'open')
  execute function ringmaster.post_fact('knowledge_gap.opened');
create trigger calendar_proposals_told after insert on ringmaster.calendar_proposals for each row
  execute function ringmaster.post_fact('calendar.proposed');
create trigger suppressions_told after insert on ringmaster.suppressions for each row
  when (new.source = 'call')
  execute function ringmaster.post_fact('opt_out.recorded');

revoke all on function ringmaster.fresh_id(), ringmaster.rfc3339(timestamptz), ringmaster.webhook_body(text, jsonb),
  ringmaster.call_fact(uuid, uuid, text, text), ringmaster.post_fact() from public;
grant execute on function ringmaster.fresh_id(), ringmaster.rfc3339(timestamptz), ringmaster.webhook_body(text, jsonb),
  ringmaster.call_fact(uuid, uuid, text, text) to rm_app, rm_agent;
reset role;

-- As in 0006. Agents write messages and see whom they are for; where they go and what signs them
-- they do not see.
do $$
declare
  name text;
  mine constant text := '(select sec.is_engine()) or user_id = (select sec.user_id())';
begin
  foreach name in array array['webhooks', 'webhook_deliveries']
  loop
    execute format('alter table ringmaster.%I enable row level security, force row level security', name);
    execute format('create policy %I on ringmaster.%I for select using (%s)', name || '_select', name, mine);
    execute format('create policy %I on ringmaster.%I for insert with check (%s)', name || '_insert', name, mine);
    execute format('create policy %I on ringmaster.%I for update using (%s) with check (%s)', name || '_update', name, mine, mine);
    execute format('create policy %I on ringmaster.%I for delete using (%s)', name || '_delete', name, mine);
    execute format('revoke all on ringmaster.%I from public', name);
    execute format('grant select, insert, update, delete on ringmaster.%I to rm_app', name);
  end loop;
  grant select (user_id, id, active, topics) on ringmaster.webhooks to rm_agent;
  grant insert on ringmaster.webhook_deliveries to rm_agent;
end $$;
