-- Closing an account: it waits until closing_at and is then erased, table by table.

alter table accounts
  -- when everything of it is erased; null: it stays
  add closing_at timestamptz(3),
  add closing_by text references users on delete set null,
  -- since when nobody can come in or take it back: what was under way then ends, and the rows go
  add erasing_since timestamptz(3);

-- With each call that is deleted, its text must be found among those of all accounts.
create index on messages (call_id) where call_id is not null;
-- The one large table that had no index of its account.
create index on notes (account_id, id);
