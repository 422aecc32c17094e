-- What was dialed and what the carrier said. These are the hot tables: narrow rows, few indexes.
set local role rm_owner;

create table ringmaster.attempts (
  user_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  target_id uuid not null,
  attempt_number integer not null,
  to_number text collate "C" not null,
  from_number text collate "C" not null,
  status text collate "C" not null default 'intent' constraint attempts_status_known
    check (status in ('intent', 'accepted', 'ambiguous', 'ended', 'rejected', 'voided',
                      'not_placed', 'needs_review', 'unknown_final')),
  -- Holds the number. The index stands on this and not on the status, so that the step from
  -- intent to accepted changes no indexed column.
  live boolean generated always as (status in ('intent', 'accepted', 'ambiguous')) stored,
  permit_at timestamptz not null,
  first_absent_read timestamptz,
  error_code integer,
  outcome text collate "C" not null default '',
  reason text not null default '',
  -- No foreign key to the campaign: its check costs as much as the row. The only statement that
  -- inserts here holds the campaign's progress row; whoever removes a campaign removes that row,
  -- and so waits, before the trigger below takes away what refers to it.
  constraint attempts_pkey primary key (user_id, id)
) with (fillfactor = 45); -- room for the step that follows every dial at once
-- One call at a time to one number. It also lists the live attempts after a start.
create unique index attempts_live_number_key on ringmaster.attempts (user_id, to_number) where live;
create index attempts_by_number on ringmaster.attempts (user_id, to_number, permit_at);
create index attempts_of_campaign on ringmaster.attempts (user_id, campaign_id, id);

create trigger attempts_steps after update of status on ringmaster.attempts for each row
  when (old.status is distinct from new.status and (old.status || '>' || new.status) <> all (array[
    'intent>accepted', 'intent>rejected', 'intent>voided', 'intent>ambiguous',
    'ambiguous>accepted', 'ambiguous>not_placed', 'ambiguous>needs_review',
    'ambiguous>unknown_final', 'accepted>ended', 'needs_review>accepted',
    'rejected>ended', 'voided>ended', 'not_placed>ended', 'unknown_final>ended']))
  execute function ringmaster.refuse_step();

-- The call that an attempt led to: same id, made by the same statement and removed by the same
-- transaction, so it needs no foreign key. No column that changes is indexed: all updates stay in
-- their page. Calls of the last days are found by the range index, which costs next to nothing:
-- ids grow with time.
create table ringmaster.call_sessions (
  user_id uuid not null,
  id uuid not null,
  -- The attempt's status once more, written with it: a callback then needs one look-up, not two.
  attempt_status text collate "C" not null default 'intent',
  sid text collate "C",
  status text collate "C",
  rank smallint not null default -1 constraint call_sessions_rank_of_status
    check (rank = case when status is null then -1 else case status
      when 'queued' then 0 when 'initiated' then 1 when 'ringing' then 2 when 'in-progress' then 3
      when 'completed' then 4 when 'busy' then 4 when 'no-answer' then 4 when 'failed' then 4
      when 'canceled' then 4 else -2 end end),
  duration_seconds integer,
  answered_by text collate "C" not null default '',
  started_at timestamptz,
  answered_at timestamptz,
  ended_at timestamptz,
  last_news_at timestamptz,
  constraint call_sessions_pkey primary key (user_id, id)
) with (fillfactor = 45);
create index call_sessions_by_time on ringmaster.call_sessions using brin (id);

-- The exact log of permits. A row stands for `granted` permits that were given at one instant,
-- numbered up to `n`; the permit with number m is found in the first row with n >= m.
create table ringmaster.permits (
  user_id uuid not null,
  campaign_id uuid not null,
  n bigint not null,
  granted integer not null constraint permits_granted_some check (granted > 0),
  at timestamptz not null,
  constraint permits_pkey primary key (user_id, campaign_id, n) -- no foreign key, as with attempts
);

create function ringmaster.remove_dials() returns trigger language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  delete from ringmaster.attempts where user_id = old.user_id and campaign_id = old.id;
  delete from ringmaster.permits where user_id = old.user_id and campaign_id = old.id;
  return null;
end $$;
revoke all on function ringmaster.remove_dials() from public;
create trigger campaigns_remove_dials after delete on ringmaster.campaigns for each row
  execute function ringmaster.remove_dials();

-- Every callback once, as it came. No foreign key and no second index: the row is written
-- thousands of times a second, and the session it belongs to is written beside it. The key packs
-- what makes an event: kind (3 bits), status and one (5), sequence and one (24), and the last 32
-- bits of the call's sid.
create table ringmaster.webhook_inbox (
  user_id uuid not null,
  attempt_id uuid not null,
  event_key bigint not null,
  received_at timestamptz not null default now(),
  raw text not null,
  constraint webhook_inbox_pkey primary key (user_id, attempt_id, event_key)
);
reset role;
