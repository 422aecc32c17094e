-- What was said in calls, and what they came to.
set local role rm_owner;

-- A call that is talked on; same id as its attempt. As with attempts there is no foreign key: the
-- row is written with every sentence, and the trigger below removes it with its campaign. `memory`
-- is what the conversation needs to go on after a crash; turn and sessions stand beside it because
-- they never fall. No column that changes while a call lasts is indexed.
create table ringmaster.conversations (
  user_id uuid not null,
  attempt_id uuid not null,
  turn integer not null default 0,
  sessions integer not null default 0,
  listener text collate "C" not null default 'unknown' constraint conversations_listener_known
    check (listener in ('unknown', 'human', 'voicemail', 'menu', 'screening', 'fax', 'silence')),
  memory jsonb not null default '{}',
  begun_at timestamptz not null default now(),
  opt_out_at timestamptz,
  recording_sid text collate "C" not null default '',
  recording_url text not null default '',
  recording_status text collate "C" not null default '',
  recording_seconds integer not null default 0,
  -- After the call: what it came to, by whom, and how often it was looked at.
  summary text not null default '',
  goal_achieved text collate "C" not null default 'unknown' constraint conversations_goal_known
    check (goal_achieved in ('unknown', 'no', 'yes')),
  sentiment text collate "C" not null default 'neutral' constraint conversations_sentiment_known
    check (sentiment in ('neutral', 'positive', 'negative')),
  opt_out boolean not null default false,
  wrong_number boolean not null default false,
  findings jsonb,
  found_by text not null default '',
  prompt text not null default '',
  wrapped_at timestamptz,
  times_wrapped integer not null default 0,
  constraint conversations_pkey primary key (user_id, attempt_id),
  constraint conversations_wrapped_whole check ((wrapped_at is null) = (findings is null)
    and (wrapped_at is null) = (times_wrapped = 0))
) with (fillfactor = 45);
-- What is still to be done: few rows, whoever they belong to.
create index conversations_unwrapped on ringmaster.conversations (user_id, attempt_id) where wrapped_at is null;

-- The transcript, piece by piece. Times count from the answer. `words` is for the search; under
-- row-level security no index on it could be used, so there is none.
create table ringmaster.call_segments (
  user_id uuid not null,
  attempt_id uuid not null,
  n integer not null constraint call_segments_counted check (n > 0),
  speaker text collate "C" not null constraint call_segments_speaker_known
    check (speaker in ('assistant', 'human', 'system')),
  start_ms integer not null,
  end_ms integer not null,
  text text not null,
  sentiment text collate "C" not null default 'neutral' constraint call_segments_sentiment_known
    check (sentiment in ('neutral', 'positive', 'negative')),
  words tsvector generated always as (to_tsvector('simple', text)) stored,
  constraint call_segments_pkey primary key (user_id, attempt_id, n)
);

-- What was extracted, typed. Each time that a call is processed adds its own rows; those of the
-- last time (conversations.times_wrapped) count.
create table ringmaster.call_values (
  user_id uuid not null,
  attempt_id uuid not null,
  times_wrapped integer not null,
  n integer not null,
  key text collate "C" not null,
  type text collate "C" not null constraint call_values_type_known
    check (type in ('string', 'number', 'datetime', 'boolean', 'json')),
  value jsonb, -- null: unknown
  segments integer[] not null default '{}',
  contradiction text not null default '',
  fragment text not null default '', -- of the transcript: the callee's words that it came from
  constraint call_values_pkey primary key (user_id, attempt_id, times_wrapped, n),
  constraint call_values_supported check (value is null or cardinality(segments) > 0)
);

