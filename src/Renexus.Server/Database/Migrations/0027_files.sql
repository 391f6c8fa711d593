-- Files that people upload (docs/files.md): what is known of them. Their bytes lie in a folder or an object store, under the workspace's id and storage_key.
create schema files;
grant usage on schema files to renexus_app, renexus_log;

-- Without ready_at its bytes are on their way, until expires_at. size counts from the first moment on: it is reserved.
create table files.file (
  id           uuid        primary key,
  workspace_id uuid        not null references workspaces.workspace on delete cascade,
  thread_id    uuid        references threads.thread on delete cascade, -- its readers alone see it
  created_by   uuid        references accounts.user_account on delete set null,
  name         text        not null check (char_length(name) between 1 and 255),
  size         bigint      not null check (size >= 0),
  type         text        not null,
  sha256       bytea       check (octet_length(sha256) = 32),           -- promised, then proven
  storage_key  uuid        not null,
  created_at   timestamptz not null,
  expires_at   timestamptz,
  ready_at     timestamptz,
  check ((ready_at is null) = (expires_at is not null)),
  check (ready_at is null or sha256 is not null)
);
create index file_workspace_index on files.file (workspace_id, id) include (size);
create index file_thread_index on files.file (thread_id);
create index file_created_by_index on files.file (created_by, id) include (size);
create index file_pending_index on files.file (expires_at) where ready_at is null;

-- Bytes that no row leads to any more; a job removes them. Nobody's: only their place is known.
create table files.garbage (
  storage_key  uuid        primary key,
  folder       uuid        not null,
  since        timestamptz not null
);

alter table files.file enable row level security;
create policy in_workspace on files.file using (workspace_id = any ((select engine.app_workspaces())::uuid[]));
create policy of_log on files.file to renexus_log using (true);
grant select, insert, update, delete on files.file to renexus_app;
grant select, delete on files.file, files.garbage to renexus_log;

-- However a row goes, by hand or with its workspace, its bytes follow.
create function files.leave_garbage() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into files.garbage (storage_key, folder, since) values (old.storage_key, old.workspace_id, now()) on conflict do nothing;
  return null;
end $$;
create trigger file_garbage after delete on files.file for each row execute function files.leave_garbage();

-- What a person sees: files that are ready, and those that the person is uploading.
create view files.visible as
  select m.user_id as viewer_id, m.role, f.*
  from files.file f
  join workspaces.member m on m.workspace_id = f.workspace_id
  where (f.ready_at is not null or f.created_by = m.user_id)
    and (f.thread_id is null or exists (select from threads.visible v where v.id = f.thread_id and v.viewer_id = m.user_id));
grant select on files.visible to renexus_app;

-- For the other features: what messages and content may refer to.
create view files.ready as
  select f.id, f.workspace_id, f.thread_id, f.created_by, f.name, f.size, f.type, f.created_at
  from files.file f
  where f.ready_at is not null and f.workspace_id = any ((select engine.app_workspaces())::uuid[]);
grant select on files.ready to renexus_app;

-- How much a workspace and a person have taken, everywhere. Whoever asks holds both until the transaction ends, so that what is reserved after it is reserved once.
create function files.used(p_workspace uuid, p_user uuid) returns table (of_workspace bigint, of_person bigint)
language plpgsql security definer set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('files.workspace:' || p_workspace, 0));
  perform pg_advisory_xact_lock(hashtextextended('files.person:' || p_user, 0));
  return query select
    (select coalesce(sum(f.size), 0)::bigint from files.file f where f.workspace_id = p_workspace),
    (select coalesce(sum(f.size), 0)::bigint from files.file f where f.created_by = p_user);
end $$;

-- Removes, a batch at a time, uploads that ran out or lost their person, and files of threads that are gone.
create function files.forget(p_now timestamptz, p_batch integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_count integer;
begin
  delete from files.file f
  where f.id = any (array(
    select x.id from files.file x where x.ready_at is null and (x.expires_at <= p_now or x.created_by is null)
    union
    select x.id from files.file x join threads.thread t on t.id = x.thread_id where t.deleted_at is not null
    limit p_batch));
  get diagnostics v_count = row_count;
  return v_count;
end $$;

-- What a person uploaded, also where the person is no member any more: it is the person's own (OR-4).
create function files.own_files(p_after uuid, p_limit integer)
returns table (id uuid, workspace_id uuid, name text, size bigint, type text, created_at timestamptz)
language sql stable security definer set search_path = '' as $$
  select f.id, f.workspace_id, f.name, f.size, f.type, f.created_at
  from files.file f
  where f.created_by = (select engine.app_user()) and f.id > p_after and f.ready_at is not null
  order by f.id
  limit p_limit
$$;

revoke execute on all functions in schema files from public;
grant execute on function files.used, files.own_files to renexus_app;
grant execute on function files.forget to renexus_log;
