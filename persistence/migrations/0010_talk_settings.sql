-- How the calls of campaigns and tasks are held, and to whom a live call may be handed.
set local role rm_owner;

alter table ringmaster.campaigns
  -- What stands here was written to be read out, and stays so; what is made from now on is a
  -- conversation unless its owner says otherwise.
  add column call_style text collate "C" not null default 'announcement' constraint campaigns_call_style_known
    check (call_style in ('conversation', 'announcement')),
  add column voicemail_action text collate "C" not null default 'hang_up' constraint campaigns_voicemail_action_known
    check (voicemail_action in ('hang_up', 'leave_message')),
  add column voicemail_message text not null default '',
  add column menu_action text collate "C" not null default 'navigate' constraint campaigns_menu_action_known
    check (menu_action in ('hang_up', 'navigate')),
  add column menu_keys text collate "C" not null default '',
  add column record_calls boolean not null default false,
  add column result_schema text not null default ''; -- JSON Schema as it was sent; empty: none
alter table ringmaster.campaigns alter column call_style set default 'conversation';

-- A task's calls are always conversations.
alter table ringmaster.call_tasks
  add column voicemail_action text collate "C" not null default 'hang_up' constraint call_tasks_voicemail_action_known
    check (voicemail_action in ('hang_up', 'leave_message')),
  add column voicemail_message text not null default '',
  add column menu_action text collate "C" not null default 'navigate' constraint call_tasks_menu_action_known
    check (menu_action in ('hang_up', 'navigate')),
  add column menu_keys text collate "C" not null default '',
  add column record_calls boolean not null default false,
  add column result_schema text not null default '',
  add column parent_call uuid; -- the call that it follows from; calls are no rows to refer to (0004)
create index call_tasks_of_call on ringmaster.call_tasks (user_id, parent_call) where parent_call is not null;

alter table ringmaster.assistant_settings
  add column transfer_numbers text[] not null default '{}' constraint assistant_settings_transfer_bounds
    check (cardinality(transfer_numbers) <= 20);
reset role;
