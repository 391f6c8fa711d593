-- Content items are found by their words (TH-5): title, labels and text. The index follows the text as it was last written as a whole, some seconds
-- behind the keys (docs/decisions/0011).

-- What a viewer may find, and what of it is shown.
create view content.searchable as
  select v.id, v.workspace_id, v.kind, v.title, v.text as body, v.created_by as author_id, v.version, v.created_at, v.viewer_id
  from content.visible v;
grant select on content.searchable to renexus_app;

-- What the index is made of; document is the version that the text belongs to.
create view content.text as
  select i.id, i.workspace_id, i.title, i.labels, i.text as body, i.text_document as document, i.updated_at
  from content.item i
  where i.deleted_at is null;

-- A message of a comment is found as long as the item is there.
create or replace view threads.searchable as
  select m.id, m.workspace_id, m.thread_id, m.author_id, m.body, m.version, m.created_at, v.title, v.viewer_id, v.content_id
  from threads.message m
  join threads.visible v on v.id = m.thread_id
  where m.deleted_at is null;

-- With what the words were made of, by which it is seen that they are those of before. What is in the trash keeps its words.
create table search.content (
  content_id   uuid     primary key references content.item on delete cascade,
  workspace_id uuid     not null,
  title        text     not null,
  labels       text[]   not null,
  document     bigint   not null,
  words        tsvector not null
);
create index content_words_index on search.content using gin (words);
alter table search.content enable row level security;
create policy in_workspace on search.content using (workspace_id = any ((select engine.app_workspaces())::uuid[]));

-- As search.indexed.
create view search.indexed_content as
  select s.content_id, s.words from search.content s where s.workspace_id = any ((select engine.app_workspaces())::uuid[]);
grant select on search.indexed_content to renexus_app;

-- The words of an item: those of its title count most, then its labels. What has more words than one value can hold, which no language has, is found by its beginning.
create function search.words_of_content(p_workspace uuid, p_title text, p_labels text[], p_body text) returns tsvector
language plpgsql immutable parallel safe as $$
declare
  v_named tsvector := setweight(search.words(p_workspace, p_title), 'A') || setweight(search.words(p_workspace, array_to_string(p_labels, ' ')), 'B');
begin
  return v_named || search.words(p_workspace, p_body);
exception when program_limit_exceeded then
  return v_named || search.words(p_workspace, left(p_body, 150000));
end $$;

-- The items whose words are not those of what was written: among the last changed of these workspaces, or, when none are given, among all. That compares
-- all of them: an idle minute's work, not a second's.
create function search.behind_content(p_workspaces uuid[], p_limit integer) returns setof uuid
language plpgsql stable security definer set search_path = '' as $$
begin
  if p_workspaces is null then
    return query
    select i.id
    from content.text i
    left join search.content s on s.content_id = i.id
    where (s.document, s.title, s.labels) is distinct from (i.document, i.title, i.labels)
    limit p_limit;
  else
    return query
    select i.id
    from unnest(p_workspaces) w (id)
    cross join lateral (select c.id, c.document, c.title, c.labels from content.text c where c.workspace_id = w.id order by c.updated_at desc, c.id desc limit p_limit) i
    left join search.content s on s.content_id = i.id
    where (s.document, s.title, s.labels) is distinct from (i.document, i.title, i.labels);
  end if;
end $$;
revoke execute on function search.behind_content from public;
grant execute on function search.behind_content to renexus_app;

-- Brings items up to what is written of them; false when another node is doing so. One at a time does it.
create function search.follow_content(p_items uuid[]) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
begin
  if not pg_try_advisory_xact_lock(7, 2) then
    return false;
  end if;
  insert into search.content as s (content_id, workspace_id, title, labels, document, words)
  select i.id, i.workspace_id, i.title, i.labels, i.document, search.words_of_content(i.workspace_id, i.title, i.labels, i.body)
  from content.text i
  left join search.content k on k.content_id = i.id
  where i.id = any (p_items) and (k.document, k.title, k.labels) is distinct from (i.document, i.title, i.labels)
  on conflict (content_id) do update set title = excluded.title, labels = excluded.labels, document = excluded.document, words = excluded.words;
  return true;
end $$;
revoke execute on function search.follow_content from public;
grant execute on function search.follow_content to renexus_app;
