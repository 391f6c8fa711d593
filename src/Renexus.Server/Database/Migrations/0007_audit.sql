-- The audit trail (SE-4): what was done, by whom, from where, before and after; written in the transaction of the deed.
-- Rows are chained afterwards by engine.seal_audit, so that no business transaction waits for a chain. docs/security/audit.md says how.
create table engine.audit_entry (
  id             uuid        primary key,
  -- The version of the form that is hashed.
  form           smallint    not null default 1,
  -- The chain it belongs to: its workspace's, or the installation's, which is all zeros.
  chain          uuid        not null,
  workspace_id   uuid,
  -- Whose own trail it is in as well: log-ins, factors, keys.
  person_id      uuid,
  at             timestamptz not null,
  actor_id       uuid,
  session_id     uuid,
  key_id         uuid,
  action         text        not null check (char_length(action) between 1 and 100),
  resource       text        not null check (char_length(resource) between 1 and 100),
  resource_id    uuid,
  correlation_id text,
  -- What can be erased for a person's sake: the chain holds only salted digests of it.
  address        text,
  device         text,
  origin_salt    uuid        default gen_random_uuid(),
  before         text,
  after          text,
  content_salt   uuid        default gen_random_uuid(),
  -- By the sealer.
  origin_digest  bytea       check (octet_length(origin_digest) = 32),
  content_digest bytea       check (octet_length(content_digest) = 32),
  seq            bigint,
  hash           bytea       check (octet_length(hash) = 32),
  -- The entry that says why personal values are gone.
  erased_by      uuid,
  check (chain = coalesce(workspace_id, '00000000-0000-0000-0000-000000000000')),
  check ((seq is null) = (hash is null))
);
create unique index audit_entry_place_key on engine.audit_entry (chain, seq) where seq is not null;
create index audit_entry_unsealed_index on engine.audit_entry (chain, id) where seq is null;
create index audit_entry_workspace_index on engine.audit_entry (workspace_id, id);
create index audit_entry_person_index on engine.audit_entry (person_id, id) where person_id is not null;
create index audit_entry_actor_index on engine.audit_entry (actor_id, id);
create index audit_entry_resource_index on engine.audit_entry (resource_id, id) where resource_id is not null;

-- Where each chain stands: a tail that was cut off lacks here, too, unless whoever cut it thought of it; then a checkpoint tells.
create table engine.audit_chain (
  chain        uuid   primary key,
  seq          bigint not null,
  hash         bytea  not null check (octet_length(hash) = 32),
  -- Up to where it has been signed.
  checkpointed bigint not null default 0
);
create index audit_chain_unsigned_index on engine.audit_chain (chain) where seq > checkpointed;

-- Signed by a key outside of the database. What was checkpointed cannot be rewritten unseen, not even by the database's owner.
create table engine.audit_checkpoint (
  chain      uuid        not null,
  seq        bigint      not null,
  hash       bytea       not null check (octet_length(hash) = 32),
  at         timestamptz not null,
  public_key bytea       not null,
  signature  bytea       not null,
  primary key (chain, seq)
);

alter table engine.audit_entry enable row level security;
create policy audit_read on engine.audit_entry for select
  using (workspace_id = any ((select engine.app_workspaces())::uuid[])
         or (workspace_id is null and person_id = (select engine.app_user())));
create policy audit_append on engine.audit_entry for insert
  with check (workspace_id is null or workspace_id = any ((select engine.app_workspaces())::uuid[]));
create policy audit_of_log on engine.audit_entry for select to renexus_log using (true);

-- Nobody changes or removes an entry; what the sealer fills in, nobody else fills in.
grant select on engine.audit_entry to renexus_app, renexus_log;
grant insert (id, chain, workspace_id, person_id, at, actor_id, session_id, key_id, action, resource, resource_id, correlation_id,
              address, device, before, after) on engine.audit_entry to renexus_app;
grant select, update (checkpointed) on engine.audit_chain to renexus_log;
grant select, insert on engine.audit_checkpoint to renexus_log;

-- The bytes that are hashed, pinned by tests: each part with its length before it, -1 for what is absent.
create function engine.audit_part(p_value bytea) returns bytea
language sql immutable parallel safe as $$ select coalesce(int4send(octet_length(p_value)) || p_value, int4send(-1)) $$;

create function engine.audit_text(p_value text) returns bytea
language sql immutable parallel safe set search_path = '' as $$ select engine.audit_part(convert_to(p_value, 'UTF8')) $$;

