-- A person may want an ended target tried once more, or those that were not reached called again by
-- a campaign of their own.
set local role rm_owner;

drop trigger targets_steps on ringmaster.targets;
create trigger targets_steps after update of status on ringmaster.targets for each row
  when (old.status is distinct from new.status and (old.status || '>' || new.status) <> all (array[
    'pending>calling', 'pending>skipped', 'pending>failed', 'calling>completed',
    'calling>pending', 'calling>failed', 'calling>skipped', 'failed>pending', 'skipped>pending']))
  execute function ringmaster.refuse_step();

-- The campaign whose unreached numbers these are. It may be deleted.
alter table ringmaster.campaigns
  add column redial_of uuid,
  add constraint campaigns_redial_fkey foreign key (user_id, redial_of)
    references ringmaster.campaigns (user_id, id) on delete set null (redial_of);
create index campaigns_redials on ringmaster.campaigns (user_id, redial_of) where redial_of is not null;
reset role;

-- What happened to targets, other than calls: few rows, for a campaign's activity.
set local role rm_audit_owner;
create index audit_of_targets on ringmaster.audit (user_id, seq) where subject_kind = 'target';
reset role;
