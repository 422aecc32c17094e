-- Uploads of lists of targets, and the rows of them that were refused. A report is kept as text, a
-- part of the upload in a row: a list of a million wrong numbers is some hundred rows here, written,
-- sent and deleted in one piece.
set local role rm_owner;

create table ringmaster.target_imports (
  user_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  form text collate "C" not null constraint target_imports_form_known check (form in ('csv', 'ndjson', 'json')),
  status text collate "C" not null default 'running' constraint target_imports_status_known
    check (status in ('running', 'done', 'broken')),
  actor text not null,
  accepted bigint not null default 0,
  duplicates bigint not null default 0,
  rejected bigint not null default 0,
  rejected_kept bigint not null default 0,
  reason text not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint target_imports_pkey primary key (user_id, id),
  constraint target_imports_counted check (accepted >= 0 and duplicates >= 0 and rejected >= rejected_kept
    and rejected_kept between 0 and 1000000),
  constraint target_imports_campaign_fkey foreign key (user_id, campaign_id)
    references ringmaster.campaigns (user_id, id) on delete cascade
);
create index target_imports_of_campaign on ringmaster.target_imports (user_id, campaign_id, id);

create trigger target_imports_steps after update of status on ringmaster.target_imports for each row
  when (old.status is distinct from new.status and (old.status || '>' || new.status) <> all (array[
    'running>done', 'running>broken']))
  execute function ringmaster.refuse_step();

create table ringmaster.target_import_rejections (
  user_id uuid not null,
  import_id uuid not null,
  part integer not null constraint target_import_rejections_parts check (part between 1 and 1000000),
  rows integer not null constraint target_import_rejections_rows check (rows between 1 and 100000),
  lines text not null,
  constraint target_import_rejections_pkey primary key (user_id, import_id, part),
  constraint target_import_rejections_import_fkey foreign key (user_id, import_id)
    references ringmaster.target_imports (user_id, id) on delete cascade
);

do $$
declare
  name text;
  mine constant text := '(select sec.is_engine()) or user_id = (select sec.user_id())';
begin
  foreach name in array array['target_imports', 'target_import_rejections']
  loop
    execute format('alter table ringmaster.%I enable row level security, force row level security', name);
    execute format('create policy %I on ringmaster.%I for select using (%s)', name || '_select', name, mine);
    execute format('create policy %I on ringmaster.%I for insert with check (%s)', name || '_insert', name, mine);
    execute format('create policy %I on ringmaster.%I for update using (%s) with check (%s)', name || '_update', name, mine, mine);
    execute format('create policy %I on ringmaster.%I for delete using (%s)', name || '_delete', name, mine);
    execute format('revoke all on ringmaster.%I from public', name);
    execute format('grant select, insert, update, delete on ringmaster.%I to rm_app', name);
  end loop;
end $$;
reset role;
