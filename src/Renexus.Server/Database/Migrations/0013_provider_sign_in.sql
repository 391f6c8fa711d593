-- Signing in by a provider's own page (AU-8): the same rules of whose account it is, without a log-in of the provider's behind it. And connecting
-- an account one is signed in to.

-- Whose account somebody from a provider gets. The caller holds the lock of issuer and subject.
create function accounts.person_of_external(
  p_issuer text, p_subject text, p_email text, p_email_key text, p_placeholder text, p_name text, p_may_admit boolean, p_may_link boolean,
  p_keeps_passwords boolean, p_user uuid, p_now timestamptz, out outcome text, out user_id uuid)
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
begin
  select 'known', i.user_id into outcome, user_id from accounts.external_identity i where i.issuer = p_issuer and i.subject = p_subject;
  if user_id is not null then
    return;
  end if;

  -- An account is given to somebody else's word only if both have proven the address, and the account has no lock that this would go around.
  if p_may_link and p_email_key is not null then
    select 'linked', a.id into outcome, user_id
    from accounts.user_account a
    where a.email_key = p_email_key and a.email_verified_at is not null and not a.is_operator
      and not (p_keeps_passwords and a.password_hash is not null)
      and not exists (select from accounts.totp t where t.user_id = a.id and t.confirmed_at is not null)
      and not exists (select from accounts.passkey k where k.user_id = a.id)
      and not exists (select from accounts.external_identity o where o.user_id = a.id and o.issuer = p_issuer)
    for update;
  end if;

  if user_id is null and p_keeps_passwords and exists (select from accounts.user_account a where a.email_key = p_email_key) then
    outcome := 'taken';
    return;
  end if;
  if user_id is null and not p_may_admit then
    outcome := 'unknown';
    return;
  end if;

  if user_id is null then
    -- An address that is taken stays with whoever has it.
    outcome := 'created';
    user_id := p_user;
    insert into accounts.user_account (id, email, email_key, email_verified_at, name, created_at, updated_at)
    select p_user, p_email, p_email_key, p_now, p_name, p_now, p_now where p_email_key is not null
    on conflict (email_key) do nothing;
    if not found then
      insert into accounts.user_account (id, email, email_key, name, created_at, updated_at)
      values (p_user, p_placeholder, p_placeholder, p_name, p_now, p_now);
    end if;
  end if;

  insert into accounts.external_identity (issuer, subject, user_id, created_at) values (p_issuer, p_subject, user_id, p_now);
end $$;

-- As before, with the account found by the function above.
create or replace function accounts.admit_external(
  p_issuer text, p_subject text, p_key bytea, p_has_id boolean, p_issued_at timestamptz, p_proven_at timestamptz,
  p_email text, p_email_key text, p_placeholder text, p_name text, p_may_admit boolean, p_may_link boolean,
  p_user uuid, p_session uuid, p_device text, p_user_agent text, p_address inet, p_expires_at timestamptz, p_now timestamptz)
returns table (outcome text, user_id uuid, session_id uuid, is_new_session boolean)
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
declare
  v_outcome text;
  v_user    uuid;
  v_session uuid;
begin
  perform pg_advisory_xact_lock(8, hashtext(p_issuer || E'\n' || p_subject));
  if accounts.is_ended_external(p_key, p_has_id, p_issued_at) then
    return query select 'ended', null::uuid, null::uuid, false;
    return;
  end if;

  select p.outcome, p.user_id into v_outcome, v_user
  from accounts.person_of_external(p_issuer, p_subject, p_email, p_email_key, p_placeholder, p_name, p_may_admit, p_may_link, false, p_user, p_now) p;
  if v_user is null then
    return query select v_outcome, null::uuid, null::uuid, false;
    return;
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

-- Somebody who came back from a provider's page. Accounts with a password are never given away here: their owner connects them.
create function accounts.sign_in_external(
  p_issuer text, p_subject text, p_email text, p_email_key text, p_placeholder text, p_name text, p_may_admit boolean, p_may_link boolean,
  p_user uuid, p_now timestamptz)
returns table (outcome text, user_id uuid)
language plpgsql security definer set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(8, hashtext(p_issuer || E'\n' || p_subject));
  return query
  select p.outcome, p.user_id
  from accounts.person_of_external(p_issuer, p_subject, p_email, p_email_key, p_placeholder, p_name, p_may_admit, p_may_link, true, p_user, p_now) p;
end $$;

-- The person one is at a provider, for the account one is signed in to: both proven at the same moment, by the same browser.
create function accounts.connect_external(p_issuer text, p_subject text, p_user uuid, p_now timestamptz, out outcome text)
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid;
begin
  if p_user <> engine.app_user() then
    raise exception 'An account is connected by its owner' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(8, hashtext(p_issuer || E'\n' || p_subject));
  perform from accounts.user_account a where a.id = p_user for update;
  select i.user_id into v_user from accounts.external_identity i where i.issuer = p_issuer and i.subject = p_subject;
  outcome := case
    when v_user = p_user then 'known'
    when v_user is not null then 'taken'
    when exists (select from accounts.external_identity i where i.user_id = p_user and i.issuer = p_issuer) then 'another'
    else 'connected' end;
  if outcome = 'connected' then
    insert into accounts.external_identity (issuer, subject, user_id, created_at) values (p_issuer, p_subject, p_user, p_now);
  end if;
end $$;

revoke execute on function accounts.person_of_external from public;
revoke execute on function accounts.sign_in_external from public;
revoke execute on function accounts.connect_external from public;
grant execute on function accounts.sign_in_external, accounts.connect_external to renexus_app;
