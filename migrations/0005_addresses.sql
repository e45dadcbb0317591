-- A contact is reached at several addresses, opt-outs and knowledge belong to an address, and the trade's words:
-- a connection (to a carrier, or a PBX), a failure.

-- Words ---------------------------------------------------------------------------------------------------------------

alter table carriers rename to connections;
alter table connections rename column trouble to failure;
-- Which kinds there are is known to the registry of vendors.
alter table connections drop constraint carriers_kind_check;
alter table numbers rename column carrier to connection_id;
alter table numbers rename column texts_through to texts_connection_id;
alter table calls rename column carrier to connection_id;
alter table messages rename column carrier to connection_id;
alter table messages rename column trouble to failure;
alter table messages rename column from_phone to from_address;
alter table messages rename column to_phone to to_address;

select set_config('textback.account', '*', true);
update numbers set configured = jsonb_set(configured, '{steps}', coalesce((
    select jsonb_agg(step - 'trouble' - 'carrier' || jsonb_build_object('failure', step->'trouble', 'connectionId', step->'carrier') order by n)
    from jsonb_array_elements(configured->'steps') with ordinality as steps (step, n)), '[]'))
where configured is not null;

-- Addresses -----------------------------------------------------------------------------------------------------------

create table contact_addresses (
  account_id text not null,
  contact_id uuid not null references contacts on delete cascade,
  -- what the address is: today a phone, which calls and texts share
  kind text not null default 'phone' check (kind ~ '^[a-z][a-z_]{0,19}$'),
  address text not null check (kind <> 'phone' or address ~ '^(\+[1-9][0-9]{6,14}|[0-9]{3,6})$'),
  label text not null default '',
  -- 0 is the primary one of its kind
  position smallint not null default 0 check (position >= 0),
  -- what was learned of a phone: a landline gets no texts
  line_type text,
  line_type_source text,
  line_type_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  constraint one_contact_per_address primary key (account_id, kind, address),
  -- deferrable, so that one statement may change the order
  constraint one_address_per_position unique (contact_id, kind, position) deferrable initially immediate
);
alter table contact_addresses enable row level security;
alter table contact_addresses force row level security;
create policy own_account on contact_addresses using (account_id = current_setting('textback.account', true)
  or current_setting('textback.account', true) = '*');

insert into contact_addresses (account_id, contact_id, kind, address, line_type, line_type_source, line_type_at, created_at)
select account_id, id, 'phone', phone, line_type, line_type_source, line_type_at, created_at from contacts where phone is not null;

alter table opt_outs rename column phone to address;
alter table opt_outs add column kind text not null default 'phone';
alter table opt_outs drop constraint opt_outs_pkey;
alter table opt_outs add primary key (account_id, kind, address);

alter table listed_phones rename to listed_addresses;
alter table listed_addresses rename column phone to address;
alter table listed_addresses add column kind text not null default 'phone';
alter table listed_addresses drop constraint listed_phones_pkey;
alter table listed_addresses add primary key (account_id, list, kind, address);

-- A conversation replies through a channel, from an address of ours to one of theirs.
alter table conversations rename column number to our_address;
alter table conversations add column channel text not null default 'sms';
alter table conversations add column their_address text;
-- the wait that a STOP ended, so that a START brings it back
alter table conversations add column waited_since timestamptz(3);
update conversations v set their_address = a.address
from contact_addresses a where a.contact_id = v.contact_id and a.kind = 'phone' and a.position = 0;

-- After how many days a closed lead's person who texts again gets a new lead: 0 is at once, null never.
alter table accounts add column new_lead_after_days integer default 0 check (new_lead_after_days >= 0);

-- Search by any phone of a contact --------------------------------------------------------------------------------------

create function contact_search_words(contact contacts) returns tsvector language sql stable as $$
  select array_to_tsvector(array['@' || contact.account_id]) || to_tsvector('simple', plain_words(concat_ws(' ',
    contact.name, contact.email, (select string_agg(case kind when 'phone' then concat_ws(' ',
      substr(address, 2), right(address, 10), right(address, 7), right(address, 4)) else address end, ' ')
    from contact_addresses where contact_id = contact.id))))
$$;

create or replace function keep_contact_words() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    delete from contact_words where contact_id = old.id;
    return null;
  end if;
  -- A contact that a call or a text makes has no words yet; those of its phone come with the address.
  if tg_op = 'INSERT' and new.name is null and new.email is null then return null; end if;
  if tg_op = 'UPDATE' and (new.name, new.email) is not distinct from (old.name, old.email) then return null; end if;
  insert into contact_words (contact_id, words) values (new.id, contact_search_words(new))
  on conflict (contact_id) do update set words = excluded.words;
  return null;
end $$;

create function keep_address_words() returns trigger language plpgsql as $$
begin
  insert into contact_words (contact_id, words)
  select c.id, contact_search_words(c) from contacts c
  where c.id in (case when tg_op <> 'DELETE' then new.contact_id end, case when tg_op <> 'INSERT' then old.contact_id end)
  on conflict (contact_id) do update set words = excluded.words;
  return null;
end $$;
create trigger keep_words after insert or delete or update of address, contact_id on contact_addresses
  for each row execute function keep_address_words();

alter table contacts drop column phone, drop column line_type, drop column line_type_source, drop column line_type_at;

-- Who did it: a person, an API key, a carrier, and one day an automation or an agent. The audit log shows the first two.
drop index events_account_id_id_idx1;
create index events_by_people on events (account_id, id desc) where actor like 'user:%' or actor like 'key:%';

-- Live changes ----------------------------------------------------------------------------------------------------------

create or replace function announce() returns trigger language plpgsql as $$
declare
  r record;
  row_id text;
  contact text;
begin
  if tg_op = 'DELETE' then r := old; else r := new; end if;
  if tg_table_name = 'numbers' then row_id := r.number; else row_id := r.id; end if;
  if tg_table_name not in ('numbers', 'connections') then contact := r.contact_id; end if;
  perform pg_notify('textback', json_build_array(json_build_object(
    'account', r.account_id, 'what', tg_table_name, 'id', row_id, 'contact', contact, 'deleted', tg_op = 'DELETE'))::text);
  return null;
end $$;

-- What a call makes is written by several statements that leave together; which of them comes first is no matter.
do $$
declare c record;
begin
  for c in
    select conrelid::regclass as tab, conname from pg_constraint
    where contype = 'f' and connamespace = 'textback'::regnamespace
      and conrelid::regclass::text in ('leads', 'conversations', 'messages', 'calls', 'events', 'contact_addresses')
      and confrelid::regclass::text in ('contacts', 'conversations', 'calls')
  loop
    execute format('alter table %s alter constraint %I deferrable initially deferred', c.tab, c.conname);
  end loop;
end $$;

-- A queued check goes by another name now, and is made anew at the next start.
do $$ begin
  if to_regclass('graphile_worker._private_jobs') is not null then
    delete from graphile_worker._private_jobs where task_id in
      (select id from graphile_worker._private_tasks where identifier = 'check-carrier');
  end if;
end $$;
