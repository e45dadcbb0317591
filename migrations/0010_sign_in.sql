-- Proven addresses, slowed guesses, and the second factor.

-- The roles are ours alone. Others gave nobody more than a member's rights, so that is what they become.
update members set role = 'member' where role not in ('owner', 'member');
update invitations set role = 'member', status = case status when 'pending' then 'canceled' else status end
where role is null or role not in ('owner', 'member');
alter table members add constraint members_role check (role in ('owner', 'member'));
alter table invitations alter role set not null, add constraint invitations_role check (role in ('owner', 'member'));

-- A link in a mail, which proves that its reader owns the address. It waits for a day. Of somebody new it holds the
-- sign-up, and the user is made when it is opened: nobody can occupy an address that is not theirs.
create table address_proofs (
  token_hash bytea primary key,
  email text not null,
  -- who is here already and has not proven the address yet
  user_id text references users on delete cascade,
  name text,
  -- as in sign_in_methods
  password text,
  -- the business to open; null: they join one that is there
  business text,
  expires_at timestamptz(3) not null,
  check ((user_id is null) = (name is not null) and (user_id is null) = (password is not null))
);
create index on address_proofs (email);
create index on address_proofs (user_id);

-- How often something was tried: guesses, and mail to one address. Here, so that all processes count together and a
-- restart forgets nothing. A key names an address or a user by a keyed hash.
create table attempts (
  key text primary key,
  count integer not null,
  -- the beginning of the window of a budget; else the last attempt
  at timestamptz(3) not null,
  blocked_until timestamptz(3) not null
);
create index on attempts (at);

-- better-auth's shape under our names; secret and codes are encrypted with a key that is not in the database
create table two_factors (
  id text primary key,
  user_id text not null unique references users on delete cascade,
  secret text not null,
  backup_codes text not null,
  verified boolean not null default false,
  failed_verification_count integer not null default 0,
  locked_until timestamptz(3)
);
alter table users add two_factor_enabled boolean not null default false;

-- an owner requires a second factor of everybody in the account
alter table accounts add requires_second_factor boolean not null default false;

-- Only hashes of tokens are kept. Whoever is signed in stays so; links from mails that were not opened yet end.
update sessions set token = encode(sha256(convert_to(token, 'UTF8')), 'hex');
delete from verifications;
