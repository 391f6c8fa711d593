-- Workspaces, who belongs to them in which role, and who has been invited.
create schema workspaces;
grant usage on schema workspaces to renexus_app;

-- A deleted workspace is out of everybody's sight at once and is removed later.
create table workspaces.workspace (
  id         uuid        primary key,
  name       text        not null check (char_length(name) between 1 and 100),
  version    bigint      not null default 1,
  created_by uuid        references accounts.user_account on delete set null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz
);
create index workspace_created_by_index on workspaces.workspace (created_by);
create trigger workspace_stamp before update on workspaces.workspace
  for each row execute function engine.stamp_update();

create table workspaces.membership (
  workspace_id uuid        not null references workspaces.workspace on delete cascade,
  user_id      uuid        not null references accounts.user_account on delete cascade,
  role         text        not null check (role in ('owner', 'admin', 'editor', 'viewer')),
  version      bigint      not null default 1,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  primary key (workspace_id, user_id)
);
create index membership_user_index on workspaces.membership (user_id, workspace_id);
create trigger membership_stamp before update on workspaces.membership
  for each row execute function engine.stamp_update();

-- One open invitation for each address and workspace; inviting again replaces it. Only the hash of its token is kept.
create table workspaces.invitation (
  id           uuid        primary key,
  workspace_id uuid        not null references workspaces.workspace on delete cascade,
  email        text        not null check (char_length(email) between 3 and 254),
  email_key    text        not null,
  role         text        not null check (role in ('owner', 'admin', 'editor', 'viewer')),
  token_hash   bytea       not null constraint invitation_token_key unique check (octet_length(token_hash) = 32),
  invited_by   uuid        references accounts.user_account on delete set null,
  created_at   timestamptz not null,
  expires_at   timestamptz not null,
  accepted_at  timestamptz,
  accepted_by  uuid        references accounts.user_account on delete set null
);
create unique index invitation_open_key on workspaces.invitation (workspace_id, email_key) where accepted_at is null;
create index invitation_workspace_index on workspaces.invitation (workspace_id);
create index invitation_invited_by_index on workspaces.invitation (invited_by);
create index invitation_accepted_by_index on workspaces.invitation (accepted_by);

alter table workspaces.workspace enable row level security;
alter table workspaces.membership enable row level security;
alter table workspaces.invitation enable row level security;
create policy in_workspace on workspaces.workspace using (id = any ((select engine.app_workspaces())::uuid[]));
create policy in_workspace on workspaces.membership using (workspace_id = any ((select engine.app_workspaces())::uuid[]));
create policy in_workspace on workspaces.invitation using (workspace_id = any ((select engine.app_workspaces())::uuid[]));

grant select, insert, update on workspaces.workspace to renexus_app;
grant select, insert, update, delete on workspaces.membership, workspaces.invitation to renexus_app;

-- PL/pgSQL because it keeps its plan; every scoped statement begins with this.
create or replace function engine.workspaces_of(p_user uuid) returns uuid[]
language plpgsql stable security definer set search_path = '' as $$
begin
  return coalesce(
    (select array_agg(m.workspace_id)
     from workspaces.membership m
     join workspaces.workspace w on w.id = m.workspace_id and w.deleted_at is null
     where m.user_id = p_user),
    '{}');
end $$;
revoke execute on function engine.workspaces_of from public;

-- Who belongs where, for the other features. Views run as their owner, so this one repeats the policy.
-- The person is joined from the side: a query that asks for roles alone does not touch it.
create view workspaces.member as
  select m.workspace_id, m.user_id, m.role, m.version, m.created_at, p.name, p.email
  from workspaces.membership m
  join workspaces.workspace w on w.id = m.workspace_id and w.deleted_at is null
  left join accounts.user_account p on p.id = m.user_id
  where m.workspace_id = any ((select engine.app_workspaces())::uuid[]);
grant select on workspaces.member to renexus_app;

-- The one door for somebody who is not a member yet: it takes the token that came by mail.
create function workspaces.invitation_of(p_token_hash bytea) returns table (id uuid, workspace_id uuid)
language sql stable security definer set search_path = '' as $$
  select i.id, i.workspace_id
  from workspaces.invitation i
  join workspaces.workspace w on w.id = i.workspace_id and w.deleted_at is null
  where i.token_hash = p_token_hash
$$;

revoke execute on all functions in schema workspaces from public;
grant execute on all functions in schema workspaces to renexus_app;
