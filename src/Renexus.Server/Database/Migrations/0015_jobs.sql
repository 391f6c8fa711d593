-- Jobs: what must happen after a click. The rules are docs/spec/jobs.md (JB…).
-- A job stands in exactly one of these tables and moves from one to the next; nothing is marked with a state and then looked for.
-- The tables are the engine's own: everybody reaches them through the functions below, which check what they are given.
create schema jobs;
grant usage on schema jobs to renexus_app, renexus_log;

-- One number at a time, so that the order holds across connections.
create sequence jobs.turn;

-- Waiting for a worker. Inserted and deleted, never updated; its key is its only index, and its order is the order of work.
-- payload is JSON; it is text because it is written once and handed on unread.
create table jobs.ready (
  turn               bigint      not null default nextval('jobs.turn'),
  enqueued_at        timestamptz not null,
  id                 uuid        not null,
  parent_id          uuid,
  workspace_id       uuid,
  actor              uuid,
  priority           smallint    not null,
  attempt            smallint    not null default 0,
  max_attempts       smallint    not null,
  losses             smallint    not null default 0,
  is_told            boolean     not null default false,
  frees_key_at_start boolean     not null default false,
  queue              text        collate "C" not null,
  kind               text        collate "C" not null,
  unique_key         text        collate "C",
  ordering_key       text        collate "C",
  context            text,
  payload            text        not null,
  primary key (queue, priority, turn)
);

-- Waiting for its time: delayed, or to be tried again.
create table jobs.later (
  like jobs.ready including defaults,
  run_at     timestamptz not null,
  reason     smallint    not null default 0, -- 0 delayed, 1 failed, 2 its worker was lost, 3 given back, 4 put off by itself
  last_error text,
  primary key (id)
);
create index later_due on jobs.later (run_at);

-- Waiting behind another job of its ordering key; run_at when it is delayed as well.
create table jobs.behind (
  like jobs.ready including defaults,
  run_at timestamptz,
  primary key (ordering_key, turn)
);

-- Waiting for its children: it becomes ready when all of them have ended.
create table jobs.parent (
  like jobs.ready including defaults,
  total     integer not null,
  succeeded integer not null default 0,
  failed    integer not null default 0,
  primary key (id)
) with (fillfactor = 50);

-- Claimed. No index on worker: the plan of finishing would choose it one day and walk every dead entry.
create table jobs.running (
  like jobs.ready including defaults,
  worker       bigint      not null,
  claimed_at   timestamptz not null,
  progress     smallint,
  note         text,
  is_cancelled boolean     not null default false,
  primary key (id)
) with (fillfactor = 80);

-- Ended: 0 done, 1 cancelled. A ring of four tables for four days each: the oldest is emptied whole, so no row is ever deleted.
create table jobs.done (
  slot         smallint    not null,
  outcome      smallint    not null,
  attempt      smallint    not null,
  priority     smallint    not null,
  finished_at  timestamptz not null,
  claimed_at   timestamptz,
  enqueued_at  timestamptz not null,
  worker       bigint,
  id           uuid        not null,
  parent_id    uuid,
  workspace_id uuid,
  actor        uuid,
  queue        text        collate "C" not null,
  kind         text        collate "C" not null,
  context      text,
  payload      text        not null,
  result       text,
  primary key (slot, id)
) partition by list (slot);
do $$
begin
  for slot in 0..3 loop
    execute format('create table jobs.done_%s partition of jobs.done for values in (%s)', slot, slot);
    execute format('create index done_%s_finished on jobs.done_%s using brin (finished_at)', slot, slot);
    execute format('create index done_%s_parent on jobs.done_%s (parent_id) where parent_id is not null', slot, slot);
  end loop;
end $$;

-- Given up: kept until somebody replays or discards it.
create table jobs.dead (
  like jobs.ready including defaults,
  died_at timestamptz not null,
  error   text        not null,
  primary key (id)
);
create index dead_newest on jobs.dead (died_at desc);
create index dead_parent on jobs.dead (parent_id) where parent_id is not null;

-- A key that only one job may hold. until: how long it stays taken after that job has ended.
create table jobs.unique_key (
  key      text     collate "C" primary key,
  job_id   uuid     not null,
  kept_for interval,
  until    timestamptz
);
create index unique_key_until on jobs.unique_key (until) where until is not null;

-- An ordering key with work, and the one job of it that may run.
create table jobs.lane (
  key    text collate "C" primary key,
  holder uuid not null
);

-- The processes that work. Lives and dies by the database's clock, the one that all of them share. Half-full pages keep heartbeats in place (HOT).
create table jobs.worker (
  id          bigint      generated always as identity primary key,
  node        uuid        not null,
  name        text        not null,
  queues      text[]      not null,
  started_at  timestamptz not null default now(),
  beat_at     timestamptz not null default now(),
  is_draining boolean     not null default false
) with (fillfactor = 50);

create table jobs.queue (
  name      text        collate "C" primary key,
  is_paused boolean     not null,
  paused_at timestamptz,
  paused_by uuid
);

-- What happened in a minute, by worker, so that no two write the same row.
create table jobs.minute (
  minute  timestamptz not null,
  queue   text        collate "C" not null,
  kind    text        collate "C" not null,
  worker  bigint      not null,
  done    integer     not null default 0,
  retried integer     not null default 0,
  died    integer     not null default 0,
  wait_ms bigint      not null default 0,
  run_ms  bigint      not null default 0,
  primary key (minute, queue, kind, worker)
) with (fillfactor = 50);

