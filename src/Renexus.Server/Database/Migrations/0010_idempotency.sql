-- What the gateway itself remembers: the answers of requests that may come again (GW-5).
create schema gateway;
grant usage on schema gateway to renexus_app;

-- The row is written by the transaction that does the work, so work and memory are there together or not at all.
-- answer is encrypted, since it may hold tokens; it is null when the work stood by itself before the answer was known.
create table gateway.idempotent_request (
  id          bytea       primary key check (octet_length(id) = 32),
  user_id     uuid        references accounts.user_account on delete cascade,
  fingerprint bytea       not null check (octet_length(fingerprint) = 32),
  answer      bytea,
  created_at  timestamptz not null
);
create index idempotent_request_created_index on gateway.idempotent_request (created_at);
create index idempotent_request_user_index on gateway.idempotent_request (user_id);

-- Requests of nobody (registering, logging in) are found by an id that nobody can guess.
alter table gateway.idempotent_request enable row level security;
create policy own_requests on gateway.idempotent_request using (user_id is null or user_id = (select engine.app_user()));
grant select, insert, update, delete on gateway.idempotent_request to renexus_app;

-- Old ones are removed for everybody at once, a batch at a time.
create function gateway.forget_requests(p_before timestamptz, p_limit integer) returns integer
language sql volatile security definer set search_path = '' as $$
  with old as (
    select r.id from gateway.idempotent_request r where r.created_at < p_before order by r.created_at limit p_limit for update skip locked
  ), gone as (
    delete from gateway.idempotent_request r using old where r.id = old.id returning 1
  )
  select count(*)::integer from gone
$$;
revoke execute on function gateway.forget_requests from public;
grant execute on function gateway.forget_requests to renexus_app;
