-- The phones that a call rings, each a leg of its own; the caller's own leg is the call itself.

create table call_legs (
  id uuid primary key,
  account_id text not null,
  call_id uuid not null references calls on delete cascade deferrable initially deferred,
  address text not null,
  state text not null default 'ringing' check (state in ('ringing', 'answered', 'ended')),
  why text,
  rang_at timestamptz(3) not null,
  answered_at timestamptz(3),
  ended_at timestamptz(3),
  constraint one_leg_per_target unique (call_id, address)
);
alter table call_legs enable row level security;
alter table call_legs force row level security;
create policy own_account on call_legs using (account_id = current_setting('textback.account', true)
  or current_setting('textback.account', true) = '*');
