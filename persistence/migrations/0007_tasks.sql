-- Call tasks: what a person wants done by phone, whom it concerns, and what they have settled once
-- for all of their tasks.

-- Agents (the planner, the engine's own acts for a user, later the conversations) work as a role
-- of its own, which the engine's role takes for such a transaction. It may write what an agent has
-- to write and nothing that tells it how to behave: business profile, settings and contacts it
-- only reads, accounts and API keys it does not see.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'rm_agent') then
    begin
      create role rm_agent nologin nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
    exception when duplicate_object or unique_violation then
      null; -- another database's migration was quicker
    end;
  end if;
  grant rm_agent to rm_app;
exception when unique_violation or object_not_in_prerequisite_state then
  raise exception 'roles are being changed by another migration; run it again';
end $$;

set local role rm_owner;

create table ringmaster.contacts (
  user_id uuid not null,
  id uuid not null,
  name text not null constraint contacts_name_length check (length(name) between 1 and 200),
  company_name text not null default '',
  phone_number text collate "C",
  email text not null default '',
  timezone text collate "C" not null default '',
  notes text not null default '',
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint contacts_pkey primary key (user_id, id),
  constraint contacts_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade
);

-- Amounts are in millionths of the unit of their currency.
create table ringmaster.assistant_settings (
  user_id uuid not null,
  max_auto_approve_micros bigint not null constraint assistant_settings_approve_bounds check (max_auto_approve_micros >= 0),
  max_auto_approve_currency text collate "C" not null,
  default_call_tone text collate "C" not null,
  allowed_auth_fields text[] not null,
  auto_retry_failed_calls boolean not null,
  max_retry_attempts integer not null constraint assistant_settings_retry_bounds check (max_retry_attempts between 0 and 10),
  timezone text not null,
  allowed_call_start_time text not null,
  allowed_call_end_time text not null,
  allowed_days_of_week text[] not null,
  daily_budget_micros bigint constraint assistant_settings_budget_bounds check (daily_budget_micros >= 0),
  daily_budget_currency text collate "C",
  version bigint not null default 1,
  updated_at timestamptz not null default now(),
  constraint assistant_settings_pkey primary key (user_id),
  constraint assistant_settings_budget_whole check ((daily_budget_micros is null) = (daily_budget_currency is null)),
  constraint assistant_settings_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade
);

-- What agents may say about the business. Facts are pairs in their order: [["parking", "..."]].
create table ringmaster.business_profile (
  user_id uuid not null,
  name text not null default '',
  description text not null default '',
  hours text not null default '',
  address text not null default '',
  website text not null default '',
  email text not null default '',
  phone_number text collate "C",
  facts jsonb not null default '[]',
  version bigint not null default 1,
  updated_at timestamptz not null default now(),
  constraint business_profile_pkey primary key (user_id),
  constraint business_profile_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade
);

create table ringmaster.call_tasks (
  user_id uuid not null,
  id uuid not null,
  title text not null default '',
  raw_instruction text not null,
  status text collate "C" not null default 'pending' constraint call_tasks_status_known
    check (status in ('pending', 'preparing', 'waiting_for_user', 'ready_to_call', 'in_progress',
                      'completed', 'failed', 'canceled')),
  priority text collate "C" not null constraint call_tasks_priority_known
    check (priority in ('low', 'normal', 'high', 'urgent')),
  voice text collate "C" not null constraint call_tasks_voice_known
    check (voice in ('friendly', 'neutral', 'firm', 'assertive')),
  max_price_micros bigint constraint call_tasks_price_bounds check (max_price_micros >= 0),
  max_price_currency text collate "C",
  hard_constraints text[] not null default '{}',
  soft_preferences text[] not null default '{}',
  contact_id uuid,
  target_phone_number text collate "C",
  needs_user_confirmation boolean not null default false,
  answers jsonb not null default '[]',
  -- What the plan found, with the provider and the version of the prompt that it came by.
  plan jsonb,
  plan_by text not null default '',
  plan_prompt text not null default '',
  risks jsonb not null,
  questions jsonb not null default '[]',
  -- The yes: why it is asked for, who gave it, and the price and number that it covers.
  approval_reason text not null default '',
  approved_by text not null default '',
  approved_at timestamptz,
  approved_price_micros bigint,
  approved_price_currency text collate "C",
  approved_number text collate "C",
  script jsonb,
  campaign_id uuid, -- that makes or made the last call; a task's campaigns live as long as the task
  calls_made integer not null default 0 constraint call_tasks_calls_counted check (calls_made >= 0),
  retry_at timestamptz,
  summary text not null default '',
  reason text not null default '',
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint call_tasks_pkey primary key (user_id, id),
  constraint call_tasks_price_whole check ((max_price_micros is null) = (max_price_currency is null)),
  constraint call_tasks_approval_whole check ((approved_price_micros is null) = (approved_price_currency is null)),
  constraint call_tasks_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade,
  constraint call_tasks_contact_fkey foreign key (user_id, contact_id)
    references ringmaster.contacts (user_id, id) on delete set null (contact_id)
);
create index call_tasks_by_status on ringmaster.call_tasks (user_id, status, id);
create index call_tasks_of_contact on ringmaster.call_tasks (user_id, contact_id) where contact_id is not null;
-- What the engine goes on with by itself: few rows, whoever they belong to.
create index call_tasks_due on ringmaster.call_tasks (user_id, id)
  where status in ('pending', 'preparing') or (status = 'ready_to_call' and retry_at is not null);

