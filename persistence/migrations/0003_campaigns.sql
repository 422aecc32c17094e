-- Campaigns and the numbers they call.
set local role rm_owner;

create table ringmaster.campaigns (
  user_id uuid not null,
  id uuid not null,
  name text not null constraint campaigns_name_length check (length(name) between 1 and 200),
  description text not null default '',
  type text not null default 'general',
  script text not null default '',
  timezone text not null,
  allowed_call_start_time text not null,
  allowed_call_end_time text not null,
  allowed_days_of_week text[] not null,
  rate_limit_per_minute integer constraint campaigns_minute_bounds check (rate_limit_per_minute between 1 and 60000),
  rate_limit_per_hour integer constraint campaigns_hour_bounds check (rate_limit_per_hour between 1 and 1000000),
  max_attempts integer not null constraint campaigns_attempts_bounds check (max_attempts between 1 and 20),
  max_concurrent_calls integer not null constraint campaigns_concurrency_bounds check (max_concurrent_calls between 1 and 10000),
  status text collate "C" not null default 'draft' constraint campaigns_status_known
    check (status in ('draft', 'scheduled', 'running', 'paused', 'completed', 'canceled')),
  version bigint not null default 1,
  generation bigint not null default 1, -- grows with every act that starts or stops dialing
  pause_reason text not null default '',
  start_at timestamptz,
  started_at timestamptz,
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint campaigns_pkey primary key (user_id, id),
  constraint campaigns_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade
);
create index campaigns_active on ringmaster.campaigns (user_id, id) where status in ('scheduled', 'running');

create trigger campaigns_steps after update of status on ringmaster.campaigns for each row
  when (old.status is distinct from new.status and (old.status || '>' || new.status) <> all (array[
    'draft>running', 'draft>scheduled', 'draft>canceled', 'scheduled>running',
    'scheduled>canceled', 'running>paused', 'running>canceled', 'running>completed',
    'paused>running', 'paused>canceled', 'paused>completed']))
  execute function ringmaster.refuse_step();

-- The campaign's counters and its lock: whoever changes anything that a permit depends on locks
-- this row first. Narrow and without further indexes, so that an update stays in its page.
create table ringmaster.campaign_progress (
  user_id uuid not null,
  campaign_id uuid not null,
  total bigint not null default 0,
  pending bigint not null default 0,
  calling bigint not null default 0,
  completed bigint not null default 0,
  failed bigint not null default 0,
  skipped bigint not null default 0,
  attempts bigint not null default 0,
  last_permit_no bigint not null default 0,
  last_permit_at timestamptz,
  wait_reason text not null default '',
  constraint campaign_progress_pkey primary key (user_id, campaign_id),
  constraint campaign_progress_campaign_fkey foreign key (user_id, campaign_id)
    references ringmaster.campaigns (user_id, id) on delete cascade,
  constraint campaign_progress_sane check (pending >= 0 and calling >= 0 and completed >= 0
    and failed >= 0 and skipped >= 0 and attempts >= 0
    and total = pending + calling + completed + failed + skipped)
) with (fillfactor = 50);

create table ringmaster.targets (
  user_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  phone_number text collate "C" not null,
  number_class text collate "C" not null,
  country text collate "C" not null,
  contact_name text not null default '',
  client_id text collate "C" not null default '',
  timezone text collate "C" not null default '',
  status text collate "C" not null default 'pending' constraint targets_status_known
    check (status in ('pending', 'calling', 'completed', 'failed', 'skipped')),
  -- The queue's index stands on this and not on the status, so that the steps after the dial
  -- change no indexed column.
  waiting boolean generated always as (status = 'pending') stored,
  attempt_count integer not null default 0 constraint targets_attempts_counted check (attempt_count >= 0),
  max_attempts integer not null,
  due_at timestamptz not null default now(),
  last_attempt_at timestamptz,
  last_call uuid,
  call_outcome text not null default '',
  call_summary text not null default '',
  reason text not null default '',
  created_at timestamptz not null default now(),
  -- Whoever looks for a target knows its campaign; one index finds it and lists them in order.
  constraint targets_pkey primary key (user_id, campaign_id, id),
  constraint targets_campaign_fkey foreign key (user_id, campaign_id)
    references ringmaster.campaigns (user_id, id) on delete cascade
) with (fillfactor = 85);
-- The number stands before the campaign, so that a look-up of one target by (user, campaign, id) has
-- the primary key alone to go by: with an empty table's statistics the planner would as soon read a
-- whole campaign through an index that begins with the same columns.
create unique index targets_number_key on ringmaster.targets (user_id, phone_number, campaign_id);
create unique index targets_client_key on ringmaster.targets (user_id, campaign_id, client_id) where client_id <> '';
create index targets_due on ringmaster.targets (user_id, campaign_id, due_at, id) where waiting;

create trigger targets_steps after update of status on ringmaster.targets for each row
  when (old.status is distinct from new.status and (old.status || '>' || new.status) <> all (array[
    'pending>calling', 'pending>skipped', 'pending>failed', 'calling>completed',
    'calling>pending', 'calling>failed', 'calling>skipped']))
  execute function ringmaster.refuse_step();
reset role;
