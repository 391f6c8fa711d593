-- Webhooks: which programs outside a workspace tells what happens in it, and how that went (docs/webhooks.md).

-- Whether a thread is its workspace's, for those who pass on what happens in it; also of threads that are deleted.
create view threads.openness as
  select t.id, t.workspace_id, t.is_private
  from threads.thread t
  where t.workspace_id = any ((select engine.app_workspaces())::uuid[]);
grant select on threads.openness to renexus_app;

create schema webhooks;
grant usage on schema webhooks to renexus_app, renexus_log;

-- since is the moment (docs/spec/changes.md, CH14) from which on it is told. While it is off it is told nothing, and that is not made up for.
create table webhooks.endpoint (
  id              uuid        primary key,
  workspace_id    uuid        not null references workspaces.workspace on delete cascade,
  url             text        not null,
  description     text        not null,
  events          text[]      not null,
  is_ordered      boolean     not null,
  is_enabled      boolean     not null default true,
  disabled_at     timestamptz,
  disabled_reason text        check (disabled_reason in ('person', 'gone', 'failing')),
  since           text        not null,
  version         bigint      not null default 1,
  created_at      timestamptz not null,
  updated_at      timestamptz not null
);
create index endpoint_workspace_index on webhooks.endpoint (workspace_id);
create trigger endpoint_stamp before update on webhooks.endpoint for each row execute function engine.stamp_update();

-- What its deliveries are signed with: the newest, and until their time the ones before.
create table webhooks.secret (
  id           uuid        primary key,
  endpoint_id  uuid        not null references webhooks.endpoint on delete cascade,
  workspace_id uuid        not null,
  value        bytea       not null,
  created_at   timestamptz not null,
  expires_at   timestamptz
);
create index secret_endpoint_index on webhooks.secret (endpoint_id);

-- How an endpoint has been doing: failures in a row, and until when it is left alone for them.
create table webhooks.health (
  endpoint_id   uuid        primary key references webhooks.endpoint on delete cascade,
  workspace_id  uuid        not null,
  failures      integer     not null default 0,
  failing_since timestamptz,
  failed_at     timestamptz,
  delivered_at  timestamptz,
  paused_until  timestamptz,
  last_ms       integer     not null default 0
);
create index health_workspace_index on webhooks.health (workspace_id);

-- What happened, as it is sent: written once, so that every try sends the same bytes.
create table webhooks.event (
  id           uuid        primary key,
  workspace_id uuid        not null,
  type         text        not null,
  resource_id  uuid        not null,
  body         text        not null,
  occurred_at  timestamptz not null,
  created_at   timestamptz not null
);
create index event_workspace_index on webhooks.event (workspace_id);
create index event_created_index on webhooks.event (created_at);

-- state: 0 waits (due_at says until when), 1 delivered, 2 given up. turn is the order in which an endpoint is told.
create table webhooks.delivery (
  id           uuid        primary key,
  turn         bigint      not null generated always as identity,
  endpoint_id  uuid        not null references webhooks.endpoint on delete cascade,
  event_id     uuid        not null references webhooks.event on delete cascade,
  workspace_id uuid        not null,
  state        smallint    not null default 0 check (state between 0 and 2),
  attempts     smallint    not null default 0,
  tries        smallint    not null default 0,
  due_at       timestamptz,
  last_status  smallint,
  created_at   timestamptz not null,
  settled_at   timestamptz,
  constraint delivery_once_key unique (endpoint_id, event_id)
);
create index delivery_list_index on webhooks.delivery (endpoint_id, turn);
create index delivery_event_index on webhooks.delivery (event_id);
create index delivery_workspace_index on webhooks.delivery (workspace_id);
create index delivery_turn_index on webhooks.delivery (endpoint_id, turn) where state = 0;
create index delivery_due_index on webhooks.delivery (endpoint_id, due_at) where state = 0;
create index delivery_overdue_index on webhooks.delivery (due_at) where state = 0;

create table webhooks.attempt (
  id           uuid        primary key,
  delivery_id  uuid        not null references webhooks.delivery on delete cascade,
  workspace_id uuid        not null,
  number       smallint    not null,
  at           timestamptz not null,
  duration_ms  integer     not null,
  status       smallint,
  error        text,
  response     text
);
create index attempt_delivery_index on webhooks.attempt (delivery_id, number);

-- Which workspaces are followed, from which moment on, and up to which version of each of their channels. The cursor moves in the
-- transaction that writes the deliveries, so that each change becomes an event once.
create table webhooks.following (
  workspace_id uuid    primary key references workspaces.workspace on delete cascade,
  since        text    not null,
  is_active    boolean not null
);
create table webhooks.followed (
  kind         smallint not null,
  channel_id   uuid     not null,
  workspace_id uuid     not null,
  version      bigint   not null,
  primary key (kind, channel_id)
);
create index followed_workspace_index on webhooks.followed (workspace_id);

do $$
declare guarded text;
begin
  foreach guarded in array array['endpoint', 'secret', 'health', 'event', 'delivery', 'attempt', 'following', 'followed'] loop
    execute format('alter table webhooks.%I enable row level security', guarded);
    execute format('create policy in_workspace on webhooks.%I using (workspace_id = any ((select engine.app_workspaces())::uuid[]))', guarded);
    execute format('grant select, insert, update, delete on webhooks.%I to renexus_app', guarded);
  end loop;
end $$;

-- Who looks for workspaces in which something happened, or is overdue, looks over all of them, and sees nothing else.
create policy following_of_log on webhooks.following to renexus_log using (true);
create policy followed_of_log on webhooks.followed to renexus_log using (true);
create policy delivery_of_log on webhooks.delivery to renexus_log using (true);
create policy event_of_log on webhooks.event to renexus_log using (true);
grant select on webhooks.following, webhooks.followed to renexus_log;
grant select (workspace_id, endpoint_id, state, due_at) on webhooks.delivery to renexus_log;
grant select (id, created_at), delete on webhooks.event to renexus_log;

-- Begins to follow a workspace when its first endpoint is there, from this moment on, and ends with the last one: called wherever one
-- comes, goes, or is switched on or off. The row's lock makes two such changes one after the other, and none of them during a follower's pass.
create function webhooks.settle(p_workspace uuid) returns void
language plpgsql as $$
declare
  v_was boolean;
  v_is  boolean;
begin
  insert into webhooks.following (workspace_id, since, is_active)
  values (p_workspace, pg_current_snapshot()::text, false) on conflict (workspace_id) do nothing;
  select f.is_active into v_was from webhooks.following f where f.workspace_id = p_workspace for update;
  v_is := exists (select from webhooks.endpoint e where e.workspace_id = p_workspace and e.is_enabled);
  if v_is and not v_was then
    delete from webhooks.followed f where f.workspace_id = p_workspace;
    update webhooks.following f set is_active = true, since = pg_current_snapshot()::text where f.workspace_id = p_workspace;
  elsif v_was and not v_is then
    update webhooks.following f set is_active = false where f.workspace_id = p_workspace;
  end if;
end $$;
revoke execute on function webhooks.settle from public;
grant execute on function webhooks.settle to renexus_app;
