-- Clerk's organizations are workspaces here, and who belongs to them belongs to these (WH-1). What was said last of each organization and membership is kept, as
-- Clerk says it and in whatever order it came; what follows from it is done when all that it takes is known.

-- How far the word on an organization has come. Without a workspace none has been made for it yet, or it was deleted before anything else was heard of it.
-- given_name: what the workspace was last called after it; what people call it here stays until the organization is called something else.
create table workspaces.external_organization (
  issuer       text    not null,
  id           text    not null,
  version      bigint  not null,
  name         text    not null,
  given_name   text,
  is_deleted   boolean not null default false,
  workspace_id uuid    references workspaces.workspace on delete cascade,
  primary key (issuer, id)
);
create index external_organization_workspace_index on workspaces.external_organization (workspace_id);

-- A membership that ended has been heard of to its end: another one of the same person has another id. Organization and person are empty where only its end was
-- heard of. is_done: what it means has been done here; what is changed here afterwards stays until Clerk says something new.
create table workspaces.external_membership (
  issuer       text    not null,
  id           text    not null,
  organization text,
  subject      text,
  version      bigint  not null,
  role         text    check (role in ('owner', 'admin', 'editor', 'viewer')),
  is_deleted   boolean not null,
  is_done      boolean not null default false,
  primary key (issuer, id)
);
create index external_membership_organization_index on workspaces.external_membership (issuer, organization, subject);
create index external_membership_subject_index on workspaces.external_membership (issuer, subject) where not is_done;

-- Whose account a person of the provider has. Whoever was deleted there belongs nowhere any more.
create table workspaces.external_person (
  issuer     text    not null,
  subject    text    not null,
  user_id    uuid    references accounts.user_account on delete cascade,
  is_deleted boolean not null default false,
  primary key (issuer, subject)
);
create index external_person_user_index on workspaces.external_person (user_id);

-- It is of many workspaces and of people who may not be here yet: the functions below are the way to it, and nobody else reads it.
alter table workspaces.external_organization enable row level security;
alter table workspaces.external_person enable row level security;
create policy in_workspace on workspaces.external_organization using (workspace_id = any ((select engine.app_workspaces())::uuid[]));
create policy of_own on workspaces.external_person using (user_id = (select engine.app_user()));

-- Takes the word on an organization, unless it is late.
create function workspaces.hear_of_organization(p_issuer text, p_id text, p_version bigint, p_name text, p_is_deleted boolean) returns void
language plpgsql security definer set search_path = '' as $$
begin
  insert into workspaces.external_organization as o (issuer, id, version, name, is_deleted) values (p_issuer, p_id, p_version, p_name, p_is_deleted)
  on conflict (issuer, id) do update
  set version = excluded.version, is_deleted = excluded.is_deleted, name = case when excluded.is_deleted then o.name else excluded.name end
  where not o.is_deleted and (excluded.is_deleted or o.version < excluded.version);
end $$;

-- Takes the word on a membership, unless it is late. Answers of which organization it is, as far as anybody has said so.
create function workspaces.hear_of_membership(
  p_issuer text, p_id text, p_organization text, p_subject text, p_version bigint, p_role text, p_is_deleted boolean) returns text
language plpgsql security definer set search_path = '' as $$
begin
  insert into workspaces.external_membership as m (issuer, id, organization, subject, version, role, is_deleted)
  values (p_issuer, p_id, p_organization, p_subject, p_version, p_role, p_is_deleted)
  on conflict (issuer, id) do update
  set organization = coalesce(excluded.organization, m.organization), subject = coalesce(excluded.subject, m.subject), version = excluded.version,
      role = coalesce(excluded.role, m.role), is_deleted = excluded.is_deleted, is_done = false
  where not m.is_deleted and (excluded.is_deleted or m.version < excluded.version);
  return (select m.organization from workspaces.external_membership m where m.issuer = p_issuer and m.id = p_id);
end $$;

-- Takes who somebody is. Answers in which organizations there is something to be done about that.
create function workspaces.hear_of_person(p_issuer text, p_subject text, p_user uuid, p_is_deleted boolean) returns table (organization text)
language plpgsql security definer set search_path = '' as $$
begin
  insert into workspaces.external_person as p (issuer, subject, user_id, is_deleted) values (p_issuer, p_subject, p_user, p_is_deleted)
  on conflict (issuer, subject) do update
  set user_id = coalesce(excluded.user_id, p.user_id), is_deleted = p.is_deleted or excluded.is_deleted;
  if p_is_deleted then
    update workspaces.external_membership m set is_done = false where m.issuer = p_issuer and m.subject = p_subject and not m.is_deleted;
  end if;
  return query
  select distinct m.organization from workspaces.external_membership m
  where m.issuer = p_issuer and m.subject = p_subject and m.organization is not null and not m.is_done order by 1;
