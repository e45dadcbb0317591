-- The nouns of Textback. Times are in milliseconds, as JavaScript has them, so that a cursor made of one finds its place.
-- Every table that belongs to one account carries account_id and row-level security;
-- the seven tables of sign-in are read by better-auth before an account is known and carry none.

-- Sign-in (better-auth's shapes under our names; its "organization" is our account) -------------------------------

create table accounts (
  id text primary key,
  name text not null,
  slug text not null unique,
  logo text,
  metadata text,
  created_at timestamptz(3) not null default now(),
  timezone text not null default 'America/New_York',
  country text not null default 'US',
  -- countries besides its own that the account also texts: toll fraud begins with open borders
  also_texts_countries text[] not null default '{}',
  plan text not null default 'pro',
  daily_cap integer not null default 500 check (daily_cap >= 0),
  late_after_minutes integer not null default 15 check (late_after_minutes between 1 and 1440)
);

create table users (
  id text primary key,
  name text not null,
  email text not null unique,
  email_verified boolean not null default false,
  image text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);

create table sessions (
  id text primary key,
  expires_at timestamptz(3) not null,
  token text not null unique,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  ip_address text,
  user_agent text,
  user_id text not null references users on delete cascade,
  active_account_id text references accounts on delete set null
);
create index on sessions (user_id);

create table sign_in_methods (
  id text primary key,
  account_id text not null, -- better-auth's word for the provider's user id, not our account
  provider_id text not null,
  user_id text not null references users on delete cascade,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz(3),
  refresh_token_expires_at timestamptz(3),
  scope text,
  password text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index on sign_in_methods (user_id);

create table verifications (
  id text primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index on verifications (identifier);

create table members (
  id text primary key,
  account_id text not null references accounts on delete cascade,
  user_id text not null references users on delete cascade,
  role text not null default 'member',
  created_at timestamptz(3) not null default now(),
  unique (account_id, user_id)
);
create index on members (user_id);

create table invitations (
  id text primary key,
  account_id text not null references accounts on delete cascade,
  email text not null,
  role text,
  status text not null default 'pending',
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now(),
  inviter_id text not null references users on delete cascade
);
create index on invitations (email);

-- The account's own ---------------------------------------------------------------------------------------------

create table api_keys (
  id uuid primary key,
  account_id text not null references accounts on delete cascade,
  name text not null,
  hash bytea not null unique,
  hint text not null,
  created_at timestamptz(3) not null default now(),
  last_used_at timestamptz(3),
  unique (account_id, name)
);

create table carriers (
  account_id text not null references accounts on delete cascade,
  id text not null check (id ~ '^[a-z0-9][a-z0-9_-]{0,39}$'),
  kind text not null check (kind in ('twilio', 'telnyx', 'generic')),
  label text not null default '',
  api_url text,
  secrets bytea not null,
  -- what connecting found: when the credentials were last proven, which numbers the carrier has, or what went wrong
  checked_at timestamptz(3),
  found_numbers jsonb not null default '[]',
  trouble jsonb,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (account_id, id)
);

create table numbers (
  account_id text not null references accounts on delete cascade,
  number text not null check (number ~ '^\+[1-9][0-9]{6,14}$'),
  label text not null default '',
  carrier text not null,
  texts_through text,
  enabled boolean not null default true,
  mode text not null default 'forward' check (mode in ('forward', 'cfna')),
  forward_to text[] not null default '{}',
  ring_seconds integer not null default 20 check (ring_seconds between 10 and 60),
  min_ring_seconds integer not null default 3 check (min_ring_seconds between 0 and 60),
  greeting text not null,
  segments_per_second real not null default 1 check (segments_per_second >= 0),
  text_back_enabled boolean not null default true,
  text_back_message text not null,
  text_back_repeat_message text,
  cooldown_minutes integer not null default 0 check (cooldown_minutes >= 0),
  forged_caller_id text not null default 'skip' check (forged_caller_id in ('skip', 'send')),
  -- the line is busy with what it has sent until then: the serial queue that keeps the carrier's rate
  free_at timestamptz(3) not null default '-infinity',
  configured_at timestamptz(3),
  configured jsonb,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (account_id, number),
  foreign key (account_id, carrier) references carriers (account_id, id),
  foreign key (account_id, texts_through) references carriers (account_id, id)
);
create index on numbers (account_id, carrier);

create table pipelines (
  id uuid primary key,
  account_id text not null references accounts on delete cascade,
  name text not null,
  is_default boolean not null default false,
  created_at timestamptz(3) not null default now()
);
create unique index one_default_pipeline on pipelines (account_id) where is_default;

create table stages (
  id uuid primary key,
  account_id text not null references accounts on delete cascade,
  pipeline_id uuid not null references pipelines on delete cascade,
  name text not null,
  position integer not null
);
create index on stages (account_id, pipeline_id, position);

-- From here on the tables that every call writes to. Their account_id has no foreign key: each insert would lock the
-- one accounts row that all calls of the account share. The account comes from the open transaction in any case.

create table contacts (
  id uuid primary key,
  account_id text not null,
  phone text check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  name text,
  email text,
  tags text[] not null default '{}',
  fields jsonb not null default '{}',
  line_type text,
  line_type_source text,
  line_type_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (account_id, phone)
);
create index on contacts (account_id, id desc);

create table leads (
  id uuid primary key,
  account_id text not null,
  contact_id uuid not null references contacts on delete cascade,
  pipeline_id uuid not null references pipelines,
  stage_id uuid not null references stages,
  status text not null default 'open' check (status in ('open', 'won', 'lost')),
  value_cents bigint check (value_cents >= 0),
  reason text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  closed_at timestamptz(3)
);
create unique index one_open_lead on leads (account_id, contact_id) where status = 'open';
create index on leads (account_id, id desc);
create index on leads (contact_id);
create index on leads (account_id, stage_id) where status = 'open';

create table conversations (
  id uuid primary key,
  account_id text not null,
  contact_id uuid not null references contacts on delete cascade,
  -- the line that the contact used last; replies leave from it
  number text not null,
  status text not null default 'open' check (status in ('open', 'closed')),
  unread integer not null default 0,
  last_message_at timestamptz(3),
  last_message_preview text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (account_id, contact_id)
);
create index on conversations (account_id, updated_at desc, id desc);
create index on conversations (contact_id);

create table calls (
  id uuid primary key,
  account_id text not null,
  carrier text not null,
  carrier_call_id text not null,
  leg_id text,
  number text not null,
  from_phone text not null,
  contact_id uuid references contacts on delete set null,
  direction text not null default 'inbound' check (direction in ('inbound', 'outbound')),
  mode text not null,
  outcome text not null check (outcome in ('ringing', 'in_progress', 'answered', 'missed')),
  why text,
  caller_name text,
  forwarded_from text,
  stir_verstat text,
  started_at timestamptz(3) not null,
  answered_at timestamptz(3),
  rang_until timestamptz(3),
  ended_at timestamptz(3),
  duration_seconds integer,
  decision jsonb,
  decided_at timestamptz(3),
  message_id uuid,
  -- learned from the carrier's own list after we had missed its webhooks
  recovered boolean not null default false,
  created_at timestamptz(3) not null default now(),
  constraint one_row_per_call unique (account_id, carrier, carrier_call_id)
);
create index on calls (account_id, id desc);
create index on calls (contact_id);
create index on calls (account_id, started_at) where decided_at is null;

create table messages (
  id uuid primary key,
  account_id text not null,
  conversation_id uuid not null references conversations on delete cascade,
  contact_id uuid not null references contacts on delete cascade,
  kind text not null check (kind in ('text_back', 'reply', 'confirmation', 'inbound')),
  direction text not null check (direction in ('inbound', 'outbound')),
  channel text not null default 'sms',
  from_phone text not null,
  to_phone text not null,
  body text not null,
  segments integer not null,
  media jsonb not null default '[]',
  status text not null check (status in ('queued', 'sending', 'accepted', 'sent', 'delivered', 'undelivered', 'failed',
    'refused', 'unknown', 'received')),
  trouble jsonb,
  carrier text not null,
  carrier_message_id text,
  call_id uuid references calls on delete set null,
  sent_by text,
  -- a program that asks twice with the same key has asked once
  idempotency_key text,
  attempts integer not null default 0,
  attempted_at timestamptz(3),
  slot_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  accepted_at timestamptz(3),
  delivered_at timestamptz(3)
);
create unique index one_text_back_per_call on messages (call_id) where kind = 'text_back';
create unique index one_row_per_carrier_message on messages (account_id, carrier, carrier_message_id);
create unique index one_message_per_key on messages (account_id, idempotency_key);
create index on messages (conversation_id, id desc);
create index on messages (account_id, id desc);
create index on messages (contact_id, created_at desc);

create table opt_outs (
  account_id text not null references accounts on delete cascade,
  phone text not null,
  source text not null check (source in ('keyword', 'phrase', 'carrier', 'manual')),
  note text,
  created_at timestamptz(3) not null default now(),
  primary key (account_id, phone)
);

create table listed_phones (
  account_id text not null references accounts on delete cascade,
  list text not null check (list in ('exclude', 'block')),
  phone text not null,
  note text,
  created_at timestamptz(3) not null default now(),
  primary key (account_id, list, phone)
);

create table texts_per_day (
  account_id text not null,
  day date not null,
  texts integer not null,
  primary key (account_id, day)
);

create table events (
  id uuid primary key,
  account_id text not null,
  type text not null,
  contact_id uuid references contacts on delete cascade,
  lead_id uuid,
  call_id uuid,
  message_id uuid,
  -- the event that made this one necessary, so that rules do not chase their own tails
  cause_id uuid,
  actor text not null default 'textback',
  data jsonb not null default '{}',
  at timestamptz(3) not null default now()
);
create index on events (account_id, id desc);
create index on events (contact_id, id desc);

-- The platform's own (no account) ---------------------------------------------------------------------------------

-- Each running worker pool and the advisory lock that it holds while it lives; see src/jobs/takeover.ts
create table workers (
  pool_id text primary key,
  lock_key bigint generated always as identity,
  started_at timestamptz(3) not null default now()
);

-- Row-level security ------------------------------------------------------------------------------------------------
-- The account is set when a transaction opens (asAccount); '*' is the platform (asPlatform). Without either, nothing
-- can be seen: a forgotten filter finds no rows instead of a neighbour's.

do $$
declare t text;
begin
  foreach t in array array['api_keys', 'carriers', 'numbers', 'pipelines', 'stages', 'contacts', 'leads',
    'conversations', 'calls', 'messages', 'opt_outs', 'listed_phones', 'texts_per_day', 'events']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format($p$create policy own_account on %I using (account_id = current_setting('textback.account', true)
      or current_setting('textback.account', true) = '*')$p$, t);
  end loop;
end $$;

-- Live changes --------------------------------------------------------------------------------------------------------
-- One notification for each changed row: which table, which row, whose. No texts and no phones: the reader fetches.

create function announce() returns trigger language plpgsql as $$
declare
  r record;
  row_id text;
  contact text;
begin
  if tg_op = 'DELETE' then r := old; else r := new; end if;
  if tg_table_name = 'numbers' then row_id := r.number; else row_id := r.id; end if;
  if tg_table_name = 'contacts' then contact := r.id;
  elsif tg_table_name not in ('numbers', 'carriers') then contact := r.contact_id; end if;
  perform pg_notify('textback', json_build_object(
    'account', r.account_id, 'what', tg_table_name, 'id', row_id, 'contact', contact, 'deleted', tg_op = 'DELETE')::text);
  return null;
end $$;

do $$
declare t text;
begin
  foreach t in array array['carriers', 'numbers', 'contacts', 'leads', 'conversations', 'calls', 'messages', 'events']
  loop
    execute format('create trigger announce after insert or update or delete on %I for each row execute function announce()', t);
  end loop;
end $$;