-- Questions to the owner while a call goes on. A yes or a no is the owner's alone.
create table ringmaster.call_questions (
  user_id uuid not null,
  attempt_id uuid not null,
  n integer not null constraint call_questions_counted check (n > 0),
  text text not null,
  amount_micros bigint constraint call_questions_amount_bounds check (amount_micros >= 0),
  amount_currency text collate "C",
  status text collate "C" not null default 'open' constraint call_questions_status_known
    check (status in ('open', 'yes', 'no', 'timeout')),
  note text not null default '',
  decided_by text not null default '',
  asked_at timestamptz not null default now(),
  decided_at timestamptz,
  constraint call_questions_pkey primary key (user_id, attempt_id, n),
  constraint call_questions_amount_whole check ((amount_micros is null) = (amount_currency is null)),
  constraint call_questions_decided_whole check ((status = 'open') = (decided_at is null))
);
create trigger call_questions_steps after update of status on ringmaster.call_questions for each row
  when (old.status is distinct from new.status and (old.status || '>' || new.status) <> all (array[
    'open>yes', 'open>no', 'open>timeout']))
  execute function ringmaster.refuse_step();

-- An answer is given in the context of its owner, by no agent and not by the engine for itself.
create function ringmaster.refuse_answer() returns trigger language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'only the owner answers a question' using errcode = '42501';
end $$;
revoke all on function ringmaster.refuse_answer() from public;
create trigger call_questions_begin before insert on ringmaster.call_questions for each row
  when (new.status <> 'open') execute function ringmaster.refuse_answer();
create trigger call_questions_owner before update on ringmaster.call_questions for each row
  when (new.status in ('yes', 'no') and old.status is distinct from new.status
    and (current_user = 'rm_agent' or sec.is_engine()))
  execute function ringmaster.refuse_answer();

-- As in 0004, with what is known of the calls.
create or replace function ringmaster.remove_dials() returns trigger language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  delete from ringmaster.conversations c using ringmaster.attempts a
   where a.user_id = old.user_id and a.campaign_id = old.id and c.user_id = a.user_id and c.attempt_id = a.id;
  delete from ringmaster.call_segments s using ringmaster.attempts a
   where a.user_id = old.user_id and a.campaign_id = old.id and s.user_id = a.user_id and s.attempt_id = a.id;
  delete from ringmaster.call_values v using ringmaster.attempts a
   where a.user_id = old.user_id and a.campaign_id = old.id and v.user_id = a.user_id and v.attempt_id = a.id;
  delete from ringmaster.call_questions q using ringmaster.attempts a
   where a.user_id = old.user_id and a.campaign_id = old.id and q.user_id = a.user_id and q.attempt_id = a.id;
  delete from ringmaster.attempts where user_id = old.user_id and campaign_id = old.id;
  delete from ringmaster.permits where user_id = old.user_id and campaign_id = old.id;
  return null;
end $$;
reset role;

do $$
declare
  name text;
  mine constant text := '(select sec.is_engine()) or user_id = (select sec.user_id())';
begin
  foreach name in array array['conversations', 'call_segments', 'call_values', 'call_questions']
  loop
    execute format('alter table ringmaster.%I enable row level security, force row level security', name);
    execute format('create policy %I on ringmaster.%I for select using (%s)', name || '_select', name, mine);
    execute format('create policy %I on ringmaster.%I for insert with check (%s)', name || '_insert', name, mine);
    execute format('create policy %I on ringmaster.%I for update using (%s) with check (%s)', name || '_update', name, mine, mine);
    execute format('create policy %I on ringmaster.%I for delete using (%s)', name || '_delete', name, mine);
    execute format('revoke all on ringmaster.%I from public', name);
    execute format('grant select, insert, delete on ringmaster.%I to rm_app', name);
    execute format('grant select, insert on ringmaster.%I to rm_agent', name);
  end loop;
end $$;
-- A value is never rewritten, and of a question only its answer.
grant update on ringmaster.conversations, ringmaster.call_segments to rm_app, rm_agent;
grant update (status, note, decided_by, decided_at) on ringmaster.call_questions to rm_app;
grant update (status, decided_at) on ringmaster.call_questions to rm_agent;
-- A wish not to be called is written by the call in which it was heard; it can only take calls away.
grant insert on ringmaster.suppressions to rm_agent;
