-- Since when the viewer belongs to the workspace: what was said before is not unread to whoever never read it.
create or replace view threads.visible as
  select t.id, t.workspace_id, t.title, t.is_archived, t.is_private, t.version, t.created_by, t.created_at, t.updated_at, t.deleted_at,
         m.user_id as viewer_id, m.role, m.created_at as member_since
  from threads.thread t
  join workspaces.member m on m.workspace_id = t.workspace_id
  where t.deleted_at is null
    and (not t.is_private or exists (select from threads.participant p where p.thread_id = t.id and p.user_id = m.user_id));

-- Where threads belong, for the system that tells their workspaces that they moved. Nothing else is told here: what the
-- workspaces hold is then read within them.
create function threads.workspaces_of(p_threads uuid[]) returns table (thread_id uuid, workspace_id uuid)
language sql stable security definer set search_path = '' as $$
  select t.id, t.workspace_id from threads.thread t where t.id = any (p_threads) and t.deleted_at is null
$$;
revoke execute on function threads.workspaces_of from public;
grant execute on function threads.workspaces_of to renexus_app;
