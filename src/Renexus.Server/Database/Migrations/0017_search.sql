-- Full-text search over messages (TH-5). The index follows the log a moment behind it: written with each message it would
-- cost more than the message itself (docs/decisions/0011).

-- What the index is made of.
create view threads.text as
  select m.id, m.thread_id, m.workspace_id, m.version, m.body, m.deleted_at from threads.message m;

-- What a viewer may find, and what of it is shown. Like threads.visible it is bound to the workspaces of the transaction.
create view threads.searchable as
  select m.id, m.workspace_id, m.thread_id, m.author_id, m.body, m.version, m.created_at, v.title, v.viewer_id
  from threads.message m
  join threads.visible v on v.id = m.thread_id
  where m.deleted_at is null;
grant select on threads.searchable to renexus_app;

create schema search;
grant usage on schema search to renexus_app;

create table search.message (
  message_id   uuid     primary key references threads.message on delete cascade,
  workspace_id uuid     not null,
  words        tsvector not null
);
create index message_words_index on search.message using gin (words);

-- Up to which version of a thread's channel its messages are in the index.
create table search.followed (
  thread_id    uuid        primary key references threads.thread on delete cascade,
  workspace_id uuid        not null,
  version      bigint      not null,
  at           timestamptz not null
);

alter table search.message enable row level security;
alter table search.followed enable row level security;
create policy in_workspace on search.message using (workspace_id = any ((select engine.app_workspaces())::uuid[]));
create policy in_workspace on search.followed using (workspace_id = any ((select engine.app_workspaces())::uuid[]));

-- Read through a view alone: under row-level security a search operator may not look into the index before the policy has been asked for each row.
create view search.indexed as
  select s.message_id, s.words from search.message s where s.workspace_id = any ((select engine.app_workspaces())::uuid[]);
grant select on search.indexed to renexus_app;

-- The words of a text as they are indexed: as they are written, in lower case, in any language. Signs of languages that are written without
-- spaces are words of their own; a run of them is looked for as a phrase. The workspace is a word too: the index finds what is
-- both in it and in the text, instead of everything that anybody ever wrote with that word.
create function search.words(p_workspace uuid, p_text text) returns tsvector
language sql immutable parallel safe as $$
  select array_to_tsvector(array['in:' || p_workspace::text]) || to_tsvector(
    'simple'::regconfig,
    case when p_text ~ '[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]'
      then regexp_replace(p_text, '([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])', ' \1 ', 'g') else p_text end)
$$;

-- The threads that the index is behind in, those that have waited longest first. It compares all of them: an idle minute's work, not a second's.
create function search.behind(p_limit integer) returns setof uuid
language sql stable security definer set search_path = '' as $$
  select t.id
  from engine.channel c
  join threads.thread t on t.id = c.id
  left join search.followed f on f.thread_id = c.id
  where c.kind = 3 and c.version > coalesce(f.version, 0)
  order by f.at nulls first
  limit p_limit
$$;
revoke execute on function search.behind from public;
grant execute on function search.behind to renexus_app;

-- Brings threads up to the log, each by at most so many versions; answers those that are still behind. One node at a time does it; to the
-- others all are still behind. Messages are found by their place, edits and deletions in the log.
create function search.follow(p_threads uuid[], p_versions integer) returns setof uuid
language plpgsql volatile security definer set search_path = '' as $$
begin
  if not pg_try_advisory_xact_lock(7, 1) then
    return query select unnest(p_threads);
    return;
  end if;
  return query
  with behind as materialized (
    select t.id, t.workspace_id, coalesce(f.version, 0) as after, c.version as head, least(c.version, coalesce(f.version, 0) + p_versions) as until
    from (select distinct w.id from unnest(p_threads) w (id)) w
    join engine.channel c on c.kind = 3 and c.id = w.id
    join threads.thread t on t.id = c.id
    left join search.followed f on f.thread_id = c.id
    where c.version > coalesce(f.version, 0)
  ), moved as materialized (
    select m.* from behind b
    join threads.text m on m.thread_id = b.id and m.version > b.after and m.version <= b.until
    union all
    select distinct on (m.id) m.* from behind b
    join engine.change x on x.kind = 3 and x.channel_id = b.id and x.version > b.after and x.version <= b.until and x.resource = 'message' and x.op <> 1
    join threads.text m on m.id = x.resource_id and m.version <= b.after
  ), gone as (
    delete from search.message s using moved m where s.message_id = m.id and m.deleted_at is not null
  ), stored as (
    insert into search.message as s (message_id, workspace_id, words)
    select m.id, m.workspace_id, search.words(m.workspace_id, m.body) from moved m where m.deleted_at is null
    on conflict (message_id) do update set words = excluded.words
  ), noted as (
    insert into search.followed as f (thread_id, workspace_id, version, at)
    select b.id, b.workspace_id, b.until, clock_timestamp() from behind b
    on conflict (thread_id) do update set version = excluded.version, at = excluded.at
  )
  select b.id from behind b where b.until < b.head;
end $$;
revoke execute on function search.follow from public;
grant execute on function search.follow to renexus_app;