-- Recurring jobs. next_at is only when to look again: what makes a slot happen once is its unique key.
create table jobs.schedule (
  name      text        collate "C" primary key,
  kind      text        collate "C" not null,
  cron      text        not null,
  zone      text        not null,
  missed    smallint    not null, -- 0 skip, 1 once, 2 each
  payload   text        not null,
  is_code   boolean     not null,
  is_paused boolean     not null default false,
  next_at   timestamptz,
  last_at   timestamptz
);
create index schedule_due on jobs.schedule (next_at);

-- Tables that live on inserts and deletes: vacuumed early and at full speed; never cut short (that takes a lock everybody waits for); and statistics
-- of a moment in which they happened to be empty must not decide plans.
do $$
declare busy text;
begin
  foreach busy in array array['ready', 'later', 'behind', 'running'] loop
    execute format($set$alter table jobs.%I set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0,
      vacuum_truncate = off, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 2000000000)$set$, busy);
  end loop;
end $$;

-- The second wall. The application has no right to any of these tables; the engine's readers serve operators, who have been asked for.
do $$
declare guarded text;
begin
  for guarded in
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
    where c.relnamespace = 'jobs'::regnamespace and c.relkind in ('r', 'p')
  loop
    execute format('alter table jobs.%I enable row level security', guarded);
    execute format('create policy job_of_engine on jobs.%I to renexus_log using (true)', guarded);
  end loop;
end $$;
grant select on all tables in schema jobs to renexus_log;

-- Every function below is planned once, and only by index: a table that was empty when somebody looked is full a second later.

-- Puts jobs of one kind in, in the caller's transaction. Answers only those that were not put in because a job with their unique key is there already.
create function jobs.enqueue(
  p_ids uuid[], p_payloads text[], p_unique_keys text[], p_ordering_keys text[],
  p_queue text, p_kind text, p_priority smallint, p_max_attempts smallint, p_run_at timestamptz, p_parent uuid, p_workspace uuid, p_actor uuid,
  p_is_told boolean, p_frees_key_at_start boolean, p_key_kept_for interval, p_context text, p_now timestamptz)
returns table (duplicate uuid, existing uuid)
language plpgsql security definer
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  v_known uuid[];
begin
  if p_workspace is not null and not p_workspace = any (engine.app_workspaces()) then
    raise insufficient_privilege using message = 'A job belongs to a workspace of the transaction that enqueues it.';
  end if;
  if p_unique_keys is null and p_ordering_keys is null then
    if p_run_at is null then
      insert into jobs.ready (enqueued_at, id, parent_id, workspace_id, actor, priority, max_attempts, is_told, queue, kind, context, payload)
      select p_now, t.id, p_parent, p_workspace, p_actor, p_priority, p_max_attempts, p_is_told, p_queue, p_kind, p_context, t.payload
      from unnest(p_ids, p_payloads) t (id, payload);
    else
      insert into jobs.later (run_at, enqueued_at, id, parent_id, workspace_id, actor, priority, max_attempts, is_told, queue, kind, context, payload)
      select p_run_at, p_now, t.id, p_parent, p_workspace, p_actor, p_priority, p_max_attempts, p_is_told, p_queue, p_kind, p_context, t.payload
      from unnest(p_ids, p_payloads) t (id, payload);
    end if;
    return;
  end if;

  -- 1. Whose key is taken. An existing key is not locked: whoever holds it must be able to end meanwhile.
  if p_unique_keys is not null then
    delete from jobs.unique_key k where k.key = any (p_unique_keys) and k.until <= p_now;
    insert into jobs.unique_key (key, job_id, kept_for)
    select distinct on (t.key) t.key, t.id, p_key_kept_for
    from unnest(p_unique_keys, p_ids) with ordinality t (key, id, ord)
    where t.key is not null order by t.key, t.ord
    on conflict do nothing;
    select array_agg(t.id) into v_known
    from unnest(p_unique_keys, p_ids) t (key, id) join jobs.unique_key k on k.key = t.key
    where k.job_id <> t.id;
    return query
      select t.id, k.job_id from unnest(p_unique_keys, p_ids) t (key, id) join jobs.unique_key k on k.key = t.key where k.job_id <> t.id;
  end if;

  -- 2. Whose turn it is in its lane. The lane is locked until the transaction ends, so that its head cannot end unnoticed meanwhile.
  if p_ordering_keys is not null then
    insert into jobs.lane as l (key, holder)
    select distinct on (t.key) t.key, t.id
    from unnest(p_ordering_keys, p_ids) with ordinality t (key, id, ord)
    where t.key is not null and not t.id = any (coalesce(v_known, '{}')) order by t.key, t.ord
    on conflict (key) do update set holder = l.holder;
  end if;

  with item as (
    select t.*, t.ordering_key is not null and not exists (select from jobs.lane l where l.key = t.ordering_key and l.holder = t.id) as is_behind
    from unnest(p_ids, p_payloads, p_unique_keys, p_ordering_keys) with ordinality t (id, payload, unique_key, ordering_key, ord)
    where not t.id = any (coalesce(v_known, '{}'))
  ), follower as (
    insert into jobs.behind (run_at, enqueued_at, id, parent_id, workspace_id, actor, priority, max_attempts, is_told, frees_key_at_start, queue, kind,
                             unique_key, ordering_key, context, payload)
    select p_run_at, p_now, i.id, p_parent, p_workspace, p_actor, p_priority, p_max_attempts, p_is_told, p_frees_key_at_start, p_queue, p_kind,
           i.unique_key, i.ordering_key, p_context, i.payload
    from item i where i.is_behind order by i.ord
  ), delayed as (
    insert into jobs.later (run_at, enqueued_at, id, parent_id, workspace_id, actor, priority, max_attempts, is_told, frees_key_at_start, queue, kind,
                            unique_key, ordering_key, context, payload)
    select p_run_at, p_now, i.id, p_parent, p_workspace, p_actor, p_priority, p_max_attempts, p_is_told, p_frees_key_at_start, p_queue, p_kind,
           i.unique_key, i.ordering_key, p_context, i.payload
    from item i where not i.is_behind and p_run_at is not null
  )
  insert into jobs.ready (enqueued_at, id, parent_id, workspace_id, actor, priority, max_attempts, is_told, frees_key_at_start, queue, kind,
                          unique_key, ordering_key, context, payload)
  select p_now, i.id, p_parent, p_workspace, p_actor, p_priority, p_max_attempts, p_is_told, p_frees_key_at_start, p_queue, p_kind,
         i.unique_key, i.ordering_key, p_context, i.payload
  from item i where not i.is_behind and p_run_at is null order by i.ord;
