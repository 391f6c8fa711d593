-- Proving an address, setting a password anew, holding guessers up, and the mails that go with it.
alter table accounts.session drop constraint session_ended_because_check;
alter table accounts.session add constraint session_ended_because_check
  check (ended_because in ('logged_out', 'revoked', 'token_reused', 'password_changed', 'password_reset', 'denied'));

-- An address that a person wants instead of the own one, until it is proven.
create table accounts.email_change (
  user_id    uuid        primary key references accounts.user_account on delete cascade,
  email      text        not null check (char_length(email) between 3 and 254),
  email_key  text        not null,
  created_at timestamptz not null
);

-- A link in a mail: good once, for the address it went to. Only its hash is kept. The newest voids the one before;
-- "this was not me" is about one log-in, so there may be several.
create table accounts.link (
  hash       bytea       primary key check (octet_length(hash) = 32),
  user_id    uuid        not null references accounts.user_account on delete cascade,
  purpose    text        not null check (purpose in ('verify', 'reset', 'deny')),
  email_key  text        not null,
  session_id uuid,
  issued_at  timestamptz not null,
  expires_at timestamptz not null,
  used_at    timestamptz,
  check ((purpose = 'deny') = (session_id is not null))
);
create index link_user_index on accounts.link (user_id);
create unique index link_newest_key on accounts.link (user_id, purpose) where used_at is null and purpose <> 'deny';
create index link_expires_index on accounts.link (expires_at);

-- What somebody has logged in with before: its token lies there, its hash here.
create table accounts.device (
  user_id      uuid        not null references accounts.user_account on delete cascade,
  token_hash   bytea       not null check (octet_length(token_hash) = 32),
  -- The log-in that showed it last.
  session_id   uuid,
  name         text        not null,
  created_at   timestamptz not null,
  last_used_at timestamptz not null,
  primary key (user_id, token_hash)
);
create index device_last_used_index on accounts.device (last_used_at);

-- Every try to log in (AU-5), also at addresses without an account; those have no person.
-- No foreign key: a try costs the same work whether there is an account or not.
create table accounts.login_attempt (
  id              uuid        primary key,
  user_id         uuid,
  email_hash      bytea       not null,
  address         inet,
  device          text        not null,
  is_known_device boolean     not null,
  outcome         text        not null check (outcome in ('opened', 'wrong', 'held', 'second_factor')),
  at              timestamptz not null
);
create index login_attempt_user_index on accounts.login_attempt (user_id, at desc);
create index login_attempt_at_index on accounts.login_attempt (at);

create function accounts.forget_attempts() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  delete from accounts.login_attempt a where a.user_id = old.id;
  return old;
end $$;
create trigger user_account_attempts after delete on accounts.user_account
  for each row execute function accounts.forget_attempts();

-- How often it went wrong lately, by the hash of what is counted: an account from devices it does not know, an account from
-- one that it knows, a network.
create table accounts.throttle (
  key             bytea       primary key check (octet_length(key) = 32),
  failures        integer     not null,
  held_until      timestamptz not null,
  last_failure_at timestamptz not null
);
create index throttle_last_failure_index on accounts.throttle (last_failure_at);

-- Mails that somebody who need not be signed in has asked for, by the hash of whom they were asked for and from where.
create table accounts.mail_request (
  id  uuid        primary key,
  key bytea       not null,
  at  timestamptz not null
);
create index mail_request_key_index on accounts.mail_request (key, at);
create index mail_request_at_index on accounts.mail_request (at);

alter table accounts.email_change enable row level security;
alter table accounts.link enable row level security;
alter table accounts.device enable row level security;
alter table accounts.login_attempt enable row level security;
create policy own_change on accounts.email_change using (user_id = (select engine.app_user()));
create policy own_links on accounts.link using (user_id = (select engine.app_user()));
create policy own_devices on accounts.device using (user_id = (select engine.app_user()));
create policy own_attempts on accounts.login_attempt using (user_id = (select engine.app_user()));

grant select, insert, update, delete on accounts.email_change, accounts.link, accounts.device to renexus_app;
grant select on accounts.login_attempt to renexus_app;

