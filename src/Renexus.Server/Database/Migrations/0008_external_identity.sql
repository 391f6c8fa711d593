-- People who come from an identity provider (AU-8): who they are there, and which of the provider's log-ins is which of ours.
create table accounts.external_identity (
  issuer     text        not null check (char_length(issuer) <= 2048),
  subject    text        not null check (char_length(subject) between 1 and 255),
  user_id    uuid        not null references accounts.user_account on delete cascade,
  created_at timestamptz not null,
  primary key (issuer, subject)
);
create index external_identity_user_index on accounts.external_identity (user_id);

-- The key is a hash of issuer, subject and the provider's id of the log-in; where it tells none, a person has one log-in.
create table accounts.external_session (
  key        bytea       primary key check (octet_length(key) = 32),
  session_id uuid        not null,
  user_id    uuid        not null,
  foreign key (session_id, user_id) references accounts.session (id, user_id) on delete cascade
);
create index external_session_session_index on accounts.external_session (session_id);

-- Log-ins of providers that were ended here. Their tokens go on being good at the provider, so this outlives the session and the account.
create table accounts.ended_external_session (
  key      bytea       primary key,
  ended_at timestamptz not null
);
create index ended_external_session_at_index on accounts.ended_external_session (ended_at);

alter table accounts.external_identity enable row level security;
alter table accounts.external_session enable row level security;
create policy own_identities on accounts.external_identity using (user_id = (select engine.app_user()));
create policy own_external_sessions on accounts.external_session using (user_id = (select engine.app_user()));
grant select, delete on accounts.external_identity to renexus_app;
grant select on accounts.external_session to renexus_app;

-- However a log-in ends, from the list, with the account or by an administrator's hand, the provider's tokens for it are done.
-- One whose time was over anyway has not been ended by anybody.
create function accounts.remember_ended_external() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  ended timestamptz := case when tg_op = 'UPDATE' then new.ended_at else now() end;
begin
  insert into accounts.ended_external_session as e (key, ended_at)
  select x.key, ended from accounts.external_session x where x.session_id = old.id
  on conflict (key) do update set ended_at = greatest(e.ended_at, excluded.ended_at);
  delete from accounts.ended_external_session e where e.key in (
    select o.key from accounts.ended_external_session o where o.ended_at < ended - interval '400 days' limit 10);
  return case when tg_op = 'UPDATE' then new else old end;
end $$;
create trigger session_ended_external after update of ended_at on accounts.session
  for each row when (old.ended_at is null and new.ended_at is not null) execute function accounts.remember_ended_external();
create trigger session_removed_external before delete on accounts.session
  for each row when (old.ended_at is null and old.absolute_expires_at > now()) execute function accounts.remember_ended_external();

-- Whether a provider's log-in was ended here: for good where it has an id, else for the tokens that were issued before.
create function accounts.is_ended_external(p_key bytea, p_has_id boolean, p_issued_at timestamptz) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from accounts.ended_external_session e
    where e.key = p_key and (p_has_id or p_issued_at is null or p_issued_at <= e.ended_at))
$$;

-- Whose token this is, and that it is in use. The ids are null while person or log-in are not known here.
create function accounts.enter_external(
  p_issuer text, p_subject text, p_key bytea, p_has_id boolean, p_issued_at timestamptz, p_proven_at timestamptz, p_address inet,
  p_expires_at timestamptz, p_now timestamptz)
returns table (is_ended boolean, user_id uuid, session_id uuid)
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
begin
  update accounts.session s
  set last_used_at = p_now, expires_at = p_expires_at, absolute_expires_at = p_expires_at, address = coalesce(p_address, s.address),
      proven_at = greatest(s.proven_at, p_proven_at)
  from accounts.external_session x
  where x.key = p_key and s.id = x.session_id and s.ended_at is null
    and (s.last_used_at < p_now - interval '1 minute' or s.proven_at < p_proven_at);
  return query
  select accounts.is_ended_external(p_key, p_has_id, p_issued_at), i.user_id, s.id
  from (values (true)) always (there)
  left join accounts.external_identity i on i.issuer = p_issuer and i.subject = p_subject
  left join accounts.external_session x on x.key = p_key and x.user_id = i.user_id
  left join accounts.session s on s.id = x.session_id and s.ended_at is null;
