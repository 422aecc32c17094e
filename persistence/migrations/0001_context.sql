-- Who may do what, and how the database knows for whom it works.
-- Roles belong to the whole cluster while this file runs once a database, so each is made only
-- where it is missing; two databases that are migrated at the same time may both try.
do $$
declare
  wanted record;
begin
  for wanted in
    select * from (values ('rm_owner', 'nologin'), ('rm_audit_owner', 'nologin'),
                          ('rm_migrate', 'login'), ('rm_app', 'login')) as w(name, login)
  loop
    if not exists (select from pg_catalog.pg_roles where rolname = wanted.name) then
      begin
        execute format('create role %I %s nosuperuser nocreatedb nocreaterole noreplication nobypassrls',
                       wanted.name, wanted.login);
      exception when duplicate_object or unique_violation then
        null; -- another database's migration was quicker
      end;
    end if;
  end loop;
end $$;

do $$
begin
  -- The migrating role acts for both owners. A superuser may already; `grant` is harmless then.
  execute format('grant rm_owner, rm_audit_owner to %I', current_user);
  grant rm_owner, rm_audit_owner to rm_migrate;
  execute format('grant connect on database %I to rm_app, rm_migrate', current_database());
  execute format('grant create on database %I to rm_owner, rm_migrate', current_database());
  -- A temporary table could stand in for one of ours.
  execute format('revoke temporary on database %I from public', current_database());
exception when unique_violation or object_not_in_prerequisite_state then
  raise exception 'roles are being changed by another migration; run it again';
end $$;

create schema if not exists ringmaster;
alter schema ringmaster owner to rm_owner;
create schema sec authorization rm_owner;
revoke all on schema ringmaster, sec from public;
grant usage on schema ringmaster, sec to rm_app;
grant usage, create on schema ringmaster to rm_audit_owner;
grant usage on schema sec to rm_audit_owner;

set local role rm_owner;

-- The key of the signed context, as the two padded blocks that HMAC-SHA256 needs. Nobody but the
-- definer of the functions below reads it.
create table sec.keys (
  id smallint not null default 1 constraint keys_one_row check (id = 1),
  ipad bytea not null constraint keys_ipad_block check (length(ipad) = 64),
  opad bytea not null constraint keys_opad_block check (length(opad) = 64),
  constraint keys_pkey primary key (id)
);
revoke all on sec.keys from public;

-- Whom this transaction works for: 'engine', a user's id, or null where nothing was set. The
-- context is user.role.expiry.hmac, signed by the engine for this very backend. One that is not
-- genuine is an error, never an empty answer.
create function sec.principal() returns text
  language plpgsql stable security definer parallel restricted
  set search_path = pg_catalog, pg_temp
as $$
declare
  context constant text := current_setting('app.ctx', true);
  part text[];
  inner_pad bytea;
  outer_pad bytea;
begin
  if context is null or context = '' then
    return null;
  end if;
  part := string_to_array(context, '.');
  select k.ipad, k.opad into inner_pad, outer_pad from sec.keys k where k.id = 1;
  if cardinality(part) <> 4
     or part[4] is distinct from encode(sha256(outer_pad || sha256(inner_pad || convert_to(
          part[1] || '.' || part[2] || '.' || part[3] || '.' || pg_backend_pid(), 'UTF8'))), 'hex')
  then
    raise exception 'the transaction context is not genuine' using errcode = '28000';
  end if;
  if part[3]::bigint < extract(epoch from clock_timestamp()) then
    raise exception 'the transaction context has expired' using errcode = '28000';
  end if;
  return case part[2] when 'engine' then 'engine' when 'user' then part[1] end;
end $$;

create function sec.is_engine() returns boolean language sql stable parallel restricted
  as $$ select coalesce(sec.principal() = 'engine', false) $$;
create function sec.user_id() returns uuid language sql stable parallel restricted
  as $$ select nullif(sec.principal(), 'engine')::uuid $$;

revoke all on function sec.principal(), sec.is_engine(), sec.user_id() from public;
grant execute on function sec.principal(), sec.is_engine(), sec.user_id() to rm_app, rm_audit_owner;

-- An instant from microseconds since 1970, for arrays of them. Stable, as the addition within it:
-- declared immutable it would not be inlined, and a call costs as much as the insert of a row.
create function ringmaster.at(us bigint) returns timestamptz language sql stable parallel safe
  as $$ select timestamptz '1970-01-01 00:00:00+00' + us * interval '1 microsecond' $$;
revoke all on function ringmaster.at(bigint) from public;
grant execute on function ringmaster.at(bigint) to rm_app;

-- Refuses a step that the table of steps does not know. Each table's trigger names its steps in
-- the `when` clause, so this runs for violations only and a lawful update pays next to nothing.
create function ringmaster.refuse_step() returns trigger language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception '% may not go from % to %', tg_table_name, old.status, new.status
    using errcode = '23514', constraint = tg_name, table = tg_table_name;
end $$;
revoke all on function ringmaster.refuse_step() from public;
reset role;
