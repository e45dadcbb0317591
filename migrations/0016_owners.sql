-- An account that has had an owner keeps one. Two who leave at the same moment each see the other one: the check is made
-- at the end of a transaction, and the lock lets the second wait for the first. An account that is erased loses all.
create function keep_an_owner() returns trigger language plpgsql as $$
begin
  perform from accounts where id = old.account_id and erasing_since is null for update;
  if found and not exists (select from members where account_id = old.account_id and role = 'owner') then
    raise exception 'The business % would be left without an owner.', old.account_id
      using errcode = 'check_violation', constraint = 'members_owner', table = 'members';
  end if;
  return null;
end
$$;
create constraint trigger members_owner after delete or update on members
  deferrable initially deferred for each row when (old.role = 'owner') execute function keep_an_owner();
