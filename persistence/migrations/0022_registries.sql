-- Lists that hold for everybody on the installation: numbers that nobody here may call, with where
-- they came from, and copies of registries of people who want no calls, each with its date.
set local role rm_owner;

alter table ringmaster.suppressed_everywhere add column source text not null default '';

-- One that is being loaded stands beside the one whose place it takes.
create table ringmaster.registry_lists (
  id uuid not null,
  name text collate "C" not null,
  jurisdiction text collate "C" not null,
  as_of date not null,
  rows bigint not null default 0 constraint registry_lists_rows check (rows >= 0),
  loading boolean not null default true,
  loaded_at timestamptz not null default now(),
  constraint registry_lists_pkey primary key (id)
);
create unique index registry_lists_name_key on ringmaster.registry_lists (name) where not loading;

-- Registries have hundreds of millions of numbers, so each is its digits as a whole number, without
-- the plus, and the list's rows are found by its id without a constraint that is checked for each.
create table ringmaster.registry_numbers (
  list_id uuid not null,
  digits bigint not null constraint registry_numbers_e164 check (digits between 1000000 and 999999999999999),
  constraint registry_numbers_pkey primary key (digits, list_id)
);
create index registry_numbers_of_list on ringmaster.registry_numbers (list_id);

do $$
declare
  name text;
begin
  foreach name in array array['registry_lists', 'registry_numbers']
  loop
    execute format('alter table ringmaster.%I enable row level security, force row level security', name);
    execute format('create policy %I on ringmaster.%I for select using ((select sec.is_engine()))', name || '_select', name);
    execute format('create policy %I on ringmaster.%I for insert with check ((select sec.is_engine()))', name || '_insert', name);
    execute format('create policy %I on ringmaster.%I for update using ((select sec.is_engine()))', name || '_update', name);
    execute format('create policy %I on ringmaster.%I for delete using ((select sec.is_engine()))', name || '_delete', name);
    execute format('revoke all on ringmaster.%I from public', name);
    execute format('grant select, insert, update, delete on ringmaster.%I to rm_app', name);
  end loop;
end $$;
reset role;
