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

-- An erased contact is looked for in the events that name a phone. (Under a policy no index of `data` could be used.)
create index events_naming_phones on events (account_id, id)
  where type in ('list.added', 'list.removed', 'opt_out.added', 'opt_out.removed', 'contact.merged');
