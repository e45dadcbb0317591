-- What an API key may do, until when it works, and its change to a new secret.

alter table api_keys
  -- those that exist may do everything, as they always could
  add scope text not null default 'admin' check (scope in ('read', 'send', 'admin')),
  add expires_at timestamptz(3),
  -- the secret before the last rolling, and until when it works beside the new one
  add previous_hash bytea unique,
  add previous_works_until timestamptz(3),
  add previous_used_at timestamptz(3),
  -- the secret that the provisioning file gave: the same line again does not bring a rolled secret back
  add provisioned_hash bytea;
alter table api_keys alter scope drop default;

-- A contact that is erased is found in events that name no contact but its phone.
create index events_by_phone on events (account_id, (data ->> 'phone')) where data ? 'phone';