end $$;

-- Puts a job in that becomes ready when as many children have ended.
create function jobs.enqueue_parent(
  p_id uuid, p_payload text, p_queue text, p_kind text, p_priority smallint, p_max_attempts smallint, p_workspace uuid, p_actor uuid,
  p_is_told boolean, p_context text, p_total integer, p_now timestamptz)
returns void
language plpgsql security definer set search_path = '' as $$
begin
  if p_workspace is not null and not p_workspace = any (engine.app_workspaces()) then
    raise insufficient_privilege using message = 'A job belongs to a workspace of the transaction that enqueues it.';
  end if;
  insert into jobs.parent (enqueued_at, id, workspace_id, actor, priority, max_attempts, is_told, queue, kind, context, payload, total)
  values (p_now, p_id, p_workspace, p_actor, p_priority, p_max_attempts, p_is_told, p_queue, p_kind, p_context, p_payload, p_total);
end $$;

-- Lets the next job of each lane come forward; the caller has the lanes locked, and their heads are gone.
create function jobs.advance(p_lanes text[], p_now timestamptz) returns void
language sql volatile security definer
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  with lane as (
    select distinct k.key from unnest(p_lanes) k (key)
  ), next as (
    select n.ordering_key, n.turn
    from lane cross join lateral (select b.ordering_key, b.turn from jobs.behind b where b.ordering_key = lane.key order by b.turn limit 1) n
  ), moved as (
    delete from jobs.behind b using next where b.ordering_key = next.ordering_key and b.turn = next.turn returning b.*
  ), readied as (
    insert into jobs.ready (enqueued_at, id, parent_id, workspace_id, actor, priority, attempt, max_attempts, losses, is_told, frees_key_at_start, queue, kind,
                            unique_key, ordering_key, context, payload)
    select enqueued_at, id, parent_id, workspace_id, actor, priority, attempt, max_attempts, losses, is_told, frees_key_at_start, queue, kind,
           unique_key, ordering_key, context, payload
    from moved where run_at is null or run_at <= p_now
  ), delayed as (
    insert into jobs.later (run_at, enqueued_at, id, parent_id, workspace_id, actor, priority, attempt, max_attempts, losses, is_told, frees_key_at_start,
                            queue, kind, unique_key, ordering_key, context, payload)
    select run_at, enqueued_at, id, parent_id, workspace_id, actor, priority, attempt, max_attempts, losses, is_told, frees_key_at_start,
           queue, kind, unique_key, ordering_key, context, payload
    from moved where run_at > p_now
  ), held as (
    update jobs.lane l set holder = m.id from moved m where l.key = m.ordering_key
  )
  delete from jobs.lane l using lane where l.key = lane.key and not exists (select from next where next.ordering_key = l.key)
$$;

-- What follows from the end of jobs: keys are free, lanes move on, parents count.
create function jobs.after_end(p_ids uuid[], p_unique_keys text[], p_lanes text[], p_succeeded uuid[], p_failed uuid[], p_now timestamptz) returns void
language plpgsql security definer
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_parents uuid[];
begin
  if p_unique_keys is not null then
    update jobs.unique_key k set until = p_now + k.kept_for where k.key = any (p_unique_keys) and k.job_id = any (p_ids) and k.kept_for is not null;
    delete from jobs.unique_key k where k.key = any (p_unique_keys) and k.job_id = any (p_ids) and k.kept_for is null;
  end if;
  if p_lanes is not null then
    perform from jobs.lane l where l.key = any (p_lanes) order by l.key for update;
    perform jobs.advance(p_lanes, p_now);
  end if;
  if p_succeeded is not null or p_failed is not null then
    -- In one order, so that two who end children of the same parents do not wait for each other in a ring.
    select array_agg(x.id) into v_parents from (
      select p.id from jobs.parent p where p.id = any (coalesce(p_succeeded, '{}') || coalesce(p_failed, '{}')) order by p.id for update) x;
    update jobs.parent p
    set succeeded = p.succeeded + (select count(*) from unnest(p_succeeded) c (id) where c.id = p.id),
        failed = p.failed + (select count(*) from unnest(p_failed) c (id) where c.id = p.id)
    where p.id = any (v_parents);
    with complete as (
      delete from jobs.parent p where p.id = any (v_parents) and p.succeeded + p.failed >= p.total returning p.*
    )
    insert into jobs.ready (enqueued_at, id, parent_id, workspace_id, actor, priority, max_attempts, is_told, queue, kind, context, payload)
    select enqueued_at, id, parent_id, workspace_id, actor, priority, max_attempts, is_told, queue, kind, context, payload from complete;
  end if;
end $$;

-- Claims jobs: of each level (a queue and a priority, in the order given) at most so many, of each queue at most p_most, from a turn on.
create function jobs.claim(p_worker bigint, p_queues text[], p_priorities smallint[], p_from bigint[], p_most integer[], p_now timestamptz)
returns table (id uuid, queue text, kind text, priority smallint, turn bigint, attempt smallint, max_attempts smallint, losses smallint,
               enqueued_at timestamptz, parent_id uuid, workspace_id uuid, actor uuid, is_told boolean, ordering_key text, context text, payload text)
