-- Every table answers for one user, or for the engine, and for nobody else. The engine's test
-- stands first: batches across users then verify the context once and never look at the second.
-- Each `(select ...)` is evaluated once a statement.
do $$
declare
  name text;
  mine constant text := '(select sec.is_engine()) or user_id = (select sec.user_id())';
begin
  foreach name in array array['users', 'api_keys', 'console_sessions', 'idempotency_keys', 'campaigns',
    'campaign_progress', 'targets', 'attempts', 'call_sessions', 'permits', 'webhook_inbox', 'suppressions']
  loop
    execute format('alter table ringmaster.%I enable row level security, force row level security', name);
    execute format('create policy %I on ringmaster.%I for select using (%s)', name || '_select', name, mine);
    execute format('create policy %I on ringmaster.%I for insert with check (%s)', name || '_insert', name, mine);
    execute format('create policy %I on ringmaster.%I for update using (%s) with check (%s)', name || '_update', name, mine, mine);
    execute format('create policy %I on ringmaster.%I for delete using (%s)', name || '_delete', name, mine);
    execute format('revoke all on ringmaster.%I from public', name);
    execute format('grant select, insert, update, delete on ringmaster.%I to rm_app', name);
  end loop;

  alter table ringmaster.audit enable row level security, force row level security;
  execute format('create policy audit_select on ringmaster.audit for select using (%s)', mine);
  execute format('create policy audit_insert on ringmaster.audit for insert with check (%s)', mine);
  create policy audit_update on ringmaster.audit for update using (false);
  create policy audit_delete on ringmaster.audit for delete using (false);
  revoke all on ringmaster.audit from public;
  grant select, insert on ringmaster.audit to rm_app;

  foreach name in array array['suppressed_everywhere', 'engine_state']
  loop
    execute format('alter table ringmaster.%I enable row level security, force row level security', name);
    execute format('create policy %I on ringmaster.%I for select using ((select sec.is_engine()))', name || '_select', name);
    execute format('create policy %I on ringmaster.%I for insert with check ((select sec.is_engine()))', name || '_insert', name);
    execute format('create policy %I on ringmaster.%I for update using ((select sec.is_engine()))', name || '_update', name);
    execute format('create policy %I on ringmaster.%I for delete using ((select sec.is_engine()))', name || '_delete', name);
    execute format('revoke all on ringmaster.%I from public', name);
  end loop;
  grant select, insert, delete on ringmaster.suppressed_everywhere to rm_app;
  grant select, update on ringmaster.engine_state to rm_app;

  -- Permits and what the carrier said are never rewritten; the app role deletes them only with
  -- what they belong to.
  revoke update on ringmaster.permits, ringmaster.webhook_inbox from rm_app;
end $$;
