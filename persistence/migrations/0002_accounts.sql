-- People, their keys and sessions, and the requests that must have one effect only.
set local role rm_owner;

create table ringmaster.users (
  user_id uuid not null,
  email text collate "C" not null constraint users_email_length check (length(email) between 3 and 320),
  password_hash text,
  created_at timestamptz not null default now(),
  constraint users_pkey primary key (user_id)
);
-- The only unique index that does not lead with the user: accounts are made by the engine alone.
create unique index users_email_key on ringmaster.users (lower(email));

create table ringmaster.api_keys (
  user_id uuid not null,
  id uuid not null,
  name text not null constraint api_keys_name_length check (length(name) <= 200),
  scopes smallint not null constraint api_keys_scopes_known check (scopes between 0 and 15),
  secret_sha256 bytea not null constraint api_keys_digest check (length(secret_sha256) = 32),
  last_four text not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz not null default now(),
  constraint api_keys_pkey primary key (user_id, id),
  constraint api_keys_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade
);
create index api_keys_by_id on ringmaster.api_keys (id);

create table ringmaster.console_sessions (
  user_id uuid not null,
  id_sha256 bytea not null constraint console_sessions_digest check (length(id_sha256) = 32),
  csrf_sha256 bytea not null,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint console_sessions_pkey primary key (user_id, id_sha256),
  constraint console_sessions_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade
);
create index console_sessions_by_id on ringmaster.console_sessions (id_sha256);

-- An answer stands here once its request is committed; the row of a request in progress is
-- visible to its own transaction only, and a second one waits for it.
create table ringmaster.idempotency_keys (
  user_id uuid not null,
  key text collate "C" not null constraint idempotency_keys_length check (length(key) between 1 and 255),
  route text collate "C" not null,
  body_sha256 text collate "C" not null,
  status integer,
  body text,
  created_at timestamptz not null default now(),
  constraint idempotency_keys_pkey primary key (user_id, key, route),
  constraint idempotency_keys_user_fkey foreign key (user_id) references ringmaster.users (user_id) on delete cascade
);
reset role;