language plpgsql security definer
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  -- Whoever was declared dead claims nothing: nobody would look for it any more.
  perform from jobs.worker w where w.id = p_worker for key share;
  if not found then
    return;
  end if;
  return query
  with level as (
    select * from unnest(p_queues, p_priorities, p_from, p_most) with ordinality l (queue, priority, starts, most, ord)
    where not exists (select from jobs.queue q where q.name = l.queue and q.is_paused)
  ), seen as materialized (
    select l.queue, l.most, l.ord, c.turn, c.tid
    from level l cross join lateral (
      select r.turn, r.ctid as tid from jobs.ready r
      where r.queue = l.queue and r.priority = l.priority and r.turn >= l.starts
      order by r.turn limit l.most for update skip locked) c
  ), picked as materialized (
    select s.tid from (select x.tid, x.most, row_number() over (partition by x.queue order by x.ord, x.turn) as n from seen x) s where s.n <= s.most
  ), taken as (
    delete from jobs.ready r using picked p where r.ctid = p.tid returning r.*
  ), freed as (
    delete from jobs.unique_key k using taken t where t.frees_key_at_start and k.key = t.unique_key and k.job_id = t.id
  )
  insert into jobs.running as n (turn, enqueued_at, id, parent_id, workspace_id, actor, priority, attempt, max_attempts, losses, is_told, frees_key_at_start,
                                 queue, kind, unique_key, ordering_key, context, payload, worker, claimed_at)
  select t.turn, t.enqueued_at, t.id, t.parent_id, t.workspace_id, t.actor, t.priority, (t.attempt + 1)::smallint, t.max_attempts, t.losses, t.is_told,
         t.frees_key_at_start, t.queue, t.kind, t.unique_key, t.ordering_key, t.context, t.payload, p_worker, p_now
  from taken t
  returning n.id, n.queue, n.kind, n.priority, n.turn, n.attempt, n.max_attempts, n.losses,
            n.enqueued_at, n.parent_id, n.workspace_id, n.actor, n.is_told, n.ordering_key, n.context, n.payload;
end $$;

-- Ends jobs of one attempt. Only the worker that has them can: an id that is not answered is not its any more. is_busy: its lane is held by a transaction
-- that enqueues just now, for which a batch does not wait. By id, never by place in the table: progress moves rows between the look and the lock.
create function jobs.finish(
  p_worker bigint, p_attempt smallint, p_ids uuid[], p_results text[], p_lanes text[], p_waits boolean, p_outcome smallint, p_is_kept boolean, p_now timestamptz)
returns table (id uuid, is_busy boolean)
language plpgsql security definer
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_free text[] := '{}';
  v_ids uuid[];
  v_keys text[];
  v_lanes text[];
  v_parents uuid[];
begin
  if p_waits then
    perform from jobs.lane x where x.key = any (p_lanes) order by x.key for update;
    v_free := p_lanes;
  elsif p_lanes is not null then
    select coalesce(array_agg(l.key), '{}') into v_free
    from (select x.key from jobs.lane x where x.key = any (p_lanes) order by x.key for update skip locked) l;
  end if;
  with ended as (
    delete from jobs.running r
    where r.id = any (p_ids) and r.worker = p_worker and r.attempt = p_attempt and (r.ordering_key is null or r.ordering_key = any (v_free))
    returning r.*
  ), counted as (
    insert into jobs.minute as m (minute, queue, kind, worker, done, wait_ms, run_ms)
    select date_trunc('minute', p_now), e.queue, e.kind, p_worker, count(*),
           sum(greatest(0, extract(epoch from e.claimed_at - e.enqueued_at) * 1000))::bigint, sum(greatest(0, extract(epoch from p_now - e.claimed_at) * 1000))::bigint
    from ended e group by e.queue, e.kind
    on conflict (minute, queue, kind, worker)
      do update set done = m.done + excluded.done, wait_ms = m.wait_ms + excluded.wait_ms, run_ms = m.run_ms + excluded.run_ms
  ), kept as (
    insert into jobs.done (slot, outcome, attempt, priority, finished_at, claimed_at, enqueued_at, worker, id, parent_id, workspace_id, actor, queue, kind, context,
                           payload, result)
    select (extract(epoch from p_now)::bigint / 345600 % 4)::smallint, p_outcome, e.attempt, e.priority, p_now, e.claimed_at, e.enqueued_at, p_worker, e.id, e.parent_id,
           e.workspace_id, e.actor, e.queue, e.kind, e.context, e.payload, case when p_results is not null then p_results[array_position(p_ids, e.id)] end
    from ended e where p_is_kept
  )
  select array_agg(e.id), array_agg(e.unique_key) filter (where e.unique_key is not null),
         array_agg(e.ordering_key) filter (where e.ordering_key is not null), array_agg(e.parent_id) filter (where e.parent_id is not null)
  into v_ids, v_keys, v_lanes, v_parents
  from ended e;
  if v_keys is not null or v_lanes is not null or v_parents is not null then
    perform jobs.after_end(v_ids, v_keys, v_lanes, case when p_outcome = 0 then v_parents end, case when p_outcome <> 0 then v_parents end, p_now);
  end if;
  return query select e.id, false from unnest(v_ids) e (id);
  if p_lanes is not null then
    return query
      select r.id, true from jobs.running r
      where r.id = any (p_ids) and r.worker = p_worker and r.attempt = p_attempt and r.ordering_key is not null and not r.ordering_key = any (v_free);
  end if;
end $$;

