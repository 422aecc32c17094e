-- What users are told.
set local role rm_owner;

create table ringmaster.notifications (
  user_id uuid not null,
  id uuid not null,
  kind text collate "C" not null constraint notifications_kind_known
    check (kind in ('clarification_needed', 'approval_needed', 'call_completed', 'call_failed',
                    'knowledge_gap', 'calendar_proposal')),
  title text not null,
  text text not null default '',
  subject_kind text collate "C" not null default '',
  subject_id uuid,
  highlights jsonb not null default '[]', -- pairs in their order: [["phone_number", "..."]]
  read_at timestamptz,
  created_at timestamptz not null default now(),
  constraint notifications_pkey primary key (user_id, id),
  constraint notifications_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade
);
create index notifications_unread on ringmaster.notifications (user_id, id) where read_at is null;
reset role;

do $$
declare
  mine constant text := '(select sec.is_engine()) or user_id = (select sec.user_id())';
begin
  alter table ringmaster.notifications enable row level security, force row level security;
  execute format('create policy notifications_select on ringmaster.notifications for select using (%s)', mine);
  execute format('create policy notifications_insert on ringmaster.notifications for insert with check (%s)', mine);
  execute format('create policy notifications_update on ringmaster.notifications for update using (%s) with check (%s)', mine, mine);
  execute format('create policy notifications_delete on ringmaster.notifications for delete using (%s)', mine);
  revoke all on ringmaster.notifications from public;
  grant select, insert, update, delete on ringmaster.notifications to rm_app;
  grant select, insert on ringmaster.notifications to rm_agent;
end $$;
