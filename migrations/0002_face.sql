-- What the people at the screen need: who looks after a conversation, notes, canned replies, hours, search.

alter table conversations
  add assigned_to text references users on delete set null,
  add snoozed_until timestamptz(3),
  -- since when somebody waits for a person's answer: a missed call or a text that nobody of us has replied to
  add waiting_since timestamptz(3);
create index on conversations (account_id, waiting_since) where waiting_since is not null;
create index on conversations (account_id, assigned_to, updated_at desc) where assigned_to is not null;

create table notes (
  id uuid primary key,
  account_id text not null,
  contact_id uuid not null references contacts on delete cascade,
  body text not null,
  author text not null,
  created_at timestamptz(3) not null default now()
);
create index on notes (contact_id, id desc);

create table canned_replies (
  id uuid primary key,
  account_id text not null references accounts on delete cascade,
  title text not null,
  body text not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (account_id, title)
);

alter table numbers
  -- when people are in: see domain/schedule.ts; null is always
  add hours jsonb,
  add after_hours_message text;

-- Search: words by their beginnings. A phone is found by any of its usual endings: 12025550143, 2025550143, 5550143, 0143.
alter table contacts add search tsvector generated always as (
  to_tsvector('simple', coalesce(name, '') || ' ' || coalesce(replace(email, '@', ' '), '') || ' ' ||
    coalesce(substr(phone, 2) || ' ' || right(phone, 10) || ' ' || right(phone, 7) || ' ' || right(phone, 4), ''))
) stored;
create index contacts_search on contacts using gin (search);

alter table messages add search tsvector generated always as (to_tsvector('simple', body)) stored;
create index messages_search on messages using gin (search);

create index on calls (account_id, started_at desc, id desc);
create index on calls (account_id, number, id desc);
create index on leads (account_id, stage_id, id desc) where status = 'open';
create index on leads (account_id, closed_at desc) where status = 'won';
-- The audit log: what people and their programs did.
create index on events (account_id, id desc) where actor <> 'textback';

do $$
declare t text;
begin
  foreach t in array array['notes', 'canned_replies']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format($p$create policy own_account on %I using (account_id = current_setting('textback.account', true)
      or current_setting('textback.account', true) = '*')$p$, t);
  end loop;
end $$;

create trigger announce after insert or update or delete on notes for each row execute function announce();