create function engine.audit_origin(e engine.audit_entry) returns bytea
language sql immutable parallel safe set search_path = '' as $$
  select sha256(uuid_send(e.origin_salt) || engine.audit_text(e.address) || engine.audit_text(e.device))
$$;

create function engine.audit_content(e engine.audit_entry) returns bytea
language sql immutable parallel safe set search_path = '' as $$
  select sha256(uuid_send(e.content_salt) || engine.audit_text(e.before) || engine.audit_text(e.after))
$$;

create function engine.audit_beginning(p_chain uuid) returns bytea
language sql immutable parallel safe set search_path = '' as $$ select sha256(convert_to('renexus.audit', 'UTF8') || uuid_send(p_chain)) $$;

create function engine.audit_hash(p_previous bytea, e engine.audit_entry) returns bytea
language sql immutable parallel safe set search_path = '' as $$
  select sha256(
    int2send(e.form) || p_previous || uuid_send(e.chain) || int8send(e.seq) || uuid_send(e.id)
    || engine.audit_part(uuid_send(e.workspace_id)) || engine.audit_part(uuid_send(e.person_id))
    || int8send((extract(epoch from e.at) * 1000000)::bigint)
    || engine.audit_part(uuid_send(e.actor_id)) || engine.audit_part(uuid_send(e.session_id)) || engine.audit_part(uuid_send(e.key_id))
    || engine.audit_text(e.action) || engine.audit_text(e.resource) || engine.audit_part(uuid_send(e.resource_id))
    || engine.audit_text(e.correlation_id) || e.origin_digest || e.content_digest)
$$;

-- Gives entries that were committed their places and hashes; answers how many, or -1 when another node is at it.
create function engine.seal_audit(p_limit integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  e engine.audit_entry;
  head engine.audit_chain;
  sealed integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('renexus.audit', 0)) then
    return -1;
  end if;
  for e in select * from engine.audit_entry where seq is null order by chain, id limit p_limit loop
    if head.chain is distinct from e.chain then
      update engine.audit_chain c set seq = head.seq, hash = head.hash where c.chain = head.chain;
      insert into engine.audit_chain (chain, seq, hash) values (e.chain, 0, engine.audit_beginning(e.chain)) on conflict do nothing;
      select * into head from engine.audit_chain c where c.chain = e.chain;
    end if;
    e.seq := head.seq + 1;
    e.origin_digest := coalesce(e.origin_digest, engine.audit_origin(e));
    e.content_digest := coalesce(e.content_digest, engine.audit_content(e));
    e.hash := engine.audit_hash(head.hash, e);
    update engine.audit_entry
    set seq = e.seq, hash = e.hash, origin_digest = e.origin_digest, content_digest = e.content_digest
    where id = e.id;
    head.seq := e.seq;
    head.hash := e.hash;
    sealed := sealed + 1;
  end loop;
  update engine.audit_chain c set seq = head.seq, hash = head.hash where c.chain = head.chain;
  return sealed;
end $$;

-- OR-4: takes away where a person acted from and what is written about the person, as part of the erasure that p_entry records. Digests
-- stay, so the chain still holds. Only for oneself: whoever deletes an account does it in that person's name.
create function engine.erase_audit(p_person uuid, p_entry uuid) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  origins bigint;
  contents bigint;
begin
  if p_person is null or p_person is distinct from engine.app_user() then
    raise insufficient_privilege using message = 'Only a person''s own values can be erased.';
  end if;
  update engine.audit_entry e
  set origin_digest = coalesce(e.origin_digest, engine.audit_origin(e)), address = null, device = null, origin_salt = null, erased_by = p_entry
  where (e.actor_id = p_person or e.person_id = p_person) and e.origin_salt is not null and e.id <> p_entry;
  get diagnostics origins = row_count;
  update engine.audit_entry e
  set content_digest = coalesce(e.content_digest, engine.audit_content(e)), before = null, after = null, content_salt = null, erased_by = p_entry
  where (e.resource_id = p_person or e.person_id = p_person) and e.content_salt is not null and e.id <> p_entry;
  get diagnostics contents = row_count;
  return origins + contents;
end $$;

-- Who runs the installation reads its trail.
create function accounts.is_operator(p_user uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select coalesce((select a.is_operator from accounts.user_account a where a.id = p_user), false)
$$;
revoke execute on function accounts.is_operator from public;
grant execute on function accounts.is_operator to renexus_app;

revoke execute on function engine.seal_audit, engine.erase_audit from public;
grant execute on function engine.seal_audit to renexus_log;
grant execute on function engine.erase_audit to renexus_app;
