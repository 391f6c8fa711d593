-- The change log: one row for each channel with its version, one row for each change at its version.
-- The rules are docs/spec/changes.md; row-level security is the second wall (each statement names its own authorization).
create schema engine;
grant usage on schema engine to renexus_app, renexus_log;

-- The workspaces a person belongs to. The workspaces migration re-creates it over its own table.
create function engine.workspaces_of(p_user uuid) returns uuid[]
language sql stable as $$ select '{}'::uuid[] $$;

-- What row-level security lets this transaction see: a person with the person's workspaces, or just the given workspaces.
create function engine.enter(p_user uuid, p_workspaces uuid[]) returns void
language plpgsql as $$
begin
  perform set_config('app.user', coalesce(p_user::text, ''), true);
  perform set_config('app.workspaces', coalesce(p_workspaces, engine.workspaces_of(p_user))::text, true);
end $$;

create function engine.app_user() returns uuid
language sql stable parallel safe as $$ select nullif(current_setting('app.user', true), '')::uuid $$;

create function engine.app_workspaces() returns uuid[]
language sql stable parallel safe as $$ select coalesce(nullif(current_setting('app.workspaces', true), ''), '{}')::uuid[] $$;

-- DB-1: what the application stamps with its own clock stays; whatever else changes a row is stamped here.
create function engine.stamp_update() returns trigger
language plpgsql as $$
begin
  if new.updated_at is not distinct from old.updated_at then
    new.updated_at := now();
  end if;
  return new;
end $$;

-- One row for each channel that ever spoke. The row's lock makes commit order equal version order (CH1).
-- The epoch changes only when versions start over, as after a restore. Half-full pages keep the updates in place (HOT).
create table engine.channel (
  kind         smallint    not null,
  id           uuid        not null,
  version      bigint      not null,
  epoch        bigint      not null default (extract(epoch from clock_timestamp()) * 1000)::bigint,
  workspace_id uuid,
  primary key (kind, id)
) with (fillfactor = 60);

-- data is JSON as it goes over the wire. It is text because it is written once and handed on unread;
-- whoever wants to look inside writes data::jsonb.
create table engine.change (
  kind         smallint    not null,
  channel_id   uuid        not null,
  version      bigint      not null,
  workspace_id uuid,
  op           smallint    not null,
  resource     text        not null,
  resource_id  uuid        not null,
  actor        uuid,
  cause        text,
  data         text        not null,
  at           timestamptz not null,
  primary key (kind, channel_id, version)
);

-- A request's id is the idempotency key of its write: found here, it is answered from here (CH6).
create unique index change_cause_key on engine.change (actor, cause, kind, channel_id) where cause is not null;
-- Retention removes what is older than its time in batches (CH9).
create index change_at_index on engine.change using brin (at);

alter table engine.channel enable row level security;
alter table engine.change enable row level security;

-- Counters hold no content: a transaction may announce to anybody's personal channel.
create policy channel_of_workspace on engine.channel
  using (workspace_id is null or workspace_id = any ((select engine.app_workspaces())::uuid[]));
create policy change_read on engine.change for select
  using (workspace_id = any ((select engine.app_workspaces())::uuid[])
         or (workspace_id is null and channel_id = (select engine.app_user()))
         or actor = (select engine.app_user()));
create policy change_append on engine.change for insert
  with check (workspace_id is null or workspace_id = any ((select engine.app_workspaces())::uuid[]));

-- The log's own readers (delivery, catch-up, retention) work for everybody; a subscriber is authorized before its log is read.
create policy channel_of_log on engine.channel to renexus_log using (true);
create policy change_of_log on engine.change to renexus_log using (true);

grant select, insert, update on engine.channel to renexus_app;
grant select, insert on engine.change to renexus_app;
grant select on engine.channel to renexus_log;
grant select, delete on engine.change to renexus_log;
grant execute on all functions in schema engine to renexus_app, renexus_log;

-- Appends changes as the last statement of a transaction: bumps the channel rows in one global order, then writes each
-- change at its place. Returns the place of each, in the order given.
create function engine.append(
  p_kind smallint[], p_channel uuid[], p_workspace uuid[], p_op smallint[], p_resource text[], p_resource_id uuid[],
  p_data text[], p_actor uuid[], p_cause text[], p_at timestamptz)
returns table (ord bigint, version bigint, epoch bigint)
language plpgsql as $$
begin
  return query
  with item as (
    select * from unnest(p_kind, p_channel, p_workspace, p_op, p_resource, p_resource_id, p_data, p_actor, p_cause)
      with ordinality as t (kind, channel_id, workspace_id, op, resource, resource_id, data, actor, cause, ord)
  ), wanted as (
    select i.kind, i.channel_id, (array_agg(i.workspace_id))[1] as workspace_id, count(*) as n
    from item i group by i.kind, i.channel_id order by i.kind, i.channel_id
  ), bumped as (
    insert into engine.channel as c (kind, id, version, workspace_id)
    select w.kind, w.channel_id, w.n, w.workspace_id from wanted w order by w.kind, w.channel_id
    on conflict on constraint channel_pkey do update set version = c.version + excluded.version
    returning c.kind, c.id, c.version, c.epoch
  ), placed as (
    select i.*, b.epoch,
           b.version - w.n + row_number() over (partition by i.kind, i.channel_id order by i.ord) as place
    from item i
    join wanted w on w.kind = i.kind and w.channel_id = i.channel_id
    join bumped b on b.kind = i.kind and b.id = i.channel_id
  ), written as (
    insert into engine.change (kind, channel_id, version, workspace_id, op, resource, resource_id, actor, cause, data, at)
    select p.kind, p.channel_id, p.place, p.workspace_id, p.op, p.resource, p.resource_id, p.actor, p.cause, p.data, p_at
    from placed p
  )
  select p.ord, p.place, p.epoch from placed p order by p.ord;
end $$;
grant execute on function engine.append to renexus_app;

-- The nodes of the cluster: a node not seen for its lease is dead, and so are its connections.
create table engine.node (
  id         uuid        primary key,
  name       text        not null,
  started_at timestamptz not null,
  seen_at    timestamptz not null
);

-- A real-time session outlives its connection by 300 s, so that a client can come back to it (RT-5).
-- node_id says who holds the open connection; null while it waits to be resumed.
create table engine.session (
  id           uuid        primary key,
  user_id      uuid        not null,
  node_id      uuid,
  connection   bigint      not null,
  connected_at timestamptz not null,
  seen_at      timestamptz not null
);
create index session_user_index on engine.session (user_id);
create index session_node_index on engine.session (node_id) where node_id is not null;
create index session_seen_index on engine.session (seen_at) where node_id is null;

-- Only the engine itself reads these: they belong to everybody and are shown to nobody.
grant select, insert, update, delete on engine.node, engine.session to renexus_log;

-- Opens real-time sessions, at most one for each person in a call. A session that comes back in time is resumed and does
-- not count its own old connection; the others of living nodes do (RT-3). The lock makes the count right across nodes;
-- it is a statement of its own, because the count must be read after it is held.
create function engine.open_sessions(
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
         coalesce(c.version, 0), coalesce(c.epoch, 0)
  from judged j
  left join engine.channel c on c.kind = p_user_kind and c.id = j.user_id
  order by j.ord;
end $$;
grant execute on function engine.open_sessions to renexus_log;
