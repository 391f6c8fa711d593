-- People, their log-ins, and the tokens that keep a log-in alive.
-- Row security is not forced on the owner: the views and the functions below are the owner's, and are the only doors
-- to rows of people who have not been identified yet (log-in by email, refresh by token). The application never runs as the owner.
create schema accounts;
grant usage on schema accounts to renexus_app;

create table accounts.user_account (
  id                uuid        primary key,
  email             text        not null check (char_length(email) between 3 and 254),
  -- The address as it is compared: lower case, one spelling for each character.
  email_key         text        not null constraint user_account_email_key unique,
  email_verified_at timestamptz,
  name              text        not null check (char_length(name) between 1 and 100),
  -- Null for people who only come through an identity provider.
  password_hash     text,
  is_operator       boolean     not null default false,
  version           bigint      not null default 1,
  created_at        timestamptz not null,
  updated_at        timestamptz not null
);
create trigger user_account_stamp before update on accounts.user_account
  for each row execute function engine.stamp_update();

-- The one seat of the installation's first person: whoever inserts the row is the operator, and two who
-- register at once queue on its key. It outlives the account, so that nobody takes the seat later.
create table accounts.installation (
  only_row   boolean     primary key default true check (only_row),
  founder_id uuid        not null,
  founded_at timestamptz not null
);

create table accounts.preferences (
  user_id    uuid        primary key references accounts.user_account on delete cascade,
  -- json keeps what was written, numbers of any size too; nobody looks inside.
  data       json        not null check (json_typeof(data) = 'object'),
  version    bigint      not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create trigger preferences_stamp before update on accounts.preferences
  for each row execute function engine.stamp_update();

-- A log-in: the family of refresh tokens that descend from one proof of identity (AU-2, AU-4).
create table accounts.session (
  id                  uuid        primary key,
  user_id             uuid        not null references accounts.user_account on delete cascade,
  device              text        not null,
  user_agent          text        not null,
  address             inet,
  created_at          timestamptz not null,
  last_used_at        timestamptz not null,
  -- Idle limit: moves with each refresh. Hard limit: never moves.
  expires_at          timestamptz not null,
  absolute_expires_at timestamptz not null,
  ended_at            timestamptz,
  ended_because       text        check (ended_because in ('logged_out', 'revoked', 'token_reused', 'password_changed')),
  check ((ended_at is null) = (ended_because is null)),
  unique (id, user_id)
);
create index session_user_index on accounts.session (user_id, last_used_at desc);
create index session_ended_index on accounts.session (ended_at) where ended_at is not null;

-- Only the hash of a token is kept. Its successor is derived from the token itself and the seed drawn at its use,
-- so that a repeated answer needs no secret here, and neither table nor token alone tells the successor.
create table accounts.refresh_token (
  hash       bytea       primary key check (octet_length(hash) = 32),
  session_id uuid        not null,
  user_id    uuid        not null,
  parent     bytea,
  issued_at  timestamptz not null,
  expires_at timestamptz not null,
  used_at    timestamptz,
  seed       bytea,
  successor  bytea,
  check ((used_at is null) = (seed is null) and (used_at is null) = (successor is null)),
  foreign key (session_id, user_id) references accounts.session (id, user_id) on delete cascade
);
create index refresh_token_session_index on accounts.refresh_token (session_id);

-- What access tokens are signed with; several live at once while one takes over from another.
create table accounts.signing_key (
  kid        text        primary key,
  secret     bytea       not null check (octet_length(secret) >= 32),
  created_at timestamptz not null,
  retires_at timestamptz not null
);

alter table accounts.user_account enable row level security;
alter table accounts.preferences enable row level security;
alter table accounts.session enable row level security;
alter table accounts.refresh_token enable row level security;
create policy own_account on accounts.user_account using (id = (select engine.app_user()));
create policy own_preferences on accounts.preferences using (user_id = (select engine.app_user()));
create policy own_sessions on accounts.session using (user_id = (select engine.app_user()));
create policy own_tokens on accounts.refresh_token using (user_id = (select engine.app_user()));

grant select, insert, update on accounts.user_account, accounts.preferences, accounts.session, accounts.refresh_token to renexus_app;
grant select, insert on accounts.installation to renexus_app;
grant select, insert, delete on accounts.signing_key to renexus_app;

-- What everybody may know of a person whose id they hold.
create view accounts.person as select id, name from accounts.user_account;
grant select on accounts.person to renexus_app;

-- The doors: each takes something only the right caller has, and answers for that alone.
create function accounts.credential_of(p_email_key text) returns table (id uuid, password_hash text)
language sql stable security definer set search_path = '' as $$
  select a.id, a.password_hash from accounts.user_account a where a.email_key = p_email_key
$$;

create function accounts.person_by_email(p_email_key text) returns table (id uuid, name text, email text)
language sql stable security definer set search_path = '' as $$
  select a.id, a.name, a.email from accounts.user_account a where a.email_key = p_email_key
$$;

create function accounts.holder_of(p_token_hash bytea) returns table (user_id uuid, session_id uuid)
language sql stable security definer set search_path = '' as $$
  select t.user_id, t.session_id from accounts.refresh_token t where t.hash = p_token_hash
$$;

create function accounts.ended_since(p_since timestamptz) returns table (session_id uuid)
language sql stable security definer set search_path = '' as $$
  select s.id from accounts.session s where s.ended_at > p_since
$$;

revoke execute on all functions in schema accounts from public;
grant execute on all functions in schema accounts to renexus_app;
