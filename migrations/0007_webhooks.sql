-- Webhooks out: who listens to which events, and what became of each event that was sent.

create table webhooks (
  id uuid primary key,
  account_id text not null,
  url text not null,
  description text not null default '',
  -- the types that it listens to; empty: all
  events text[] not null default '{}',
  -- sealed; see src/store/secrets.ts
  secret bytea not null,
  -- what signed before the last rotation, and still signs beside `secret` until then
  previous_secret bytea,
  previous_signs_until timestamptz(3),
  enabled boolean not null default true,
  disabled_at timestamptz(3),
  -- 'switched_off', 'gone' (it answered 410) or 'failing'
  disabled_why text,
  -- since when nothing was delivered; null while things are
  failing_since timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
-- Every event that is written asks it.
create index webhooks_listening on webhooks (account_id) where enabled;

create table webhook_deliveries (
  id uuid primary key,
  account_id text not null,
  webhook_id uuid not null references webhooks on delete cascade,
  -- with the event of an erased contact go the copies of it
  event_id uuid not null references events on delete cascade,
  event_type text not null,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
  attempts integer not null default 0,
  attempted_at timestamptz(3),
  -- null while an attempt is under way, and when there is none to come
  next_attempt_at timestamptz(3),
  -- the body, the same bytes at every attempt
  payload text not null,
  -- of the last attempt
  status integer,
  answer text,
  latency_ms integer,
  error text,
  delivered_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  constraint one_delivery_per_event unique (webhook_id, event_id)
);
create index on webhook_deliveries (webhook_id, id desc);
create index on webhook_deliveries (webhook_id, id desc) where state = 'delivered';
create index on webhook_deliveries (event_id);
-- They are kept for 30 days.
create index on webhook_deliveries (created_at);

do $$
declare t text;
begin
  foreach t in array array['webhooks', 'webhook_deliveries']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format($p$create policy own_account on %I using (account_id = current_setting('textback.account', true)
      or current_setting('textback.account', true) = '*')$p$, t);
  end loop;
end $$;

-- Live changes ----------------------------------------------------------------------------------------------------------

create function announce_webhook() returns trigger language plpgsql as $$
declare r record;
begin
  if tg_op = 'DELETE' then r := old; else r := new; end if;
  perform pg_notify('textback', json_build_array(json_build_object(
    'account', r.account_id, 'what', tg_table_name, 'id', r.id, 'contact', null, 'deleted', tg_op = 'DELETE'))::text);
  return null;
end $$;
create trigger announce after insert or update or delete on webhooks for each row execute function announce_webhook();
-- Nobody watches how what is 30 days old goes.
create trigger announce after insert or update on webhook_deliveries for each row execute function announce_webhook();

-- The audit log ---------------------------------------------------------------------------------------------------------

-- What people and their programs did; and what was switched off for them, which they must learn.
drop index events_by_people;
create index events_audited on events (account_id, id desc)
  where actor like 'user:%' or actor like 'key:%' or type = 'webhook.disabled';