-- Takes jobs from their worker unfinished: to a later time, or, without one, to the dead. Fenced like finish; lanes of the dead are waited for.
create function jobs.give_up(
  p_worker bigint, p_ids uuid[], p_attempts smallint[], p_run_at timestamptz[], p_reasons smallint[], p_errors text[], p_now timestamptz)
returns table (id uuid)
language plpgsql security definer
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_ids uuid[];
  v_dead uuid[];
  v_keys text[];
  v_lanes text[];
  v_parents uuid[];
begin
  perform from jobs.lane l
  where l.key in (select r.ordering_key from jobs.running r where r.id = any (p_ids) and r.worker = p_worker and r.ordering_key is not null)
  order by l.key for update;
  with gone as (
    delete from jobs.running r
    where r.id = any (p_ids) and r.worker = p_worker and r.attempt = p_attempts[array_position(p_ids, r.id)]
    returning r.*, array_position(p_ids, r.id) as n
  ), again as (
    -- What was given back or put itself off has not been tried.
    insert into jobs.later (run_at, reason, last_error, enqueued_at, id, parent_id, workspace_id, actor, priority, attempt, max_attempts, losses, is_told,
                            frees_key_at_start, queue, kind, unique_key, ordering_key, context, payload)
    select p_run_at[g.n], p_reasons[g.n], p_errors[g.n], g.enqueued_at, g.id, g.parent_id, g.workspace_id, g.actor, g.priority,
           case when p_reasons[g.n] in (3, 4) then g.attempt - 1 else g.attempt end, g.max_attempts, g.losses, g.is_told, g.frees_key_at_start, g.queue, g.kind,
           g.unique_key, g.ordering_key, g.context, g.payload
    from gone g where p_run_at[g.n] is not null
  ), buried as (
    insert into jobs.dead (died_at, error, turn, enqueued_at, id, parent_id, workspace_id, actor, priority, attempt, max_attempts, losses, is_told,
                           frees_key_at_start, queue, kind, unique_key, ordering_key, context, payload)
    select p_now, coalesce(p_errors[g.n], ''), g.turn, g.enqueued_at, g.id, g.parent_id, g.workspace_id, g.actor, g.priority, g.attempt, g.max_attempts,
           g.losses, g.is_told, g.frees_key_at_start, g.queue, g.kind, g.unique_key, g.ordering_key, g.context, g.payload
    from gone g where p_run_at[g.n] is null
  ), counted as (
    insert into jobs.minute as m (minute, queue, kind, worker, retried, died, run_ms)
    select date_trunc('minute', p_now), g.queue, g.kind, p_worker, count(*) filter (where p_reasons[g.n] = 1 and p_run_at[g.n] is not null),
           count(*) filter (where p_run_at[g.n] is null), sum(greatest(0, extract(epoch from p_now - g.claimed_at) * 1000))::bigint
    from gone g group by g.queue, g.kind
    on conflict (minute, queue, kind, worker)
      do update set retried = m.retried + excluded.retried, died = m.died + excluded.died, run_ms = m.run_ms + excluded.run_ms
  )
  select array_agg(g.id), array_agg(g.id) filter (where d), array_agg(g.unique_key) filter (where d and g.unique_key is not null),
         array_agg(g.ordering_key) filter (where d and g.ordering_key is not null), array_agg(g.parent_id) filter (where d and g.parent_id is not null)
  into v_ids, v_dead, v_keys, v_lanes, v_parents
  from (select x.*, p_run_at[x.n] is null as d from gone x) g;
  if v_dead is not null then
    perform jobs.after_end(v_dead, v_keys, v_lanes, null, v_parents, p_now);
  end if;
  return query select unnest(v_ids);
end $$;

-- Lets what is due come forward; whoever comes by does it. It takes a turn at the end of the line.
create function jobs.promote(p_most integer, p_now timestamptz) returns table (queue text)
language sql volatile security definer
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  with due as materialized (
    select l.ctid as tid from jobs.later l where l.run_at <= p_now order by l.run_at limit p_most for update skip locked
  ), moved as (
    delete from jobs.later l using due where l.ctid = due.tid returning l.*
  ), readied as (
    insert into jobs.ready as r (enqueued_at, id, parent_id, workspace_id, actor, priority, attempt, max_attempts, losses, is_told, frees_key_at_start, queue, kind,
                                 unique_key, ordering_key, context, payload)
    select m.enqueued_at, m.id, m.parent_id, m.workspace_id, m.actor, m.priority, m.attempt, m.max_attempts, m.losses, m.is_told, m.frees_key_at_start, m.queue,
           m.kind, m.unique_key, m.ordering_key, m.context, m.payload
    from moved m order by m.run_at, m.id
    returning r.queue
  )
  select x.queue from readied x
$$;

-- Takes the place of a worker. What an earlier process of this node left is free at once.
create function jobs.begin_work(p_node uuid, p_name text, p_queues text[]) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  v_id bigint;
begin
  update jobs.worker w set beat_at = '-infinity' where w.node = p_node;
  insert into jobs.worker (node, name, queues) values (p_node, p_name, p_queues) returning worker.id into v_id;
  return v_id;
end $$;

-- Says that it lives; no row means that it was declared dead. Answers which of its jobs somebody wants to end.
create function jobs.beat(p_worker bigint, p_is_draining boolean) returns table (cancelled uuid[])
language plpgsql security definer set search_path = '' as $$
begin
  update jobs.worker w set beat_at = now(), is_draining = p_is_draining where w.id = p_worker and w.beat_at > '-infinity';
  if found then
    return query select array(select r.id from jobs.running r where r.worker = p_worker and r.is_cancelled);
  end if;
end $$;

-- Gives the place back; false while there is still something running under it, which is for the others to find.
create function jobs.end_work(p_worker bigint) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  delete from jobs.worker w where w.id = p_worker and not exists (select from jobs.running r where r.worker = p_worker);
  return found;
