-- What the people at the screen need: who looks after a conversation, notes, canned replies, hours, search.

alter table conversations
  add assigned_to text references users on delete set null,
  add snoozed_until timestamptz(3),
  -- since when somebody waits for a person's answer: a missed call or a text that nobody of us has replied to
  add waiting_since timestamptz(3);
create index on conversations (account_id, waiting_since) where waiting_since is not null;
create index on conversations (account_id, assigned_to, updated_at desc) where assigned_to is not null;

create index on conversations (account_id, snoozed_until) where snoozed_until is not null;
create index on conversations (account_id, updated_at desc, id desc) where unread > 0 and status = 'open';

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

-- Search: words by their beginnings. Row-level security lets no operator near an index that might leak what it sees, and
-- `@@` is one: under a policy every search would read the whole account. So the words stand in two tables without a
-- policy that hold nothing but words and ids. The account is a word too ('@acme'), which store/search.ts, their only
-- reader, asks for in every query; names and texts are then fetched under the policy as ever.
create table contact_words (
  contact_id uuid primary key,
  words tsvector not null
);
create index on contact_words using gin (words);

create table message_words (
  message_id uuid primary key,
  words tsvector not null
);
create index on message_words using gin (words);

-- Split where store/search.ts splits what is asked: PostgreSQL itself would keep acme.com and 129.50 whole.
create function plain_words(text text) returns text language sql immutable as $$
  select regexp_replace(text, '[^[:alnum:]]+', ' ', 'g')
$$;

-- A phone is found by any of its usual endings: 12025550143, 2025550143, 5550143, 0143.
create function keep_contact_words() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    delete from contact_words where contact_id = old.id;
    return null;
  end if;
  if tg_op = 'UPDATE' and (new.name, new.email, new.phone) is not distinct from (old.name, old.email, old.phone) then
    return null;
  end if;
  insert into contact_words (contact_id, words) values (new.id, array_to_tsvector(array['@' || new.account_id]) ||
    to_tsvector('simple', plain_words(concat_ws(' ', new.name, new.email, substr(new.phone, 2),
      right(new.phone, 10), right(new.phone, 7), right(new.phone, 4)))))
  on conflict (contact_id) do update set words = excluded.words;
  return null;
end $$;
create trigger keep_words after insert or update or delete on contacts for each row execute function keep_contact_words();

create function keep_message_words() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    delete from message_words where message_id = old.id;
  else
    insert into message_words (message_id, words)
    values (new.id, array_to_tsvector(array['@' || new.account_id]) || to_tsvector('simple', plain_words(new.body)));
  end if;
  return null;
end $$;
create trigger keep_words after insert or delete on messages for each row execute function keep_message_words();

-- What stands in the books already.
select set_config('textback.account', '*', true);
insert into contact_words select id, array_to_tsvector(array['@' || account_id]) || to_tsvector('simple',
  plain_words(concat_ws(' ', name, email, substr(phone, 2), right(phone, 10), right(phone, 7), right(phone, 4))))
from contacts;
insert into message_words select id, array_to_tsvector(array['@' || account_id]) || to_tsvector('simple', plain_words(body)) from messages;

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