end $$;

-- Lets somebody in for the first time, or with a new log-in. Whoever comes at the same moment queues and finds what was made.
-- Nobody becomes operator this way: the founder's seat is not taken, and no operator's account is given away.
create function accounts.admit_external(
  p_issuer text, p_subject text, p_key bytea, p_has_id boolean, p_issued_at timestamptz, p_proven_at timestamptz,
  p_email text, p_email_key text, p_placeholder text, p_name text, p_may_admit boolean, p_may_link boolean,
  p_user uuid, p_session uuid, p_device text, p_user_agent text, p_address inet, p_expires_at timestamptz, p_now timestamptz)
returns table (outcome text, user_id uuid, session_id uuid, is_new_session boolean)
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
declare
  v_outcome text := 'known';
  v_user    uuid;
  v_session uuid;
begin
  perform pg_advisory_xact_lock(8, hashtext(p_issuer || E'\n' || p_subject));
  if accounts.is_ended_external(p_key, p_has_id, p_issued_at) then
    return query select 'ended', null::uuid, null::uuid, false;
    return;
  end if;

  select i.user_id into v_user from accounts.external_identity i where i.issuer = p_issuer and i.subject = p_subject;

  -- An account is given to somebody else's word only if both have proven the address, and the account has no lock that this would go around.
  if v_user is null and p_may_link and p_email_key is not null then
    select a.id into v_user
    from accounts.user_account a
    where a.email_key = p_email_key and a.email_verified_at is not null and not a.is_operator
      and not exists (select from accounts.totp t where t.user_id = a.id and t.confirmed_at is not null)
      and not exists (select from accounts.passkey k where k.user_id = a.id)
      and not exists (select from accounts.external_identity o where o.user_id = a.id and o.issuer = p_issuer)
    for update;
    if v_user is not null then
      v_outcome := 'linked';
    end if;
  end if;

  if v_user is null then
    if not p_may_admit then
      return query select 'unknown', null::uuid, null::uuid, false;
      return;
    end if;
    -- An address that is taken stays with whoever has it.
    v_user := p_user;
    v_outcome := 'created';
    insert into accounts.user_account (id, email, email_key, email_verified_at, name, created_at, updated_at)
    select p_user, p_email, p_email_key, p_now, p_name, p_now, p_now where p_email_key is not null
    on conflict (email_key) do nothing;
    if not found then
      insert into accounts.user_account (id, email, email_key, name, created_at, updated_at)
      values (p_user, p_placeholder, p_placeholder, p_name, p_now, p_now);
    end if;
  end if;

  if v_outcome <> 'known' then
    insert into accounts.external_identity (issuer, subject, user_id, created_at) values (p_issuer, p_subject, v_user, p_now);
  end if;

  select s.id into v_session
  from accounts.external_session x join accounts.session s on s.id = x.session_id
  where x.key = p_key and x.user_id = v_user and s.ended_at is null;
  if v_session is not null then
    return query select v_outcome, v_user, v_session, false;
    return;
  end if;

  -- What the provider has not proven lately is not proven: coming here is no proof.
  insert into accounts.session
    (id, user_id, device, user_agent, address, created_at, last_used_at, expires_at, absolute_expires_at, proven_at)
  values (p_session, v_user, p_device, p_user_agent, p_address, p_now, p_now, p_expires_at, p_expires_at, coalesce(p_proven_at, 'epoch'));
  insert into accounts.external_session as x (key, session_id, user_id) values (p_key, p_session, v_user)
  on conflict (key) do update set session_id = excluded.session_id, user_id = excluded.user_id;
  return query select v_outcome, v_user, p_session, true;
end $$;

revoke execute on function accounts.remember_ended_external from public;
revoke execute on function accounts.is_ended_external from public;
revoke execute on function accounts.enter_external from public;
revoke execute on function accounts.admit_external from public;
grant execute on function accounts.enter_external, accounts.admit_external to renexus_app;
