-- Who may sign in to the console, and what an account may see of the engine itself.
set local role rm_owner;

alter table ringmaster.users
  add column role text collate "C" not null default 'user' constraint users_role_known
    check (role in ('user', 'operator')),
  add column disabled_at timestamptz,
  add column last_seen_at timestamptz;
-- Somebody has to be the first operator: whoever set the installation up.
alter table ringmaster.users no force row level security;
update ringmaster.users set role = 'operator'
 where user_id = (select user_id from ringmaster.users order by created_at, user_id limit 1);
alter table ringmaster.users force row level security;

-- Accounts are made and changed in the engine's own context alone: whatever a user's transaction
-- runs, it cannot make itself an operator. It sees its own row, so that an attempt is an error.
drop policy users_insert on ringmaster.users;
drop policy users_update on ringmaster.users;
drop policy users_delete on ringmaster.users;
create policy users_insert on ringmaster.users for insert with check ((select sec.is_engine()));
create policy users_update on ringmaster.users for update
  using ((select sec.is_engine()) or user_id = (select sec.user_id())) with check ((select sec.is_engine()));
create policy users_delete on ringmaster.users for delete using ((select sec.is_engine()));

-- The token against forged requests is derived from the session's secret id, which stands nowhere.
alter table ringmaster.console_sessions
  drop column csrf_sha256,
  add column address text collate "C" not null default '';

-- One link each with which a password is set, once.
create table ringmaster.password_links (
  user_id uuid not null,
  sha256 bytea not null constraint password_links_digest check (length(sha256) = 32),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint password_links_pkey primary key (user_id),
  constraint password_links_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade
);
create index password_links_by_digest on ringmaster.password_links (sha256);
alter table ringmaster.password_links enable row level security, force row level security;
-- Made and used up in the engine's context, like accounts.
create policy password_links_select on ringmaster.password_links for select
  using ((select sec.is_engine()) or user_id = (select sec.user_id()));
create policy password_links_insert on ringmaster.password_links for insert with check ((select sec.is_engine()));
create policy password_links_update on ringmaster.password_links for update
  using ((select sec.is_engine()) or user_id = (select sec.user_id())) with check ((select sec.is_engine()));
create policy password_links_delete on ringmaster.password_links for delete using ((select sec.is_engine()));
revoke all on ringmaster.password_links from public;
grant select, insert, update, delete on ringmaster.password_links to rm_app;
reset role;
