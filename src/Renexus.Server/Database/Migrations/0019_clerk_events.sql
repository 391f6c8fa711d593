-- What Clerk tells of its people (WH-1): stored as it came, before it is answered, and worked on by a job. The body is forgotten once it has been
-- dealt with; the id stays, so that what comes again is known.
create table accounts.clerk_event (
  id          text        primary key check (char_length(id) between 1 and 200),
  body        text,
  received_at timestamptz not null
);
create index clerk_event_received_index on accounts.clerk_event (received_at);
-- It is about people who may not be here yet: no signed-in person's request sees any of it.
alter table accounts.clerk_event enable row level security;
create policy of_nobody on accounts.clerk_event using ((select engine.app_user()) is null);
grant select, insert, update, delete on accounts.clerk_event to renexus_app;

-- How far a provider's word on somebody has come: what is older is late and changes nothing, and who was deleted there stays so.
create table accounts.external_profile (
  issuer     text    not null,
  subject    text    not null,
  version    bigint  not null,
  name       text,
  is_deleted boolean not null,
  primary key (issuer, subject)
);

-- Takes a provider's word, unless it is late: null then. Answers whose account it is, if anybody's, and what the provider called that person before.
-- The lock is the one that admits people, so that both see each other's deeds.
create function accounts.hear_of_external(p_issuer text, p_subject text, p_version bigint, p_name text, p_is_deleted boolean)
returns table (user_id uuid, name_before text)
language plpgsql security definer set search_path = '' as $$
declare
  v_known accounts.external_profile;
begin
  perform pg_advisory_xact_lock(8, hashtext(p_issuer || E'\n' || p_subject));
  select * into v_known from accounts.external_profile e where e.issuer = p_issuer and e.subject = p_subject;
  if v_known.is_deleted and not p_is_deleted or v_known.version > p_version then
    return;
  end if;
  insert into accounts.external_profile as e (issuer, subject, version, name, is_deleted) values (p_issuer, p_subject, p_version, p_name, p_is_deleted)
  on conflict (issuer, subject) do update set version = excluded.version, name = excluded.name, is_deleted = excluded.is_deleted;
  return query
  select i.user_id, v_known.name
  from (values (true)) always (there)
  left join accounts.external_identity i on i.issuer = p_issuer and i.subject = p_subject;
end $$;
revoke execute on function accounts.hear_of_external from public;
grant execute on function accounts.hear_of_external to renexus_app;
