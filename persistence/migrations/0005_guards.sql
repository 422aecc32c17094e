-- Whom never to call, who did what, and which engine holds the database.
set local role rm_owner;

create table ringmaster.suppressions (
  user_id uuid not null,
  id uuid not null,
  phone_number text collate "C" not null,
  reason text not null default '',
  source text not null default '',
  created_at timestamptz not null default now(),
  constraint suppressions_pkey primary key (user_id, id),
  constraint suppressions_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade
);
create unique index suppressions_number_key on ringmaster.suppressions (user_id, phone_number);

-- Numbers that nobody on this installation may call.
create table ringmaster.suppressed_everywhere (
  phone_number text collate "C" not null,
  reason text not null default '',
  created_at timestamptz not null default now(),
  constraint suppressed_everywhere_pkey primary key (phone_number)
);

-- One row. A permit is given only by the engine whose epoch stands here.
create table ringmaster.engine_state (
  id smallint not null default 1 constraint engine_state_one_row check (id = 1),
  epoch bigint not null default 0,
  constraint engine_state_pkey primary key (id)
);
insert into ringmaster.engine_state default values;

-- Who did what, appended in the transaction of the change itself. Another role than the one that
-- owns the rest owns it, and nobody updates or deletes.
create table ringmaster.audit (
  user_id uuid not null,
  seq bigint generated always as identity,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  action text collate "C" not null,
  subject_kind text collate "C" not null,
  subject_id uuid,
  from_status text collate "C" not null default '',
  to_status text collate "C" not null default '',
  reason text not null default '',
  request_id text not null default '',
  constraint audit_pkey primary key (user_id, seq)
);
-- Steps of attempts are most of the rows and are looked for one at a time: their ids grow with
-- time, as the rows do, so a range index finds them and costs a dial nothing.
create index audit_by_subject on ringmaster.audit (user_id, subject_id, seq) where subject_kind <> 'attempt';
create index audit_by_attempt on ringmaster.audit using brin (subject_id)
  with (pages_per_range = 16, autosummarize = on) where subject_kind = 'attempt';

create function ringmaster.refuse_audit_change() returns trigger language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'the audit trail is append-only' using errcode = '42501';
end $$;
revoke all on function ringmaster.refuse_audit_change() from public;
create trigger audit_append_only before update or delete or truncate on ringmaster.audit
  for each statement execute function ringmaster.refuse_audit_change();
reset role;
alter table ringmaster.audit owner to rm_audit_owner;