-- The doors.
create function accounts.link_of(p_hash bytea) returns table (user_id uuid, purpose text)
language sql stable security definer set search_path = '' as $$
  select l.user_id, l.purpose from accounts.link l where l.hash = p_hash
$$;

-- What log-in needs to know, in one row whether there is such an account or not.
create function accounts.look_at_log_in(
  p_email_key text, p_device_hash bytea, p_unknown_key bytea, p_device_key bytea, p_network_key bytea)
returns table (id uuid, password_hash text, is_known_device boolean, held_until timestamptz)
language sql stable security definer set search_path = '' as $$
  select a.id, a.password_hash, d.user_id is not null,
         greatest(t.held_until, case when d.user_id is null then n.held_until end)
  from (values (true)) always (there)
  left join accounts.user_account a on a.email_key = p_email_key
  left join accounts.device d on d.user_id = a.id and d.token_hash = p_device_hash
  left join accounts.throttle t on t.key = case when d.user_id is null then p_unknown_key else p_device_key end
  left join accounts.throttle n on n.key = p_network_key
$$;

-- How long a number of failures holds: not at all up to the free ones, then 1, 2, 4 … seconds.
create function accounts.hold_of(p_failures integer, p_free integer, p_longest interval) returns interval
language sql immutable set search_path = '' as $$
  select case when p_failures <= p_free then interval '0'
              else least(p_longest, interval '1 second' * power(2, least(30, p_failures - p_free - 1))) end
$$;

-- One failure more; those before are forgotten one by one. Answers how many there are now.
create function accounts.note_failure(
  p_key bytea, p_free integer, p_longest interval, p_forget interval, p_now timestamptz) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  counted integer;
begin
  insert into accounts.throttle as t (key, failures, held_until, last_failure_at)
  values (p_key, 1, p_now + accounts.hold_of(1, p_free, p_longest), p_now)
  on conflict (key) do update
  set failures = 1 + greatest(0, t.failures - floor(extract(epoch from p_now - t.last_failure_at) / extract(epoch from p_forget))::integer),
      last_failure_at = p_now
  returning t.failures into counted;
  update accounts.throttle t set held_until = p_now + accounts.hold_of(counted, p_free, p_longest) where t.key = p_key;
  return counted;
end $$;

-- A try that was not even looked at moves its hold on, so that hammering never opens the door; it counts for nothing else.
create function accounts.keep_held(p_key bytea, p_free integer, p_longest interval, p_now timestamptz) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  counted integer;
begin
  update accounts.throttle t
  set held_until = greatest(t.held_until, p_now + accounts.hold_of(t.failures, p_free, p_longest))
  where t.key = p_key
  returning t.failures into counted;
  return coalesce(counted, 0);
end $$;

-- A failed try, in one call whatever is wrong with it: counted, or if it was held only kept out, and recorded.
create function accounts.note_failed(
  p_key bytea, p_free integer, p_forget interval, p_network_key bytea, p_network_free integer, p_network_forget interval, p_longest interval,
  p_outcome text, p_id uuid, p_user uuid, p_email_hash bytea, p_address inet, p_device text, p_known boolean, p_now timestamptz) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  counted integer;
begin
  if p_outcome = 'held' then
    counted := accounts.keep_held(p_key, p_free, p_longest, p_now);
    -- Counts for nobody: it is the work that the other branch does, so that the time does not tell them apart.
    perform accounts.note_failure(sha256(p_network_key), p_network_free, p_longest, p_network_forget, p_now);
  else
    counted := accounts.note_failure(p_key, p_free, p_longest, p_forget, p_now);
    perform accounts.note_failure(p_network_key, p_network_free, p_longest, p_network_forget, p_now);
  end if;
  perform accounts.record_attempt(
    p_id, p_user, p_email_hash, p_address, p_device, p_known, p_outcome, p_now);
  return counted;
end $$;

create function accounts.forgive(p_key bytea) returns void
language sql security definer set search_path = '' as $$
  delete from accounts.throttle t where t.key = p_key
$$;

create function accounts.record_attempt(
  p_id uuid, p_user uuid, p_email_hash bytea, p_address inet, p_device text, p_known boolean, p_outcome text, p_now timestamptz) returns void
