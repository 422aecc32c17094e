-- How the carrier's requests about a call were answered, and what a call cost.
set local role rm_owner;

-- Written in the background, some at a time: the event itself stands in webhook_inbox by then. Has a
-- body of its own only for what was turned away, and so stands nowhere else.
create table ringmaster.webhook_answers (
  user_id uuid not null,
  attempt_id uuid not null,
  n bigint generated always as identity,
  at timestamptz not null,
  event_key bigint, -- of the inbox
  kind text collate "C" not null,
  verdict text collate "C" not null,
  answer_status integer not null,
  took_us bigint not null,
  answer_bytes bigint not null,
  body text not null default '',
  constraint webhook_answers_pkey primary key (user_id, attempt_id, n)
);

-- A row for each call that was connected. The carrier tells its price some time after the end; it is
-- asked at `due_at` until it does, or until asking makes no sense any more.
create table ringmaster.call_costs (
  user_id uuid not null,
  attempt_id uuid not null,
  ended_at timestamptz not null,
  amount_micros bigint constraint call_costs_amount_counted check (amount_micros >= 0),
  currency text collate "C" not null default 'USD',
  tries integer not null default 0,
  due_at timestamptz,
  constraint call_costs_pkey primary key (user_id, attempt_id)
);
create index call_costs_due on ringmaster.call_costs (due_at) where due_at is not null;
create index call_costs_by_time on ringmaster.call_costs (user_id, ended_at) include (amount_micros, currency);

create index model_usage_of_attempt on ringmaster.model_usage (user_id, attempt_id) where attempt_id is not null;

-- They go with the campaign, as attempts do, and before them.
create function ringmaster.remove_call_notes() returns trigger language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  delete from ringmaster.webhook_answers w using ringmaster.attempts a
   where a.user_id = old.user_id and a.campaign_id = old.id and w.user_id = a.user_id and w.attempt_id = a.id;
  delete from ringmaster.call_costs c using ringmaster.attempts a
   where a.user_id = old.user_id and a.campaign_id = old.id and c.user_id = a.user_id and c.attempt_id = a.id;
  return old;
end $$;
revoke all on function ringmaster.remove_call_notes() from public;
create trigger campaigns_remove_call_notes before delete on ringmaster.campaigns for each row
  execute function ringmaster.remove_call_notes();
reset role;

do $$
declare
  name text;
  mine constant text := '(select sec.is_engine()) or user_id = (select sec.user_id())';
begin
  foreach name in array array['webhook_answers', 'call_costs']
  loop
    execute format('alter table ringmaster.%I enable row level security, force row level security', name);
    execute format('create policy %I on ringmaster.%I for select using (%s)', name || '_select', name, mine);
    -- Only the engine keeps these books.
    execute format('create policy %I on ringmaster.%I for insert with check ((select sec.is_engine()))', name || '_insert', name);
    execute format('create policy %I on ringmaster.%I for update using (%s) with check ((select sec.is_engine()))', name || '_update', name, mine);
    execute format('create policy %I on ringmaster.%I for delete using (%s)', name || '_delete', name, mine);
    execute format('revoke all on ringmaster.%I from public', name);
  end loop;
  grant select, insert, delete on ringmaster.webhook_answers to rm_app;
  grant select, insert, update, delete on ringmaster.call_costs to rm_app;
end $$;