end $$;

-- Takes the jobs of dead workers from them, to be claimed again. A job that went down with its worker before comes back at some moment of the next minute,
-- so that what killed it meets few others again; whether it has done so too often is for whoever claims it.
create function jobs.rescue(p_lease interval, p_most integer, p_now timestamptz) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_gone bigint[];
  v_count integer;
begin
  select array_agg(x.id) into v_gone
  from (select w.id from jobs.worker w where w.beat_at < now() - p_lease order by w.id for update skip locked) x;
  if v_gone is null then
    return 0;
  end if;
  with lost as (
    delete from jobs.running r
    where r.id in (select x.id from jobs.running x where x.worker = any (v_gone) limit p_most)
    returning r.*
  ), again as (
    insert into jobs.later (run_at, reason, last_error, enqueued_at, id, parent_id, workspace_id, actor, priority, attempt, max_attempts, losses, is_told,
                            frees_key_at_start, queue, kind, unique_key, ordering_key, context, payload)
    select case when l.losses = 0 then p_now else p_now + random() * interval '1 minute' end, 2, 'Its worker was lost.', l.enqueued_at, l.id, l.parent_id,
           l.workspace_id, l.actor, l.priority, l.attempt, l.max_attempts, (l.losses + 1)::smallint, l.is_told, l.frees_key_at_start, l.queue, l.kind, l.unique_key,
           l.ordering_key, l.context, l.payload
    from lost l
  ), counted as (
    insert into jobs.minute as m (minute, queue, kind, worker, retried)
    select date_trunc('minute', p_now), l.queue, l.kind, l.worker, count(*)
    from lost l group by l.queue, l.kind, l.worker
    on conflict (minute, queue, kind, worker) do update set retried = m.retried + excluded.retried
  )
  select count(*) into v_count from lost;
  delete from jobs.worker w where w.id = any (v_gone) and not exists (select from jobs.running r where r.worker = w.id);
  return v_count;
end $$;

-- What running jobs say of how far they are. Fenced: what is somebody else's by now stays as it is.
create function jobs.note_progress(p_worker bigint, p_ids uuid[], p_attempts smallint[], p_progress smallint[], p_notes text[]) returns integer
language plpgsql security definer
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  v_count integer;
begin
  update jobs.running r set progress = p_progress[array_position(p_ids, r.id)], note = p_notes[array_position(p_ids, r.id)]
  where r.id = any (p_ids) and r.worker = p_worker and r.attempt = p_attempts[array_position(p_ids, r.id)];
  get diagnostics v_count = row_count;
  return v_count;
end $$;

-- Asks a job to end: at once when it waits, by its worker when it runs. Answers waiting jobs as 1, running ones as 2, none as 0.
-- A ready job is found by reading all that is ready: rare, and the price of one index fewer on every job.
create function jobs.cancel(p_id uuid, p_now timestamptz) returns smallint
language plpgsql security definer set search_path = '' as $$
declare
  v_lane text;
  v_key text;
  v_parent uuid;
  v_own uuid[];
begin
  update jobs.running r set is_cancelled = true where r.id = p_id;
  if found then
    return 2;
  end if;
  -- The lane first, as everywhere.
  select coalesce((select r.ordering_key from jobs.ready r where r.id = p_id), (select l.ordering_key from jobs.later l where l.id = p_id)) into v_lane;
  perform from jobs.lane l where l.key = v_lane for update;
  with a as (delete from jobs.ready r where r.id = p_id returning r.*),
  b as (delete from jobs.later l where l.id = p_id returning l.*),
  c as (delete from jobs.behind x where x.id = p_id returning x.*),
  d as (delete from jobs.parent p where p.id = p_id returning p.*),
  gone as (
    select turn, enqueued_at, id, parent_id, workspace_id, actor, priority, attempt, queue, kind, unique_key, ordering_key, context, payload, true as is_head from a
    union all select turn, enqueued_at, id, parent_id, workspace_id, actor, priority, attempt, queue, kind, unique_key, ordering_key, context, payload, true from b
    union all select turn, enqueued_at, id, parent_id, workspace_id, actor, priority, attempt, queue, kind, unique_key, null, context, payload, false from c
    union all select turn, enqueued_at, id, parent_id, workspace_id, actor, priority, attempt, queue, kind, unique_key, null, context, payload, false from d
  ), kept as (
    insert into jobs.done (slot, outcome, attempt, priority, finished_at, enqueued_at, id, parent_id, workspace_id, actor, queue, kind, context, payload)
    select (extract(epoch from p_now)::bigint / 345600 % 4)::smallint, 1, g.attempt, g.priority, p_now, g.enqueued_at, g.id, g.parent_id, g.workspace_id, g.actor, g.queue,
           g.kind, g.context, g.payload
    from gone g
  )
  select array_agg(g.id), max(g.unique_key), max(g.ordering_key), (array_agg(g.parent_id))[1] into v_own, v_key, v_lane, v_parent from gone g;
  if v_own is null then
    -- It was claimed between the two looks.
    update jobs.running r set is_cancelled = true where r.id = p_id;
    return case when found then 2 else 0 end;
  end if;
  perform jobs.after_end(v_own, case when v_key is not null then array[v_key] end, case when v_lane is not null then array[v_lane] end,
                         null, case when v_parent is not null then array[v_parent] end, p_now);
  return 1;
end $$;

-- What operators do; whoever calls has seen to it that they are.

create function jobs.pause(p_queue text, p_is_paused boolean, p_by uuid, p_now timestamptz) returns void
language sql volatile security definer set search_path = '' as $$
  insert into jobs.queue (name, is_paused, paused_at, paused_by) values (p_queue, p_is_paused, p_now, p_by)
  on conflict (name) do update set is_paused = excluded.is_paused, paused_at = excluded.paused_at, paused_by = excluded.paused_by
    where queue.is_paused <> excluded.is_paused
