-- What content items ask of others: threads of comments, the end of the trash, and what a person wrote in them.

-- A thread of a comment is in no list of threads, and goes with the item for good.
-- (No foreign key: items refer to threads, and the rows of a workspace are removed in the order of their keys.)
alter table threads.thread add column content_id uuid;
create index thread_content_index on threads.thread (content_id) where content_id is not null;
create or replace view threads.visible as
  select t.id, t.workspace_id, t.title, t.is_archived, t.is_private, t.version, t.created_by, t.created_at, t.updated_at, t.deleted_at,
         m.user_id as viewer_id, m.role, m.created_at as member_since, t.content_id
  from threads.thread t
  join workspaces.member m on m.workspace_id = t.workspace_id
  where t.deleted_at is null
    and (not t.is_private or exists (select from threads.participant p where p.thread_id = t.id and p.user_id = m.user_id));

-- With an item that is removed for good.
create function threads.remove_attached(p_content uuid) returns void
language sql security definer set search_path = '' as $$
  delete from threads.thread t where t.content_id = p_content and t.workspace_id = any ((select engine.app_workspaces())::uuid[])
$$;

-- What has been in the trash since before a time, of all workspaces; it is then removed within its own.
create function content.expired(p_before timestamptz, p_limit integer) returns table (id uuid, workspace_id uuid)
language sql stable security definer set search_path = '' as $$
  select i.id, i.workspace_id from content.item i where i.deleted_at < p_before order by i.deleted_at limit p_limit
$$;

-- A person's own, also where the person is no member any more (OR-4).
create index revision_author_place_index on content.revision (author_id, item_id, n);
drop index content.revision_author_index;
create function content.own_revisions(p_item uuid, p_n bigint, p_limit integer)
returns table (item_id uuid, n bigint, title text, created_at timestamptz, changed text[], updates text)
language sql stable security definer set search_path = '' as $$
  select r.item_id, r.n, i.title, r.created_at, r.changed, r.updates
  from content.revision r
  join content.item i on i.id = r.item_id
  where r.author_id = (select engine.app_user()) and (r.item_id, r.n) > (p_item, p_n)
  order by r.item_id, r.n
  limit p_limit
$$;
revoke execute on function threads.remove_attached, content.expired, content.own_revisions from public;
grant execute on function threads.remove_attached, content.expired, content.own_revisions to renexus_app;