create trigger call_tasks_steps after update of status on ringmaster.call_tasks for each row
  when (old.status is distinct from new.status and (old.status || '>' || new.status) <> all (array[
    'pending>preparing', 'pending>waiting_for_user', 'pending>ready_to_call', 'pending>canceled',
    'preparing>waiting_for_user', 'preparing>ready_to_call', 'preparing>failed', 'preparing>canceled',
    'waiting_for_user>ready_to_call', 'waiting_for_user>canceled', 'ready_to_call>in_progress',
    'ready_to_call>canceled', 'in_progress>completed', 'in_progress>failed', 'in_progress>canceled',
    'failed>ready_to_call', 'failed>canceled']))
  execute function ringmaster.refuse_step();

-- A task calls by a campaign of one, which nobody sees as a campaign. There is at most one at a
-- time that may still dial.
alter table ringmaster.campaigns
  add column task_id uuid,
  add constraint campaigns_task_fkey foreign key (user_id, task_id)
    references ringmaster.call_tasks (user_id, id) on delete cascade;
create index campaigns_of_task on ringmaster.campaigns (user_id, task_id, id) where task_id is not null;
create unique index campaigns_one_of_task on ringmaster.campaigns (user_id, task_id)
  where task_id is not null and status in ('draft', 'scheduled', 'running', 'paused');
reset role;

-- As in 0006. The engine's own context, in which no user acts, may not write the business profile
-- either: only its owner may.
do $$
declare
  name text;
  mine constant text := '(select sec.is_engine()) or user_id = (select sec.user_id())';
  owners constant text := 'user_id = (select sec.user_id())';
  writers text;
begin
  foreach name in array array['contacts', 'assistant_settings', 'business_profile', 'call_tasks']
  loop
    writers := case name when 'business_profile' then owners else mine end;
    execute format('alter table ringmaster.%I enable row level security, force row level security', name);
    execute format('create policy %I on ringmaster.%I for select using (%s)', name || '_select', name, mine);
    execute format('create policy %I on ringmaster.%I for insert with check (%s)', name || '_insert', name, writers);
    execute format('create policy %I on ringmaster.%I for update using (%s) with check (%s)', name || '_update', name, writers, writers);
    execute format('create policy %I on ringmaster.%I for delete using (%s)', name || '_delete', name, writers);
    execute format('revoke all on ringmaster.%I from public', name);
    execute format('grant select, insert, update, delete on ringmaster.%I to rm_app', name);
  end loop;
end $$;

grant usage on schema ringmaster, sec to rm_agent;
grant execute on function sec.principal(), sec.is_engine(), sec.user_id(), ringmaster.at(bigint) to rm_agent;
grant select on ringmaster.business_profile, ringmaster.assistant_settings, ringmaster.contacts,
  ringmaster.attempts, ringmaster.call_sessions, ringmaster.suppressions to rm_agent;
grant select, insert, update on ringmaster.call_tasks, ringmaster.campaigns,
  ringmaster.campaign_progress, ringmaster.targets to rm_agent;
grant select, insert on ringmaster.audit to rm_agent;