end $$;

-- The organization itself, locked: what follows from what is known of one is done by one at a time.
create function workspaces.lock_organization(p_issuer text, p_id text) returns table (name text, given_name text, is_deleted boolean, workspace_id uuid)
language sql volatile security definer set search_path = '' as $$
  select o.name, o.given_name, o.is_deleted, o.workspace_id from workspaces.external_organization o where o.issuer = p_issuer and o.id = p_id for update
$$;

create function workspaces.give_to_organization(p_issuer text, p_id text, p_workspace uuid, p_name text) returns void
language sql volatile security definer set search_path = '' as $$
  update workspaces.external_organization o set workspace_id = p_workspace, given_name = p_name where o.issuer = p_issuer and o.id = p_id
$$;

-- What is to be done about an organization's people whose accounts are known, in one order; from now on it counts as done. Without a role: they belong no more.
create function workspaces.take_memberships(p_issuer text, p_organization text) returns table (user_id uuid, role text)
language sql volatile security definer set search_path = '' as $$
  with news as (
    update workspaces.external_membership m set is_done = true
    from workspaces.external_person p
    where m.issuer = p_issuer and m.organization = p_organization and not m.is_done and p.issuer = m.issuer and p.subject = m.subject and p.user_id is not null
    returning m.subject, p.user_id, p.is_deleted
  )
  select distinct n.user_id,
         (select l.role from workspaces.external_membership l
          where l.issuer = p_issuer and l.organization = p_organization and l.subject = n.subject and not l.is_deleted and not n.is_deleted
          order by l.version desc, l.id desc limit 1)
  from news n
  order by n.user_id
$$;

-- How far the word on a person has come, now with the address that the account has from the provider.
alter table accounts.external_profile add column email_key text;

-- Gives an account the address that its provider has proven, as long as it has none of its own: it came from there, opens nothing by a password and is no
-- operator's, and the new one is nobody else's. Answers the one it had.
create function accounts.follow_external_email(p_issuer text, p_subject text, p_email text, p_email_key text, p_now timestamptz) returns table (before text)
language plpgsql security definer set search_path = '' as $$
declare
  v_account record;
begin
  select a.id, a.email, a.email_key, e.email_key as given, a.password_hash is null and not a.is_operator as may_follow into v_account
  from accounts.external_identity i
  join accounts.user_account a on a.id = i.user_id and a.deleted_at is null
  join accounts.external_profile e on e.issuer = i.issuer and e.subject = i.subject
  where i.issuer = p_issuer and i.subject = p_subject
  for no key update of a;
  if v_account.id is null then
    return;
  end if;
  if v_account.email_key = p_email_key then
    update accounts.external_profile e set email_key = p_email_key where e.issuer = p_issuer and e.subject = p_subject;
    return;
  end if;
  -- Nobody can be mailed at the one that stands in for an address.
  if not v_account.may_follow or v_account.email_key is distinct from v_account.given and v_account.email_key not like '%@external.invalid' then
    return;
  end if;
  begin
    update accounts.user_account a set email = p_email, email_key = p_email_key, email_verified_at = p_now, version = a.version + 1, updated_at = p_now
    where a.id = v_account.id;
  exception when unique_violation then
    return;
  end;
  update accounts.external_profile e set email_key = p_email_key where e.issuer = p_issuer and e.subject = p_subject;
  return query select v_account.email;
end $$;

create function accounts.user_of_external(p_issuer text, p_subject text) returns uuid
language sql stable security definer set search_path = '' as $$
  select i.user_id from accounts.external_identity i where i.issuer = p_issuer and i.subject = p_subject
$$;

-- Whose log-in here is one of the provider's that ended there. Its tokens open nothing from now on, also when it was never seen here.
create function accounts.end_external_session(p_key bytea, p_now timestamptz) returns table (user_id uuid, session_id uuid)
language plpgsql security definer set search_path = '' as $$
begin
  insert into accounts.ended_external_session as e (key, ended_at) values (p_key, p_now)
  on conflict (key) do nothing;
  return query
  select s.user_id, s.id from accounts.external_session x join accounts.session s on s.id = x.session_id where x.key = p_key and s.ended_at is null;
end $$;

revoke execute on function workspaces.hear_of_organization, workspaces.hear_of_membership, workspaces.hear_of_person, workspaces.lock_organization,
  workspaces.give_to_organization, workspaces.take_memberships, accounts.follow_external_email, accounts.user_of_external, accounts.end_external_session from public;
grant execute on function workspaces.hear_of_organization, workspaces.hear_of_membership, workspaces.hear_of_person, workspaces.lock_organization,
  workspaces.give_to_organization, workspaces.take_memberships, accounts.follow_external_email, accounts.user_of_external, accounts.end_external_session to renexus_app;
