-- The calendar: what agents propose, what the user has said yes to, and who may subscribe.
set local role rm_owner;

-- A proposal, as it would be after the user's edits; `original` is what the agent said, once it was
-- edited. Nothing here changes an event: approving does.
create table ringmaster.calendar_proposals (
  user_id uuid not null,
  id uuid not null,
  agent text collate "C" not null constraint calendar_proposals_agent_may
    check (agent in ('aloha', 'sync')),
  origin text collate "C" not null constraint calendar_proposals_origin_known
    check (origin in ('chat', 'call', 'task', 'api')),
  context uuid, -- the call or the chat that it came from
  change text collate "C" not null constraint calendar_proposals_change_known
    check (change in ('create', 'move', 'cancel')),
  event_id uuid, -- of a creation: made by it
  title text not null,
  location text not null default '',
  notes text not null default '',
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  timezone text collate "C" not null,
  all_day boolean not null default false,
  original jsonb,
  reason text not null default '',
  once text not null default '',
  status text collate "C" not null default 'pending' constraint calendar_proposals_status_known
    check (status in ('pending', 'approved', 'rejected')),
  decided_by text not null default '',
  note text not null default '',
  decided_at timestamptz,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint calendar_proposals_pkey primary key (user_id, id),
  constraint calendar_proposals_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade,
  constraint calendar_proposals_in_order check (ends_at > starts_at),
  constraint calendar_proposals_event_fits
    check (case when change = 'create' then (event_id is not null) = (status = 'approved') else event_id is not null end),
  constraint calendar_proposals_decided_whole check ((status = 'pending') = (decided_at is null)
    and (status = 'pending') = (decided_by = ''))
);
-- The same from the same place proposes nothing new, whether it has a context or not.
create unique index calendar_proposals_once_key on ringmaster.calendar_proposals (user_id, context, once)
  nulls not distinct where once <> '';
create index calendar_proposals_pending on ringmaster.calendar_proposals (user_id, starts_at) where status = 'pending';
create index calendar_proposals_of_context on ringmaster.calendar_proposals (user_id, context, id) where context is not null;

create trigger calendar_proposals_steps after update of status on ringmaster.calendar_proposals for each row
  when (old.status is distinct from new.status and (old.status || '>' || new.status) <> all (array[
    'pending>approved', 'pending>rejected']))
  execute function ringmaster.refuse_step();
create trigger calendar_proposals_begin before insert on ringmaster.calendar_proposals for each row
  when (new.status <> 'pending') execute function ringmaster.refuse_decision();
create trigger calendar_proposals_owner before update on ringmaster.calendar_proposals for each row
  when (current_user = 'rm_agent' or sec.is_engine()) execute function ringmaster.refuse_decision();

create table ringmaster.calendar_events (
  user_id uuid not null,
  id uuid not null,
  title text not null,
  location text not null default '',
  notes text not null default '',
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  timezone text collate "C" not null,
  all_day boolean not null default false,
  cancelled boolean not null default false,
  sequence integer not null default 0 constraint calendar_events_sequence_counted check (sequence >= 0),
  proposal_id uuid not null, -- the last one that changed it
  agent text collate "C" not null constraint calendar_events_agent_may
    check (agent in ('aloha', 'sync')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint calendar_events_pkey primary key (user_id, id),
  constraint calendar_events_in_order check (ends_at > starts_at),
  constraint calendar_events_proposal_fkey foreign key (user_id, proposal_id)
    references ringmaster.calendar_proposals (user_id, id) on delete cascade
);
create index calendar_events_by_start on ringmaster.calendar_events (user_id, starts_at, id);
create index calendar_events_of_proposal on ringmaster.calendar_events (user_id, proposal_id);
alter table ringmaster.calendar_proposals
  add constraint calendar_proposals_event_fkey foreign key (user_id, event_id)
    references ringmaster.calendar_events (user_id, id);
create index calendar_proposals_of_event on ringmaster.calendar_proposals (user_id, event_id) where event_id is not null;

-- Nothing changes silently: at the end of a transaction each event that it made or changed stands by
-- an approved proposal, and no change leaves the sequence as it was.
create function ringmaster.event_was_approved() returns trigger language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from ringmaster.calendar_proposals p
                  where p.user_id = new.user_id and p.id = new.proposal_id and p.event_id = new.id
                    and p.status = 'approved') then
    raise exception 'a calendar event changes by an approved proposal only'
      using errcode = '23514', constraint = tg_name, table = tg_table_name;
  end if;
  return null;
end $$;
revoke all on function ringmaster.event_was_approved() from public;
create constraint trigger calendar_events_approved after insert or update on ringmaster.calendar_events
  deferrable initially deferred for each row execute function ringmaster.event_was_approved();
create function ringmaster.refuse_silence() returns trigger language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'a change of a calendar event takes the next sequence and another proposal'
    using errcode = '23514', constraint = tg_name, table = tg_table_name;
end $$;
revoke all on function ringmaster.refuse_silence() from public;
create trigger calendar_events_sequence before update on ringmaster.calendar_events for each row
  when (new.sequence <> old.sequence + 1 or new.proposal_id = old.proposal_id)
  execute function ringmaster.refuse_silence();

-- The secret of the subscription's address, as a digest.
create table ringmaster.calendar_tokens (
  user_id uuid not null,
  sha256 bytea not null constraint calendar_tokens_digest check (length(sha256) = 32),
  created_at timestamptz not null default now(),
  constraint calendar_tokens_pkey primary key (user_id),
  constraint calendar_tokens_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade
);
reset role;

-- As in 0013: what agents read and cannot write is closed to the engine's own context as well.
do $$
declare
  name text;
  mine constant text := '(select sec.is_engine()) or user_id = (select sec.user_id())';
  owners constant text := 'user_id = (select sec.user_id())';
  writers text;
begin
  foreach name in array array['calendar_proposals', 'calendar_events', 'calendar_tokens']
  loop
    writers := case name when 'calendar_proposals' then mine else owners end;
    execute format('alter table ringmaster.%I enable row level security, force row level security', name);
    execute format('create policy %I on ringmaster.%I for select using (%s)', name || '_select', name, mine);
    execute format('create policy %I on ringmaster.%I for insert with check (%s)', name || '_insert', name, writers);
    execute format('create policy %I on ringmaster.%I for update using (%s) with check (%s)', name || '_update', name, writers, writers);
    execute format('create policy %I on ringmaster.%I for delete using (%s)', name || '_delete', name, writers);
    execute format('revoke all on ringmaster.%I from public', name);
    execute format('grant select on ringmaster.%I to rm_app, rm_agent', name);
  end loop;
end $$;
grant insert, update on ringmaster.calendar_proposals, ringmaster.calendar_events to rm_app;
grant insert, update, delete on ringmaster.calendar_tokens to rm_app;
grant insert on ringmaster.calendar_proposals to rm_agent;
