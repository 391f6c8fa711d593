-- Smaller pictures of pictures (docs/files.md): what is known of them. Their bytes lie beside the file's own and go with them.
alter table files.file
  add column width         integer     check (width > 0),
  add column height        integer     check (height > 0),
  add column pictures      jsonb,                      -- [{slot,width,height,size}], from the smallest on; written as a whole
  add column pictures_size bigint      not null default 0 check (pictures_size >= 0),
  add column pictured_at   timestamptz;                -- when it was looked at, whatever came of it

drop index files.file_workspace_index;
drop index files.file_created_by_index;
create index file_workspace_index on files.file (workspace_id, id) include (size, pictures_size);
create index file_created_by_index on files.file (created_by, id) include (size, pictures_size);
create index file_not_pictured_index on files.file (id)
  where ready_at is not null and pictured_at is null and type in ('image/png', 'image/jpeg', 'image/webp', 'image/avif', 'image/gif');

create or replace view files.visible as
  select m.user_id as viewer_id, m.role, f.*
  from files.file f
  join workspaces.member m on m.workspace_id = f.workspace_id
  where (f.ready_at is not null or f.created_by = m.user_id)
    and (f.thread_id is null or exists (select from threads.visible v where v.id = f.thread_id and v.viewer_id = m.user_id));

create or replace view files.ready as
  select f.id, f.workspace_id, f.thread_id, f.created_by, f.name, f.size, f.type, f.created_at, f.width, f.height, f.pictures
  from files.file f
  where f.ready_at is not null and f.workspace_id = any ((select engine.app_workspaces())::uuid[]);

-- What is made of a file takes room as well, of the same workspace and person.
create or replace function files.used(p_workspace uuid, p_user uuid) returns table (of_workspace bigint, of_person bigint)
language plpgsql security definer set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('files.workspace:' || p_workspace, 0));
  perform pg_advisory_xact_lock(hashtextextended('files.person:' || p_user, 0));
  return query select
    (select coalesce(sum(f.size + f.pictures_size), 0)::bigint from files.file f where f.workspace_id = p_workspace),
    (select coalesce(sum(f.size + f.pictures_size), 0)::bigint from files.file f where f.created_by = p_user);
end $$;
