-- Second factors, passkeys, fresh proofs of who one is, and API keys.

-- When the person last proved it in this log-in; null while the log-in itself is the only proof.
alter table accounts.session add column proven_at timestamptz;

-- Codes of an authenticator app (RFC 6238). The row is there from the first look at the seed; it counts once it is confirmed.
create table accounts.totp (
  user_id       uuid        primary key references accounts.user_account on delete cascade,
  -- Encrypted, bound to this table, column and person.
  seed          bytea       not null,
  confirmed_at  timestamptz,
  -- The last step of 30 s whose code was taken: no code opens twice, and none from before it.
  last_step     bigint      not null default 0,
  -- Wrong codes in a row. Each try is counted before it is judged, so that many at once are not one.
  failures      integer     not null default 0,
  blocked_until timestamptz,
  -- For the hashes of the recovery codes.
  salt          bytea       not null check (octet_length(salt) = 16),
  created_at    timestamptz not null
);

-- They come with the app's codes and go with them.
create table accounts.recovery_code (
  user_id    uuid        not null references accounts.totp on delete cascade,
  hash       bytea       not null check (octet_length(hash) = 32),
  created_at timestamptz not null,
  used_at    timestamptz,
  primary key (user_id, hash)
);

-- Public keys that authenticators of the person sign with (WebAuthn).
create table accounts.passkey (
  id                 uuid        primary key,
  user_id            uuid        not null references accounts.user_account on delete cascade,
  credential_id      bytea       not null constraint passkey_credential_key unique check (octet_length(credential_id) between 1 and 1023),
  public_key         bytea       not null,
  name               text        not null check (char_length(name) between 1 and 100),
  sign_count         bigint      not null,
  transports         text[]      not null,
  is_user_verified   boolean     not null,
  is_backup_eligible boolean     not null,
  is_backed_up       boolean     not null,
  created_at         timestamptz not null,
  last_used_at       timestamptz
);
create index passkey_user_index on accounts.passkey (user_id, created_at);

-- What an authenticator has been asked to sign; taken out by the first answer. Kept here, so that any node can judge it.
create table accounts.passkey_challenge (
  id         uuid        primary key,
  -- Null before it is known who logs in.
  user_id    uuid        references accounts.user_account on delete cascade,
  purpose    text        not null check (purpose in ('register', 'prove', 'second_factor')),
  state      text        not null,
  expires_at timestamptz not null
);
create index passkey_challenge_user_index on accounts.passkey_challenge (user_id);
create index passkey_challenge_expiry_index on accounts.passkey_challenge (expires_at);

-- Keys of programs. A key has 256 random bits: a fast hash will do.
create table accounts.api_key (
  id           uuid        primary key,
  user_id      uuid        not null references accounts.user_account on delete cascade,
  name         text        not null check (char_length(name) between 1 and 100),
  hash         bytea       not null constraint api_key_hash_key unique check (octet_length(hash) = 32),
  -- Its first characters, by which a person tells one from another.
  prefix       text        not null,
  scopes       text[]      not null check (cardinality(scopes) > 0),
  created_at   timestamptz not null,
  expires_at   timestamptz not null check (expires_at <= created_at + interval '366 days'),
  last_used_at timestamptz,
  revoked_at   timestamptz
);
create index api_key_user_index on accounts.api_key (user_id);
create index api_key_revoked_index on accounts.api_key (revoked_at) where revoked_at is not null;

alter table accounts.totp enable row level security;
alter table accounts.recovery_code enable row level security;
alter table accounts.passkey enable row level security;
alter table accounts.passkey_challenge enable row level security;
alter table accounts.api_key enable row level security;
create policy own_totp on accounts.totp using (user_id = (select engine.app_user()));
create policy own_recovery_codes on accounts.recovery_code using (user_id = (select engine.app_user()));
create policy own_passkeys on accounts.passkey using (user_id = (select engine.app_user()));
-- A challenge of nobody in particular is for whoever holds its id, and worth nothing without an authenticator.
create policy own_challenges on accounts.passkey_challenge using (user_id is null or user_id = (select engine.app_user()));
create policy own_keys on accounts.api_key using (user_id = (select engine.app_user()));

grant select, insert, update, delete on accounts.totp, accounts.recovery_code, accounts.passkey, accounts.passkey_challenge to renexus_app;
grant select, insert, update on accounts.api_key to renexus_app;

-- More doors: each takes something only the right caller has, and answers for that alone.
create function accounts.holder_of_passkey(p_credential_id bytea) returns table (user_id uuid)
language sql stable security definer set search_path = '' as $$
  select p.user_id from accounts.passkey p where p.credential_id = p_credential_id
$$;

create function accounts.caller_by_key(p_hash bytea, p_now timestamptz)
returns table (id uuid, user_id uuid, scopes text[], expires_at timestamptz, last_used_at timestamptz)
language sql stable security definer set search_path = '' as $$
  select k.id, k.user_id, k.scopes, k.expires_at, k.last_used_at
  from accounts.api_key k
  where k.hash = p_hash and k.revoked_at is null and k.expires_at > p_now
$$;

-- Not more than once a minute: when a key was last used is for people to read.
create function accounts.note_use_of_key(p_id uuid, p_now timestamptz) returns void
language sql volatile security definer set search_path = '' as $$
  update accounts.api_key set last_used_at = p_now
  where id = p_id and (last_used_at is null or last_used_at <= p_now - interval '1 minute')
$$;

-- Challenges that nobody answered, a batch at a time.
create function accounts.forget_challenges(p_before timestamptz) returns void
language sql volatile security definer set search_path = '' as $$
  delete from accounts.passkey_challenge c
  where c.id in (select e.id from accounts.passkey_challenge e where e.expires_at < p_before limit 100)
$$;

-- A revoked key ends on all nodes as a log-in does.
create or replace function accounts.ended_since(p_since timestamptz) returns table (session_id uuid)
language sql stable security definer set search_path = '' as $$
  select s.id from accounts.session s where s.ended_at > p_since
  union all
  select k.id from accounts.api_key k where k.revoked_at > p_since
$$;

revoke execute on all functions in schema accounts from public;
grant execute on all functions in schema accounts to renexus_app;