$$;

-- Puts dead jobs in again, as if they had never been tried: one, or the oldest of a queue or kind. A parent has counted them already. One whose unique key another
-- job holds by now stays dead.
create function jobs.replay(p_id uuid, p_queue text, p_kind text, p_most integer, p_now timestamptz) returns table (queue text)
language plpgsql security definer set search_path = '' as $$
declare
  v_ids uuid[];
begin
  select array_agg(x.id) into v_ids from (
    select d.id from jobs.dead d
    where (p_id is null or d.id = p_id) and (p_queue is null or d.queue = p_queue) and (p_kind is null or d.kind = p_kind)
    order by d.died_at limit p_most for update skip locked) x;
  delete from jobs.unique_key k using jobs.dead d where d.id = any (v_ids) and k.key = d.unique_key and k.until <= p_now;
  insert into jobs.unique_key (key, job_id)
  select distinct on (d.unique_key) d.unique_key, d.id from jobs.dead d where d.id = any (v_ids) and d.unique_key is not null order by d.unique_key, d.died_at
  on conflict do nothing;
  select array_agg(d.id) into v_ids from jobs.dead d
  where d.id = any (v_ids) and (d.unique_key is null or exists (select from jobs.unique_key k where k.key = d.unique_key and k.job_id = d.id));
  insert into jobs.lane as l (key, holder)
  select distinct on (d.ordering_key) d.ordering_key, d.id from jobs.dead d
  where d.id = any (v_ids) and d.ordering_key is not null order by d.ordering_key, d.died_at
  on conflict (key) do update set holder = l.holder;
  return query
  with again as (
    delete from jobs.dead d where d.id = any (v_ids) returning d.*
  ), follower as (
    insert into jobs.behind (enqueued_at, id, workspace_id, actor, priority, max_attempts, is_told, frees_key_at_start, queue, kind, unique_key, ordering_key, context, payload)
    select p_now, a.id, a.workspace_id, a.actor, a.priority, a.max_attempts, a.is_told, a.frees_key_at_start, a.queue, a.kind, a.unique_key, a.ordering_key, a.context,
           a.payload
    from again a where a.ordering_key is not null and not exists (select from jobs.lane l where l.key = a.ordering_key and l.holder = a.id) order by a.died_at
  ), readied as (
    insert into jobs.ready (enqueued_at, id, workspace_id, actor, priority, max_attempts, is_told, frees_key_at_start, queue, kind, unique_key, ordering_key, context, payload)
    select p_now, a.id, a.workspace_id, a.actor, a.priority, a.max_attempts, a.is_told, a.frees_key_at_start, a.queue, a.kind, a.unique_key, a.ordering_key, a.context,
           a.payload
    from again a where a.ordering_key is null or exists (select from jobs.lane l where l.key = a.ordering_key and l.holder = a.id) order by a.died_at
  )
  select a.queue from again a;
end $$;

-- A job that waits for its time need not wait any longer.
create function jobs.hurry(p_id uuid, p_now timestamptz) returns setof text
language sql volatile security definer set search_path = '' as $$
  update jobs.later l set run_at = p_now where l.id = p_id returning l.queue
$$;

create function jobs.discard(p_id uuid) returns setof text
language sql volatile security definer set search_path = '' as $$
  delete from jobs.dead d where d.id = p_id returning d.queue
$$;

-- Removes what is past its time: what ended eight to twelve days ago, old counters, keys that are free. Answers how many rows of the last two.
create function jobs.forget(p_now timestamptz) returns integer
language plpgsql security definer set search_path = '' set lock_timeout = '1s' as $$
declare
  -- The one that is written next.
  v_slot integer := (extract(epoch from p_now)::bigint / 345600 + 1) % 4;
  v_is_used boolean;
  v_rows integer;
  v_all integer;
begin
  execute format('select exists (select from jobs.done_%s)', v_slot) into v_is_used;
  if v_is_used then
    execute format('truncate jobs.done_%s', v_slot);
  end if;
  delete from jobs.minute m where m.minute < p_now - interval '2 days';
  get diagnostics v_all = row_count;
  delete from jobs.unique_key k where k.until < p_now;
  get diagnostics v_rows = row_count;
  return v_all + v_rows;
end $$;

-- Removes what is left of a workspace's jobs: of each table so many. Whoever runs one of them loses it. The tables are read whole, once for each workspace that is removed
-- for good: the price of one index fewer on every job.
create function jobs.forget_workspace(p_workspace uuid, p_most integer, p_now timestamptz) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_ids uuid[];
  v_keys text[];
  v_lanes text[];
  v_parents uuid[];
  v_count integer;
  v_all integer;
