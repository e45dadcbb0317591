-- Live changes, told for each statement and not for each row: calls that end together are written by one statement,
-- and a notification for each of their rows was a quarter of PostgreSQL's work for a call. A notification is now a list.

create function announce_all() returns trigger language plpgsql as $$
declare
  what text := tg_table_name;
  gone boolean := tg_op = 'DELETE';
begin
  -- "insert … on conflict do update" comes here for both, and changed nothing of one of them.
  if not exists (select from changed) then return null; end if;
  -- 40 changes of 150 bytes: a notification holds less than 8,000.
  if what = 'contacts' then
    perform pg_notify('textback', json_agg(json_build_object(
      'account', account_id, 'what', what, 'id', id, 'contact', id, 'deleted', gone))::text)
    from (select *, row_number() over () / 40 as part from changed) c group by part;
  else
    perform pg_notify('textback', json_agg(json_build_object(
      'account', account_id, 'what', what, 'id', id, 'contact', contact_id, 'deleted', gone))::text)
    from (select *, row_number() over () / 40 as part from changed) c group by part;
  end if;
  return null;
end $$;

do $$
declare t text;
begin
  foreach t in array array['contacts', 'leads', 'conversations', 'calls', 'messages', 'events']
  loop
    execute format('drop trigger announce on %I', t);
    execute format('create trigger announce_new after insert on %I referencing new table as changed
      for each statement execute function announce_all()', t);
    execute format('create trigger announce_changed after update on %I referencing new table as changed
      for each statement execute function announce_all()', t);
    execute format('create trigger announce_gone after delete on %I referencing old table as changed
      for each statement execute function announce_all()', t);
  end loop;
end $$;

-- The rest changes rarely, and stays with one notification for each row.
create or replace function announce() returns trigger language plpgsql as $$
declare
  r record;
  row_id text;
  contact text;
begin
  if tg_op = 'DELETE' then r := old; else r := new; end if;
  if tg_table_name = 'numbers' then row_id := r.number; else row_id := r.id; end if;
  if tg_table_name not in ('numbers', 'carriers') then contact := r.contact_id; end if;
  perform pg_notify('textback', json_build_array(json_build_object(
    'account', r.account_id, 'what', tg_table_name, 'id', row_id, 'contact', contact, 'deleted', tg_op = 'DELETE'))::text);
  return null;
end $$;

-- A line's next free moment moves with each text, and nobody looks at it.
drop trigger announce on numbers;
create trigger announce after insert or delete on numbers for each row execute function announce();
create trigger announce_changed after update on numbers for each row
  when (old.free_at is not distinct from new.free_at) execute function announce();
