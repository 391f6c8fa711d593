-- How workspaces and accounts end: out of sight at once, their rows removed later and in batches, so that nothing waits for it.

-- The workspaces that the asking person may still bring back. They are outside of everybody's scope, so this is the door to them;
-- which role opens it is the statement's to say.
create function workspaces.deleted_workspaces()
returns table (id uuid, name text, role text, version bigint, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz)
language sql stable security definer set search_path = '' as $$
  select w.id, w.name, m.role, w.version, w.created_at, w.updated_at, w.deleted_at
  from workspaces.membership m
  join workspaces.workspace w on w.id = m.workspace_id
  where m.user_id = (select engine.app_user()) and w.deleted_at is not null
$$;

create index workspace_deleted_index on workspaces.workspace (deleted_at) where deleted_at is not null;
-- A channel's row moves with each message, but never to another workspace: updates stay in place.
create index channel_workspace_index on engine.channel (workspace_id) where workspace_id is not null;
create index thread_participant_workspace_index on threads.participant (workspace_id);

-- Every table that holds rows of workspaces, with the statement that removes a batch ($2) of one workspace's ($1). It is read from the
-- catalogue, so that no table can be forgotten. The rows are found by an index on workspace_id, else through the table that a foreign key
-- points to (a message through its thread); children come before their parents, so that no cascade is ever larger than a batch.
-- The audit trail is left out: it keeps its proof.
create view engine.workspace_rows as
  with recursive holder as (
    select c.oid, a.attnum as workspace_column
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
    where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname not in ('pg_catalog', 'information_schema')
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

-- Removes a batch of what is left of one workspace that was deleted before a time; the workspace itself goes with the last batch.
-- Any number of nodes may call it: each takes a workspace that no other one holds.
create function workspaces.erase(p_before timestamptz, p_batch integer)
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
  delete from workspaces.workspace w where w.id = v_workspace;
  return query select v_workspace, v_removed, true;
end $$;

-- An account that was deleted is nobody's: no name, no address, no way in. What others depend on (messages) refers to it until the
-- row itself goes.
alter table accounts.user_account add column deleted_at timestamptz;
create index user_account_deleted_index on accounts.user_account (deleted_at) where deleted_at is not null;

-- Makes the asking person's account nobody's and removes what is the person's alone, from every table that refers to accounts: read from
-- the catalogue, as above. Log-ins stay until the last access token has run out, so that every node learns that they ended.
-- False when there is no such account, or not at this version.
create function accounts.forget(p_version bigint, p_now timestamptz) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := engine.app_user();
  v_table record;
begin
  perform from accounts.user_account a
  where a.id = v_user and a.deleted_at is null and (p_version is null or a.version = p_version)
  for update;
  if not found then
    return false;
  end if;

  -- Whatever else is known of the person is in columns that may be empty.
  execute (
    select format(
      'update accounts.user_account set %s name = %L, email = %L, email_key = %L, is_operator = false, version = version + 1,
       deleted_at = $2, updated_at = $2 where id = $1',
      string_agg(format('%I = null,', a.attname), ' '), 'Deleted person', v_user || '@deleted.invalid', v_user || '@deleted.invalid')
    from pg_attribute a
    where a.attrelid = 'accounts.user_account'::regclass and a.attnum > 0 and not a.attisdropped and not a.attnotnull
      and a.attname <> 'deleted_at')
  using v_user, p_now;

  for v_table in
    select k.conrelid::regclass as name, f.attname as column_name
    from pg_constraint k
    join pg_attribute f on f.attrelid = k.conrelid and f.attnum = k.conkey[1]
    where k.contype = 'f' and k.confrelid = 'accounts.user_account'::regclass and k.confdeltype = 'c'
      and k.conrelid <> 'accounts.session'::regclass
      and not exists (select from pg_attribute w where w.attrelid = k.conrelid and w.attname = 'workspace_id' and not w.attisdropped)
  loop
    execute format('delete from %s where %I = $1', v_table.name, v_table.column_name) using v_user;
  end loop;
  return true;
end $$;

-- Cuts what is left of deleted accounts, a batch at a time: what others depend on loses its author, the rest is removed, and, for accounts
-- that were deleted before a time, the row itself with its log-ins and its own channel. Answers how many rows that were.
create function accounts.erase(p_before timestamptz, p_batch integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_account record;
  v_table record;
  v_count integer;
  v_removed integer := 0;
begin
  for v_account in
    select a.id, a.deleted_at < p_before as is_due
    from accounts.user_account a
    where a.deleted_at is not null
    order by a.deleted_at
    for update skip locked
  loop
    for v_table in
      select k.conrelid::regclass as name, f.attname as column_name, k.confdeltype = 'n' as is_kept
      from pg_constraint k
      join pg_class c on c.oid = k.conrelid and c.relkind = 'r'
      join pg_attribute f on f.attrelid = k.conrelid and f.attnum = k.conkey[1]
      where k.contype = 'f' and k.confrelid = 'accounts.user_account'::regclass and k.confdeltype in ('n', 'c')
        and (v_account.is_due or k.conrelid <> 'accounts.session'::regclass)
    loop
      execute format(
        case when v_table.is_kept
          then 'update %1$s set %2$I = null where ctid = any (array(select c.ctid from %1$s c where c.%2$I = $1 limit $2))'
          else 'delete from %1$s where ctid = any (array(select c.ctid from %1$s c where c.%2$I = $1 limit $2))'
        end, v_table.name, v_table.column_name)
      using v_account.id, p_batch - v_removed;
      get diagnostics v_count = row_count;
      v_removed := v_removed + v_count;
      if v_removed >= p_batch then
        return v_removed;
      end if;
    end loop;

    if v_account.is_due then
      -- The person's own channel (kind 1).
      delete from engine.change c
      where c.ctid = any (array(
        select x.ctid from engine.change x where x.kind = 1 and x.channel_id = v_account.id limit p_batch - v_removed));
      get diagnostics v_count = row_count;
      v_removed := v_removed + v_count;
      if v_removed >= p_batch then
        return v_removed;
      end if;
      delete from engine.channel c where c.kind = 1 and c.id = v_account.id;
      delete from engine.session s where s.user_id = v_account.id;
      delete from accounts.user_account a where a.id = v_account.id;
      v_removed := v_removed + 1;
    end if;
  end loop;
  return v_removed;
end $$;

-- Nobody joins who has gone meanwhile. The lock waits for a deletion that is under way; whoever tries again then finds nobody.
create function workspaces.refuse_deleted_person() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform from accounts.user_account a where a.id = new.user_id and a.deleted_at is null for key share;
  if not found then
    raise serialization_failure using message = 'the account of this member has just been deleted';
  end if;
  return new;
end $$;
create trigger membership_person before insert on workspaces.membership
  for each row execute function workspaces.refuse_deleted_person();

-- What a person wrote, also where the person is no member any more: it is the person's own (OR-4).
create index message_author_place_index on threads.message (author_id, id);
drop index threads.message_author_index;
create function threads.own_messages(p_after uuid, p_limit integer)
returns table (id uuid, thread_id uuid, body text, reply_to uuid, created_at timestamptz, edited_at timestamptz)
language sql stable security definer set search_path = '' as $$
  select m.id, m.thread_id, m.body, m.reply_to, m.created_at, m.edited_at
  from threads.message m
  where m.author_id = (select engine.app_user()) and m.id > p_after and m.deleted_at is null
  order by m.id
  limit p_limit
$$;

revoke execute on function workspaces.deleted_workspaces, workspaces.erase, accounts.forget, accounts.erase, threads.own_messages,
  workspaces.refuse_deleted_person from public;
grant execute on function workspaces.deleted_workspaces, workspaces.erase, accounts.forget, accounts.erase, threads.own_messages to renexus_app;