begin
  -- The lanes first, as everywhere.
  perform from jobs.lane l
  where l.key in (
    select r.ordering_key from jobs.running r where r.workspace_id = p_workspace
    union all select r.ordering_key from jobs.ready r where r.workspace_id = p_workspace
    union all select r.ordering_key from jobs.later r where r.workspace_id = p_workspace)
  order by l.key for update;
  with a as (delete from jobs.running r where r.id in (select x.id from jobs.running x where x.workspace_id = p_workspace limit p_most) returning r.*),
  b as (delete from jobs.ready r where r.ctid = any (array(select x.ctid from jobs.ready x where x.workspace_id = p_workspace limit p_most)) returning r.*),
  c as (delete from jobs.later l where l.id in (select x.id from jobs.later x where x.workspace_id = p_workspace limit p_most) returning l.*),
  d as (delete from jobs.behind h where h.ctid = any (array(select x.ctid from jobs.behind x where x.workspace_id = p_workspace limit p_most)) returning h.*),
  e as (delete from jobs.parent p where p.id in (select x.id from jobs.parent x where x.workspace_id = p_workspace limit p_most) returning p.*),
  gone as (
    select id, parent_id, unique_key, ordering_key from a
    union all select id, parent_id, unique_key, ordering_key from b
    union all select id, parent_id, unique_key, ordering_key from c
    union all select id, parent_id, unique_key, null from d
    union all select id, parent_id, unique_key, null from e
  )
  select count(*), array_agg(g.id), array_agg(g.unique_key) filter (where g.unique_key is not null),
         array_agg(g.ordering_key) filter (where g.ordering_key is not null), array_agg(g.parent_id) filter (where g.parent_id is not null)
  into v_all, v_ids, v_keys, v_lanes, v_parents
  from gone g;
  if v_all > 0 then
    perform jobs.after_end(v_ids, v_keys, v_lanes, null, v_parents, p_now);
  end if;
  delete from jobs.dead d where d.id in (select x.id from jobs.dead x where x.workspace_id = p_workspace limit p_most);
  get diagnostics v_count = row_count;
  v_all := v_all + v_count;
  delete from jobs.done d where (d.slot, d.id) in (select x.slot, x.id from jobs.done x where x.workspace_id = p_workspace limit p_most);
  get diagnostics v_count = row_count;
  return v_all + v_count;
end $$;

-- As in 0009, where it is explained; jobs have a way of their own, because most of their tables have no index to find a workspace by.
create or replace view engine.workspace_rows as
  with recursive holder as (
    select c.oid, a.attnum as workspace_column
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
    where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname not in ('pg_catalog', 'information_schema', 'jobs')
      and c.relname not like 'audit\_%'
  ), reference as (
    select k.conrelid as child, k.confrelid as parent,
           string_agg(format('c.%I = p.%I', f.attname, t.attname), ' and ' order by i.ord) as condition
    from pg_constraint k
    cross join lateral unnest(k.conkey, k.confkey) with ordinality as i (from_column, to_column, ord)
    join pg_attribute f on f.attrelid = k.conrelid and f.attnum = i.from_column
    join pg_attribute t on t.attrelid = k.confrelid and t.attnum = i.to_column
    where k.contype = 'f' and k.conrelid <> k.confrelid
      and k.conrelid in (select oid from holder) and k.confrelid in (select oid from holder)
    group by k.oid, k.conrelid, k.confrelid
    union all
    -- Written far too often for a foreign key.
    select 'engine.change'::regclass, 'engine.channel'::regclass, 'c.kind = p.kind and c.channel_id = p.id'
  ), depth (oid, depth) as (
    select h.oid, 0 from holder h
    union all
    select r.child, d.depth + 1 from reference r join depth d on d.oid = r.parent where d.depth < 20
  ), indexed as (
    select h.oid
    from holder h
    join pg_index i on i.indrelid = h.oid and i.indkey[0] = h.workspace_column
    where i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = '(workspace_id IS NOT NULL)'
  )
  select h.oid::regclass as name, max(d.depth) as depth,
         h.oid in (select oid from indexed) or min(r.condition) is not null as is_found_by_index,
         case
           when h.oid in (select oid from indexed) or min(r.condition) is null then
             format('delete from %1$s where ctid = any (array(select c.ctid from %1$s c where c.workspace_id = $1 limit $2))', h.oid::regclass)
           else
             format('delete from %1$s where ctid = any (array(select c.ctid from %2$s p join %1$s c on %3$s where p.workspace_id = $1 limit $2))',
                    h.oid::regclass, (min(r.parent::regclass::text)), min(r.condition))
         end as statement
  from holder h
  join depth d on d.oid = h.oid
  left join lateral (select * from reference r where r.child = h.oid order by r.parent limit 1) r on true
  group by h.oid;

-- As in 0009, and the workspace's jobs go with it.
create or replace function workspaces.erase(p_before timestamptz, p_batch integer)
returns table (workspace_id uuid, removed integer, is_gone boolean)
language plpgsql security definer set search_path = '' as $$
declare
  v_workspace uuid;
  v_table record;
  v_count integer;
  v_removed integer := 0;
begin
  select w.id into v_workspace
  from workspaces.workspace w
  where w.deleted_at < p_before
  order by w.deleted_at
  limit 1
  for update skip locked;
  if v_workspace is null then
    return;
  end if;

  -- First of all, whoever could bring it back: from here on it cannot return with a part missing.
  delete from workspaces.membership m where m.workspace_id = v_workspace;
  for v_table in select * from engine.workspace_rows t order by t.depth desc, t.name::text loop
    execute v_table.statement using v_workspace, p_batch - v_removed;
    get diagnostics v_count = row_count;
    v_removed := v_removed + v_count;
    if v_removed >= p_batch then
      return query select v_workspace, v_removed, false;
      return;
    end if;
  end loop;
  v_removed := v_removed + jobs.forget_workspace(v_workspace, p_batch - v_removed, now());
  if v_removed >= p_batch then
    return query select v_workspace, v_removed, false;
    return;
  end if;
  delete from workspaces.workspace w where w.id = v_workspace;
  return query select v_workspace, v_removed, true;
end $$;

-- Schedules are declared and moved on by the application; the jobs they make go through enqueue.
grant select, insert, update, delete on jobs.schedule to renexus_app;

revoke execute on all functions in schema jobs from public;
grant execute on function jobs.enqueue, jobs.enqueue_parent, jobs.finish, jobs.give_up, jobs.cancel, jobs.pause, jobs.replay, jobs.hurry, jobs.discard to renexus_app;
grant execute on all functions in schema jobs to renexus_log;
