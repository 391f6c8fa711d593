-- What leaves a workspace as a file (docs/exports.md): archives that a job writes, in pieces, and links that open them for a while.
create schema exports;
grant usage on schema exports to renexus_app, renexus_log;

-- run says whose pieces are the archive: each try of the job writes its own, and the last word of the one that counts sets it.
create table exports.export (
  id           uuid        primary key,
  workspace_id uuid        not null references workspaces.workspace on delete cascade,
  job_id       uuid        not null,
  requested_by uuid        references accounts.user_account on delete set null,
  created_at   timestamptz not null,
  run          uuid,
  bytes        bigint,
  counts       jsonb,
  ready_at     timestamptz,
  expires_at   timestamptz not null,
  removed_at   timestamptz,
  check ((ready_at is null) = (run is null) and (ready_at is null) = (bytes is null) and (ready_at is null) = (counts is null))
);
create index export_workspace_index on exports.export (workspace_id, id);
create index export_requested_by_index on exports.export (requested_by);
create index export_expiry_index on exports.export (expires_at);

create table exports.piece (
  export_id    uuid    not null references exports.export on delete cascade,
  workspace_id uuid    not null,
  run          uuid    not null,
  number       integer not null,
  data         bytea   not null,
  primary key (export_id, run, number)
);
-- It is compressed already.
alter table exports.piece alter column data set storage external;

-- Whoever has the link gets the archive in the name of the person it was made for, while it lasts.
create table exports.link (
  hash         bytea       primary key check (octet_length(hash) = 32),
  export_id    uuid        not null references exports.export on delete cascade,
  workspace_id uuid        not null,
  user_id      uuid        not null references accounts.user_account on delete cascade,
  expires_at   timestamptz not null
);
create index link_export_index on exports.link (export_id);
create index link_user_index on exports.link (user_id);
create index link_expiry_index on exports.link (expires_at);

alter table exports.export enable row level security;
alter table exports.piece enable row level security;
alter table exports.link enable row level security;
create policy in_workspace on exports.export using (workspace_id = any ((select engine.app_workspaces())::uuid[]));
create policy in_workspace on exports.piece using (workspace_id = any ((select engine.app_workspaces())::uuid[]));
create policy in_workspace on exports.link using (workspace_id = any ((select engine.app_workspaces())::uuid[]));
create policy of_log on exports.export to renexus_log using (true);
create policy of_log on exports.piece to renexus_log using (true);
create policy of_log on exports.link to renexus_log using (true);
grant select, insert, update on exports.export to renexus_app;
grant select, insert, delete on exports.piece to renexus_app;
grant insert on exports.link to renexus_app;
grant select, delete on exports.export, exports.piece, exports.link to renexus_log;

-- The one door for whoever has a link and is not known otherwise.
create function exports.link_of(p_hash bytea, p_now timestamptz) returns table (export_id uuid, workspace_id uuid, user_id uuid)
language sql stable security definer set search_path = '' as $$
  select l.export_id, l.workspace_id, l.user_id from exports.link l where l.hash = p_hash and l.expires_at > p_now
$$;
revoke execute on function exports.link_of from public;
grant execute on function exports.link_of to renexus_app;

-- What workspaces are called, for whoever tells of them.
create view workspaces.named as
  select w.id, w.name
  from workspaces.workspace w
  where w.deleted_at is null and w.id = any ((select engine.app_workspaces())::uuid[]);
grant select on workspaces.named to renexus_app;