language sql security definer set search_path = '' as $$
  insert into accounts.login_attempt (id, user_id, email_hash, address, device, is_known_device, outcome, at)
  values (p_id, p_user, p_email_hash, p_address, p_device, p_known, p_outcome, p_now)
$$;

-- Whether one more mail may be asked for: by all the keys, each with its limits for an hour and a day. Askers of one key queue.
create function accounts.may_mail(p_keys bytea[], p_hourly integer[], p_daily integer[], p_now timestamptz) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  allowed boolean;
begin
  perform pg_advisory_xact_lock(6, hashtext(encode(k, 'hex'))) from (select k from unnest(p_keys) k order by k) q;
  select bool_and(l.hourly > (select count(*) from accounts.mail_request r where r.key = l.key and r.at > p_now - interval '1 hour')
              and l.daily > (select count(*) from accounts.mail_request r where r.key = l.key and r.at > p_now - interval '1 day'))
  into allowed
  from unnest(p_keys, p_hourly, p_daily) l (key, hourly, daily);
  if allowed then
    insert into accounts.mail_request (id, key, at) select gen_random_uuid(), k, p_now from unnest(p_keys) k;
  end if;
  return allowed;
end $$;

-- What has had its time, some of each at a call.
create function accounts.prune(
  p_sessions_before timestamptz, p_attempts_before timestamptz, p_devices_before timestamptz, p_now timestamptz, p_limit integer)
returns integer
language plpgsql security definer set search_path = '' as $$
declare
  gone integer;
  total integer := 0;
begin
  delete from accounts.session s where s.id in (
    select o.id from accounts.session o where o.absolute_expires_at < p_sessions_before limit p_limit);
  get diagnostics gone = row_count; total := total + gone;
  delete from accounts.session s where s.id in (
    select o.id from accounts.session o where o.ended_at < p_sessions_before limit p_limit);
  get diagnostics gone = row_count; total := total + gone;
  delete from accounts.link l where l.hash in (
    select o.hash from accounts.link o where o.expires_at < p_now limit p_limit);
  get diagnostics gone = row_count; total := total + gone;
  delete from accounts.login_attempt a where a.id in (
    select o.id from accounts.login_attempt o where o.at < p_attempts_before limit p_limit);
  get diagnostics gone = row_count; total := total + gone;
  delete from accounts.device d where (d.user_id, d.token_hash) in (
    select o.user_id, o.token_hash from accounts.device o where o.last_used_at < p_devices_before limit p_limit);
  get diagnostics gone = row_count; total := total + gone;
  delete from accounts.throttle t where t.key in (
    select o.key from accounts.throttle o where o.last_failure_at < p_now - interval '2 days' limit p_limit);
  get diagnostics gone = row_count; total := total + gone;
  delete from accounts.mail_request r where r.id in (
    select o.id from accounts.mail_request o where o.at < p_now - interval '2 days' limit p_limit);
  get diagnostics gone = row_count; total := total + gone;
  return total;
end $$;
create index session_absolute_index on accounts.session (absolute_expires_at);

revoke execute on all functions in schema accounts from public;
grant execute on all functions in schema accounts to renexus_app;

-- Mails to send, written in the transaction of what they tell of. No secret is in them: what a mail must prove is made when it is sent.
-- The application puts in and sees nothing; the sender works for everybody, as the log reader does.
create schema mail;
grant usage on schema mail to renexus_app, renexus_log;

create table mail.outbox (
  id             uuid        primary key,
  kind           text        not null,
  data           jsonb       not null,
  created_at     timestamptz not null,
  due_at         timestamptz not null,
  -- Also the fence: who claimed it before and came back late has an older number.
  attempts       integer     not null default 0,
  claimed_until  timestamptz,
  -- Set before the mail server hears of it: found again with this set, nobody knows whether it went out, and it is not sent twice.
  handed_over_at timestamptz,
  settled_at     timestamptz,
  outcome        text        check (outcome in ('sent', 'dropped', 'failed', 'unknown')),
  last_error     text,
  check ((settled_at is null) = (outcome is null))
);
create index outbox_due_index on mail.outbox (due_at) where settled_at is null;
create index outbox_settled_index on mail.outbox (settled_at) where settled_at is not null;
grant insert on mail.outbox to renexus_app;
grant select, update, delete on mail.outbox to renexus_log;
