-- What texts may cost, and when they leave a number that sends one segment after the other.

-- The pace of a number --------------------------------------------------------------------------------------------------

-- When the last text left, by the clock of then, and for how long it keeps the number busy. A text that is next waits for
-- this and for nothing else, whatever happens to the clock or to the texts that were to leave before it.
alter table numbers add column left_at timestamptz(3);
alter table numbers add column left_seconds double precision not null default 0;

-- Nobody looks at these, and they change with each text.
drop trigger announce_changed on numbers;
create trigger announce_changed after update on numbers for each row
  when (old.free_at is not distinct from new.free_at and old.left_at is not distinct from new.left_at)
  execute function announce();

-- The queued texts that hold a slot, by their number. An index over `messages` would do, but PostgreSQL changes a row in
-- place only when no indexed column changes, and the status of every text changes four times.
create table waiting_texts (
  message_id uuid primary key references messages on delete cascade,
  account_id text not null,
  number text not null,
  slot_at timestamptz(3) not null
);
create index on waiting_texts (account_id, number, slot_at, message_id);
alter table waiting_texts enable row level security;
alter table waiting_texts force row level security;
create policy own_account on waiting_texts using (account_id = current_setting('textback.account', true)
  or current_setting('textback.account', true) = '*');

select set_config('textback.account', '*', true);
insert into waiting_texts (message_id, account_id, number, slot_at)
select id, account_id, from_address, slot_at from messages where status = 'queued' and slot_at is not null;

create function keep_waiting_text() returns trigger language plpgsql as $$
begin
  if new.status = 'queued' and new.slot_at is not null then
    insert into waiting_texts (message_id, account_id, number, slot_at)
    values (new.id, new.account_id, new.from_address, new.slot_at)
    on conflict (message_id) do update set slot_at = excluded.slot_at;
  else
    delete from waiting_texts where message_id = new.id;
  end if;
  return null;
end $$;
create trigger keep_waiting after update on messages for each row
  when (case when old.status = 'queued' then old.slot_at end is distinct from case when new.status = 'queued' then new.slot_at end)
  execute function keep_waiting_text();

-- Caps ------------------------------------------------------------------------------------------------------------------

-- Carriers charge for segments, so a day's segments are counted beside its texts.
alter table texts_per_day add column segments integer not null default 0;
update texts_per_day set segments = texts;

-- A cap of so many texts lets as many through as before: it becomes the segments that the account's texts of the last 30
-- days had on average, rounded up.
update accounts a set daily_cap = least(1000000, ceil(a.daily_cap * used.average))
from (
  select account_id, greatest(1, avg(segments)) as average from messages
  where direction = 'outbound' and created_at > now() - interval '30 days' group by account_id
) used
where a.id = used.account_id and used.average > 1;

-- What one person gets from programs and people, in segments. A text to a missed call has rules of its own.
alter table accounts add column recipient_hourly_cap integer not null default 60 check (recipient_hourly_cap > 0);
alter table accounts add column recipient_daily_cap integer not null default 200 check (recipient_daily_cap > 0);
