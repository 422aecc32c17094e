-- What a user's agents know, what they did not know when they were asked, and the chats with them.

-- Trigrams come from the extension pg_trgm, wherever this database has it. If it has it not, it
-- gets a schema of its own, in which nobody but the engine's owner looks anything up.
do $$
declare
  home text;
begin
  if not exists (select from pg_catalog.pg_extension where extname = 'pg_trgm') then
    begin
      create schema if not exists ringmaster_extensions;
      create extension pg_trgm with schema ringmaster_extensions;
    exception when insufficient_privilege or undefined_file or feature_not_supported then
      raise exception 'the extension pg_trgm is missing in database %, and role % cannot add it (%): let an administrator install PostgreSQL''s contrib modules and run "create extension pg_trgm" there, then migrate again',
        current_database(), current_user, sqlerrm;
    end;
  end if;
  select n.nspname into strict home
    from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
   where e.extname = 'pg_trgm';
  -- Bound to the functions themselves, not to their names: neither a search path nor a move of the
  -- extension changes what is called.
  execute format('create function ringmaster.alike(a text, b text) returns real language sql
    immutable strict parallel safe return %I.similarity(a, b)', home);
  execute format('create function ringmaster.alike_within(a text, b text) returns real language sql
    immutable strict parallel safe return %I.word_similarity(a, b)', home);
  alter function ringmaster.alike(text, text) owner to rm_owner;
  alter function ringmaster.alike_within(text, text) owner to rm_owner;
end $$;

set local role rm_owner;
revoke all on function ringmaster.alike(text, text), ringmaster.alike_within(text, text) from public;
grant execute on function ringmaster.alike(text, text), ringmaster.alike_within(text, text) to rm_app, rm_agent;

-- A question that no agent could answer. `asks` is what it asks for in canonical words: two that
-- ask the same thing are one row. An open one keeps notes and chunk of the last time.
create table ringmaster.knowledge_gaps (
  user_id uuid not null,
  id uuid not null,
  agent text collate "C" not null constraint knowledge_gaps_agent_known
    check (agent in ('aloha', 'sync', 'studio', 'insight')),
  source text collate "C" not null constraint knowledge_gaps_source_known
    check (source in ('chat', 'call', 'task', 'api')),
  question text not null constraint knowledge_gaps_question_length check (length(question) between 1 and 500),
  requested_info text not null default '',
  asks text collate "C" not null constraint knowledge_gaps_asks_length check (length(asks) between 1 and 2000),
  category text collate "C" not null constraint knowledge_gaps_category_known
    check (category in ('hours', 'location', 'prices', 'payment', 'services', 'booking', 'policies', 'contact', 'people', 'other')),
  status text collate "C" not null default 'open' constraint knowledge_gaps_status_known
    check (status in ('open', 'resolved', 'ignored')),
  resolved_at timestamptz,
  resolved_by text not null default '',
  resolution_notes text not null default '',
  resolution_action text collate "C" not null default '' constraint knowledge_gaps_action_known
    check (resolution_action in ('', 'added_to_knowledge_base', 'noted', 'ignored')),
  chunk_id uuid,
  context uuid, -- of the first asking: a call, a chat, a task; calls are no rows to refer to (0004)
  metadata jsonb not null default '[]', -- pairs in their order
  last_answer text not null default '',
  times_asked bigint not null default 1 constraint knowledge_gaps_asked_counted check (times_asked > 0),
  calls_affected bigint not null default 0
    constraint knowledge_gaps_calls_counted check (calls_affected between 0 and times_asked),
  times_reopened bigint not null default 0 constraint knowledge_gaps_reopened_counted check (times_reopened >= 0),
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  last_asked_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint knowledge_gaps_pkey primary key (user_id, id),
  constraint knowledge_gaps_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade,
  constraint knowledge_gaps_resolved_whole check ((status = 'open') = (resolved_at is null)
    and (status = 'open') = (resolution_action = '') and (status = 'open') = (resolved_by = ''))
);
create unique index knowledge_gaps_asks_key on ringmaster.knowledge_gaps (user_id, md5(asks));

create trigger knowledge_gaps_steps after update of status on ringmaster.knowledge_gaps for each row
  when (old.status is distinct from new.status and (old.status || '>' || new.status) <> all (array[
    'open>resolved', 'open>ignored', 'resolved>open', 'ignored>open']))
  execute function ringmaster.refuse_step();

-- What only a user decides: by no agent, and not by the engine for itself.
create function ringmaster.refuse_decision() returns trigger language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'only the user decides about %', tg_table_name using errcode = '42501';
end $$;
revoke all on function ringmaster.refuse_decision() from public;
create trigger knowledge_gaps_begin before insert on ringmaster.knowledge_gaps for each row
  when (new.status <> 'open') execute function ringmaster.refuse_decision();
-- An agent's miss opens what was resolved, and that is all.
create trigger knowledge_gaps_owner before update on ringmaster.knowledge_gaps for each row
  when ((current_user = 'rm_agent' or sec.is_engine())
    and not (old.status = 'resolved' and new.status = 'open')
    and (old.status, old.resolved_at, old.resolved_by, old.resolution_action)
        is distinct from (new.status, new.resolved_at, new.resolved_by, new.resolution_action))
  execute function ringmaster.refuse_decision();

create table ringmaster.gap_askings (
  user_id uuid not null,
  gap_id uuid not null,
  n bigint not null constraint gap_askings_counted check (n > 0),
  agent text collate "C" not null constraint gap_askings_agent_known
    check (agent in ('aloha', 'sync', 'studio', 'insight')),
  source text collate "C" not null constraint gap_askings_source_known
    check (source in ('chat', 'call', 'task', 'api')),
  question text not null,
  answered text not null default '',
  context uuid,
  at timestamptz not null default now(),
  constraint gap_askings_pkey primary key (user_id, gap_id, n),
  constraint gap_askings_gap_fkey foreign key (user_id, gap_id)
    references ringmaster.knowledge_gaps (user_id, id) on delete cascade
);
create index gap_askings_of_context on ringmaster.gap_askings (user_id, gap_id, context) where context is not null;

-- The knowledge base. Under row-level security no index on `words` could be used (neither `@@` nor
-- `%` is leakproof), so there is none: a search reads the rows of its user.
create table ringmaster.knowledge_chunks (
  user_id uuid not null,
  id uuid not null,
  title text not null constraint knowledge_chunks_title_length check (length(title) between 1 and 200),
  text text not null constraint knowledge_chunks_text_length check (length(text) between 1 and 4000),
  source text not null constraint knowledge_chunks_source_length check (length(source) between 1 and 200),
  category text collate "C" not null constraint knowledge_chunks_category_known
    check (category in ('hours', 'location', 'prices', 'payment', 'services', 'booking', 'policies', 'contact', 'people', 'other')),
  added_by text not null,
  gap_id uuid,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  words tsvector generated always as (setweight(to_tsvector('pg_catalog.english', title), 'A')
    || setweight(to_tsvector('pg_catalog.english', text), 'B')) stored,
  constraint knowledge_chunks_pkey primary key (user_id, id),
  constraint knowledge_chunks_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade,
  constraint knowledge_chunks_gap_fkey foreign key (user_id, gap_id)
    references ringmaster.knowledge_gaps (user_id, id) on delete set null (gap_id)
);
create index knowledge_chunks_of_gap on ringmaster.knowledge_chunks (user_id, gap_id) where gap_id is not null;
alter table ringmaster.knowledge_gaps
  add constraint knowledge_gaps_chunk_fkey foreign key (user_id, chunk_id)
    references ringmaster.knowledge_chunks (user_id, id) on delete set null (chunk_id);
create index knowledge_gaps_of_chunk on ringmaster.knowledge_gaps (user_id, chunk_id) where chunk_id is not null;

create table ringmaster.chats (
  user_id uuid not null,
  id uuid not null,
  agent text collate "C" not null constraint chats_agent_known
    check (agent in ('aloha', 'sync', 'studio', 'insight')),
  title text not null default '',
  messages integer not null default 0 constraint chats_messages_counted check (messages >= 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint chats_pkey primary key (user_id, id),
  constraint chats_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade
);
create index chats_by_time on ringmaster.chats (user_id, updated_at desc, id desc);

create table ringmaster.chat_messages (
  user_id uuid not null,
  chat_id uuid not null,
  n integer not null constraint chat_messages_counted check (n > 0),
  from_user boolean not null,
  text text not null,
  sources jsonb not null default '[]',
  gap_id uuid,
  proposal_id uuid,
  said_by text not null default '',
  at timestamptz not null default now(),
  constraint chat_messages_pkey primary key (user_id, chat_id, n),
  constraint chat_messages_chat_fkey foreign key (user_id, chat_id)
    references ringmaster.chats (user_id, id) on delete cascade
);
reset role;

-- As in 0007: what agents read and cannot write (the knowledge base) is closed to the engine's own
-- context as well.
do $$
declare
  name text;
  mine constant text := '(select sec.is_engine()) or user_id = (select sec.user_id())';
  owners constant text := 'user_id = (select sec.user_id())';
  writers text;
begin
  foreach name in array array['knowledge_gaps', 'gap_askings', 'knowledge_chunks', 'chats', 'chat_messages']
  loop
    writers := case name when 'knowledge_chunks' then owners else mine end;
    execute format('alter table ringmaster.%I enable row level security, force row level security', name);
    execute format('create policy %I on ringmaster.%I for select using (%s)', name || '_select', name, mine);
    execute format('create policy %I on ringmaster.%I for insert with check (%s)', name || '_insert', name, writers);
    execute format('create policy %I on ringmaster.%I for update using (%s) with check (%s)', name || '_update', name, writers, writers);
    execute format('create policy %I on ringmaster.%I for delete using (%s)', name || '_delete', name, writers);
    execute format('revoke all on ringmaster.%I from public', name);
    execute format('grant select on ringmaster.%I to rm_app, rm_agent', name);
  end loop;
end $$;
grant insert, update, delete on ringmaster.knowledge_chunks to rm_app;
grant insert, update on ringmaster.knowledge_gaps to rm_app;
grant insert on ringmaster.gap_askings, ringmaster.chat_messages to rm_app, rm_agent;
grant insert, update, delete on ringmaster.chats to rm_app;
grant delete on ringmaster.chat_messages to rm_app;
grant insert (user_id, id, agent, source, question, requested_info, asks, category, context, metadata, last_answer,
              times_asked, calls_affected, created_at, last_asked_at, updated_at),
      update (status, resolved_at, resolved_by, resolution_action, last_answer, times_asked, calls_affected,
              times_reopened, version, last_asked_at, updated_at)
   on ringmaster.knowledge_gaps to rm_agent;
grant insert on ringmaster.chats to rm_agent;
grant update (messages, updated_at) on ringmaster.chats to rm_agent;
