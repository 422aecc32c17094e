-- The audit trail, sealed: each row here takes all rows of a user behind the seal before it, and the
-- digest of that one, into one digest. Whoever changes, adds or removes a sealed row breaks every seal
-- from there on; whoever makes the seals anew, too, contradicts the heads that are kept in a file
-- beside the database. Written in the background: nothing waits for it.
set local role rm_owner;

create table ringmaster.audit_seals (
  user_id uuid not null,
  from_seq bigint not null, -- one behind `to_seq` of the seal before it, or 1
  to_seq bigint not null,
  row_count bigint not null constraint audit_seals_counted check (row_count > 0),
  prev bytea not null constraint audit_seals_prev_digest check (length(prev) = 32),
  hash bytea not null constraint audit_seals_digest check (length(hash) = 32),
  at timestamptz not null default clock_timestamp(),
  constraint audit_seals_pkey primary key (user_id, from_seq), -- so two sealers cannot both go on
  constraint audit_seals_forward check (from_seq > 0 and to_seq >= from_seq)
);
create trigger audit_seals_append_only before update or delete or truncate on ringmaster.audit_seals
  for each statement execute function ringmaster.refuse_audit_change();
reset role;
alter table ringmaster.audit_seals owner to rm_audit_owner;

alter table ringmaster.audit_seals enable row level security, force row level security;
create policy audit_seals_select on ringmaster.audit_seals for select
  using ((select sec.is_engine()) or user_id = (select sec.user_id()));
-- Only the engine seals; what runs for a user reads.
create policy audit_seals_insert on ringmaster.audit_seals for insert with check ((select sec.is_engine()));
create policy audit_seals_update on ringmaster.audit_seals for update using (false);
create policy audit_seals_delete on ringmaster.audit_seals for delete using (false);
revoke all on ringmaster.audit_seals from public;
grant select, insert on ringmaster.audit_seals to rm_app;

-- How far numbers have been given out: read before it is known that no earlier one is still on its way.
do $$
begin
  execute format('grant select on sequence %s to rm_app', pg_get_serial_sequence('ringmaster.audit', 'seq'));
end $$;
