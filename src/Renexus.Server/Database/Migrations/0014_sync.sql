-- The transaction that appended a change. With it a moment, which is a snapshot of transactions, tells over all channels at once what was
-- committed after it (CH14); within a channel that is always its last so many changes, since who appends holds the channel's row until the end.
alter table engine.change add column tx xid8 not null default pg_current_xact_id();

-- The epoch that channels begin with, known before their first change (CH10). As a constant it costs an append nothing; a
-- restore replaces it.
do $$
begin
  execute format('create function engine.epoch() returns bigint language sql immutable parallel safe as ''select %s::bigint''',
    (extract(epoch from clock_timestamp()) * 1000)::bigint);
end $$;
grant execute on function engine.epoch to renexus_app, renexus_log;
alter table engine.channel alter column epoch set default engine.epoch();

-- As before, but for the epoch of a person's channel that has not spoken yet.
create or replace function engine.open_sessions(
  p_id uuid[], p_user uuid[], p_resume uuid[], p_connection bigint[],
  p_node uuid, p_limit integer, p_now timestamptz, p_window interval, p_lease interval, p_user_kind smallint)
returns table (ord bigint, session_id uuid, is_granted boolean, is_resumed boolean,
               previous_node uuid, previous_connection bigint, user_version bigint, user_epoch bigint)
language plpgsql as $$
begin
  perform pg_advisory_xact_lock(5, hashtext(u.id::text)) from (select distinct t.id from unnest(p_user) t (id) order by 1) u;
  return query
  with item as (
    select * from unnest(p_id, p_user, p_resume, p_connection) with ordinality as t (id, user_id, resume, connection, ord)
  ), held as (
    select i.ord, s.id, s.node_id, s.connection
    from item i
    join engine.session s on s.id = i.resume and s.user_id = i.user_id
    left join engine.node n on n.id = s.node_id
    where coalesce(n.seen_at, s.seen_at) > p_now - p_window
  ), judged as (
    select i.*, h.id as held_id, h.node_id as held_node, h.connection as held_connection,
           p_limit = 0 or p_limit > (
             select count(*) from engine.session s
             join engine.node n on n.id = s.node_id and n.seen_at > p_now - p_lease
             where s.user_id = i.user_id and s.id <> i.id and s.id is distinct from h.id) as granted
    from item i left join held h on h.ord = i.ord
  ), opened as (
    insert into engine.session (id, user_id, node_id, connection, connected_at, seen_at)
    select coalesce(j.held_id, j.id), j.user_id, p_node, j.connection, p_now, p_now from judged j where j.granted
    on conflict (id) do update
      set node_id = excluded.node_id, connection = excluded.connection, connected_at = excluded.connected_at, seen_at = excluded.seen_at
  )
  select j.ord, coalesce(j.held_id, j.id), j.granted, j.granted and j.held_id is not null,
         -- A repeated call finds what it opened itself: that is not an older connection.
         case when j.held_connection <> j.connection then j.held_node end,
         case when j.held_connection <> j.connection then j.held_connection end,
         coalesce(c.version, 0), coalesce(c.epoch, engine.epoch())
  from judged j
  left join engine.channel c on c.kind = p_user_kind and c.id = j.user_id
  order by j.ord;
end $$;

-- The earlier states of a resource, to merge against. Messages are found by their place.
create index change_resource_index on engine.change (resource_id, version) where resource <> 'message';

-- What became of operations that came by sync, so that one that comes again is answered as the first time (SY).
create schema sync;
grant usage on schema sync to renexus_app;

create table sync.operation (
  user_id    uuid        not null references accounts.user_account on delete cascade,
  id         text        not null,
  answer     text,
  created_at timestamptz not null,
  primary key (user_id, id)
);
create index operation_created_index on sync.operation (created_at);
alter table sync.operation enable row level security;
create policy own_operations on sync.operation using (user_id = (select engine.app_user()));
grant select, insert, update, delete on sync.operation to renexus_app;

-- Old ones are removed for everybody at once, a batch at a time.
create function sync.forget_operations(p_before timestamptz, p_limit integer) returns integer
language sql volatile security definer set search_path = '' as $$
  with old as (
    select o.user_id, o.id from sync.operation o where o.created_at < p_before order by o.created_at limit p_limit for update skip locked
  ), gone as (
    delete from sync.operation o using old where o.user_id = old.user_id and o.id = old.id returning 1
  )
  select count(*)::integer from gone
$$;
revoke execute on function sync.forget_operations from public;
grant execute on function sync.forget_operations to renexus_app;
