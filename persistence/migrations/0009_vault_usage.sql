-- Secrets of users, sealed, and what the models cost.
set local role rm_owner;

-- `sealed` is a nonce and what XChaCha20-Poly1305 made of the secret with a key of the
-- installation, bound to the user and the name: in another row it does not open.
create table ringmaster.credentials (
  user_id uuid not null,
  name text collate "C" not null constraint credentials_name_length check (length(name) between 1 and 40),
  label text not null default '',
  sealed bytea not null constraint credentials_sealed_length check (length(sealed) between 40 and 8192),
  updated_at timestamptz not null default now(),
  constraint credentials_pkey primary key (user_id, name),
  constraint credentials_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade
);

-- One row for each try at a provider, failed ones included; never rewritten.
create table ringmaster.model_usage (
  user_id uuid not null,
  seq bigint generated always as identity,
  at timestamptz not null default now(),
  function text collate "C" not null,
  task_id uuid,
  attempt_id uuid,
  provider text not null,
  model text not null default '',
  prompt_version text not null default '',
  prompt_tokens bigint not null default 0 constraint model_usage_prompt_counted check (prompt_tokens >= 0),
  completion_tokens bigint not null default 0 constraint model_usage_completion_counted check (completion_tokens >= 0),
  cost_micros bigint not null default 0 constraint model_usage_cost_counted check (cost_micros >= 0), -- of a dollar
  took_ms bigint not null default 0,
  failure text not null default '',
  constraint model_usage_pkey primary key (user_id, seq),
  constraint model_usage_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade
);
create index model_usage_by_time on ringmaster.model_usage (user_id, at) include (cost_micros);
create index model_usage_of_task on ringmaster.model_usage (user_id, task_id) where task_id is not null;
reset role;

do $$
declare
  name text;
  mine constant text := '(select sec.is_engine()) or user_id = (select sec.user_id())';
begin
  foreach name in array array['credentials', 'model_usage']
  loop
    execute format('alter table ringmaster.%I enable row level security, force row level security', name);
    execute format('create policy %I on ringmaster.%I for select using (%s)', name || '_select', name, mine);
    execute format('create policy %I on ringmaster.%I for insert with check (%s)', name || '_insert', name, mine);
    execute format('create policy %I on ringmaster.%I for update using (%s) with check (%s)', name || '_update', name, mine, mine);
    execute format('create policy %I on ringmaster.%I for delete using (%s)', name || '_delete', name, mine);
    execute format('revoke all on ringmaster.%I from public', name);
  end loop;
  grant select, insert, update, delete on ringmaster.credentials to rm_app;
  grant select, insert on ringmaster.model_usage to rm_app;
  grant select on ringmaster.credentials to rm_agent;
  grant select, insert on ringmaster.model_usage to rm_agent;
end $$;
