-- What a person is told (docs/spec/notifications.md, NT…): in the app, by mail at once, or in a digest.
create schema notifications;
grant usage on schema notifications to renexus_app, renexus_log;

-- One for each person, kind and thing. in_workspace is where it belongs, for showing it to members alone; the row is the person's.
create table notifications.notification (
  id           uuid        primary key,
  user_id      uuid        not null references accounts.user_account on delete cascade,
  kind         text        not null,
  subject_id   uuid        not null,
  in_workspace uuid        references workspaces.workspace on delete cascade,
  actor_id     uuid        references accounts.user_account on delete set null,
  title        text        not null,
  body         text,
  link         text        not null,
  is_in_app    boolean     not null,
  digest       smallint    not null default 0 check (digest in (0, 1, 2)), -- 0 not for one, 1 waits for one, 2 was in one or needed none
  created_at   timestamptz not null,
  read_at      timestamptz,
  constraint notification_once_key unique (user_id, kind, subject_id)
);
create index notification_list_index on notifications.notification (user_id, id) where is_in_app;
create index notification_unread_index on notifications.notification (user_id) where is_in_app and read_at is null;
create index notification_digest_index on notifications.notification (user_id, created_at) where digest = 1;
create index notification_subject_index on notifications.notification (subject_id);
create index notification_workspace_index on notifications.notification (in_workspace);
create index notification_actor_index on notifications.notification (actor_id);
create index notification_age_index on notifications.notification (created_at);

-- How a person wants to be told. Whoever has no row has the defaults; kinds holds what differs from them.
create table notifications.settings (
  user_id    uuid        primary key references accounts.user_account on delete cascade,
  kinds      jsonb       not null default '{}' check (jsonb_typeof(kinds) = 'object'),
  cadence    text        not null default 'daily' check (cadence in ('daily', 'weekly')),
  hour       smallint    not null default 8 check (hour between 0 and 23),
  weekday    smallint    not null default 1 check (weekday between 1 and 7), -- of ISO 8601: 1 is Monday
  zone       text        not null default 'UTC',
  version    bigint      not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create trigger settings_stamp_update before update on notifications.settings for each row execute function engine.stamp_update();

-- The way out that each mail carries: whoever has the link ends such mails to that person, and can do nothing else.
create table notifications.unsubscribe_link (
  hash      bytea       primary key,
  user_id   uuid        not null references accounts.user_account on delete cascade,
  kind      text,                    -- null: digests
  issued_at timestamptz not null
);
create index unsubscribe_link_user_index on notifications.unsubscribe_link (user_id);
create index unsubscribe_link_age_index on notifications.unsubscribe_link (issued_at);

alter table notifications.notification enable row level security;
alter table notifications.settings enable row level security;
alter table notifications.unsubscribe_link enable row level security;
create policy own on notifications.notification using (user_id = (select engine.app_user()));
create policy own on notifications.settings using (user_id = (select engine.app_user()));
create policy own on notifications.unsubscribe_link using (user_id = (select engine.app_user()));
create policy of_log on notifications.notification to renexus_log using (true);
create policy of_log on notifications.settings to renexus_log using (true);
create policy of_log on notifications.unsubscribe_link to renexus_log using (true);
grant select, update (read_at, digest) on notifications.notification to renexus_app;
grant select, insert, update on notifications.settings to renexus_app;
grant insert on notifications.unsubscribe_link to renexus_app;
grant select on notifications.notification, notifications.settings to renexus_log;
grant delete on notifications.notification, notifications.unsubscribe_link to renexus_log;
grant select on notifications.unsubscribe_link to renexus_log;

-- Gives somebody a notification, whoever acts, as that person wants it. Nothing comes back when it was given before, or is not wanted at all.
create function notifications.give(
  p_id uuid, p_user uuid, p_kind text, p_subject uuid, p_workspace uuid, p_actor uuid, p_title text, p_body text, p_link text, p_at timestamptz,
  p_in_app boolean, p_email text, p_is_fixed boolean)
returns table (is_in_app boolean, email text, actor_name text)
language plpgsql security definer set search_path = '' as $$
declare
  v_chosen jsonb;
  v_in_app boolean := p_in_app;
  v_email text := p_email;
begin
  if not p_is_fixed then
    select s.kinds -> p_kind into v_chosen from notifications.settings s where s.user_id = p_user;
    v_in_app := coalesce((v_chosen ->> 'inApp')::boolean, p_in_app);
    v_email := coalesce(v_chosen ->> 'email', p_email);
  end if;
  if not v_in_app and v_email = 'off' then
    return;
  end if;
  return query
    insert into notifications.notification (id, user_id, kind, subject_id, in_workspace, actor_id, title, body, link, is_in_app, digest, created_at)
    select p_id, a.id, p_kind, p_subject, p_workspace, p_actor, p_title, p_body, p_link, v_in_app, case v_email when 'digest' then 1 else 0 end, p_at
    from accounts.user_account a where a.id = p_user and a.deleted_at is null
    on conflict (user_id, kind, subject_id) do nothing
    returning notification.is_in_app, v_email, (select p.name from accounts.user_account p where p.id = p_actor);
end $$;

-- What it told of is gone: so is it.
create function notifications.withdraw(p_subject uuid) returns table (id uuid, user_id uuid, is_in_app boolean)
language sql security definer set search_path = '' as $$
  delete from notifications.notification n where n.subject_id = p_subject returning n.id, n.user_id, n.is_in_app
$$;

-- Through the link of a mail, by whoever holds it. p_kinds are the kinds that a link of digests ends: those that person has in them.
create function notifications.unsubscribe(p_hash bytea, p_kinds text[], p_defaults text[], p_now timestamptz)
returns table (user_id uuid, kind text, kinds text, cadence text, hour smallint, weekday smallint, zone text, version bigint)
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid;
  v_kind text;
begin
  select l.user_id, l.kind into v_user, v_kind from notifications.unsubscribe_link l where l.hash = p_hash;
  if v_user is null then
    return;
  end if;
  insert into notifications.settings as s (user_id, created_at, updated_at) values (v_user, p_now, p_now) on conflict on constraint settings_pkey do nothing;
  update notifications.settings s
  set kinds = s.kinds || coalesce((
        select jsonb_object_agg(k.name, coalesce(s.kinds -> k.name, '{}') || '{"email": "off"}')
        from unnest(p_kinds, p_defaults) k (name, email)
        where case when v_kind is null then coalesce(s.kinds -> k.name ->> 'email', k.email) = 'digest' else k.name = v_kind end), '{}'),
      version = s.version + 1, updated_at = p_now
  where s.user_id = v_user;
  update notifications.notification n set digest = 2 where n.user_id = v_user and n.digest = 1 and (v_kind is null or n.kind = v_kind);
  return query select v_user, v_kind, s.kinds::text, s.cadence, s.hour, s.weekday, s.zone, s.version from notifications.settings s where s.user_id = v_user;
end $$;

-- Whose digest is due: something waits from before the last time that they chose.
create function notifications.due_digests(p_now timestamptz) returns table (user_id uuid, until timestamptz)
language sql stable security definer set search_path = '' as $$
  select w.user_id, t.until
  from (select n.user_id, min(n.created_at) as oldest from notifications.notification n where n.digest = 1 group by n.user_id) w
  left join notifications.settings s on s.user_id = w.user_id
  cross join lateral (select coalesce(s.zone, 'UTC') as zone, make_interval(hours => coalesce(s.hour, 8)) as hour, coalesce(s.weekday, 1) - 1 as days) c
  cross join lateral (select p_now at time zone c.zone - c.hour as shifted) l
  cross join lateral (select case coalesce(s.cadence, 'daily')
      when 'weekly' then date_trunc('week', l.shifted - make_interval(days => c.days)) + make_interval(days => c.days)
      else date_trunc('day', l.shifted) end as day) d
  cross join lateral (select (d.day + c.hour) at time zone c.zone as until) t
  where w.oldest < t.until
$$;

revoke execute on all functions in schema notifications from public;
grant execute on function notifications.give, notifications.withdraw, notifications.unsubscribe to renexus_app;
grant execute on function notifications.due_digests to renexus_log;

-- To whom a mail about oneself goes: the one in whose name the transaction is.
create function accounts.recipient() returns table (email text, name text)
language sql stable security definer set search_path = '' as $$
  select a.email, a.name from accounts.user_account a
  where a.id = (select engine.app_user()) and a.deleted_at is null and a.email not like '%@external.invalid'
$$;
revoke execute on function accounts.recipient from public;
grant execute on function accounts.recipient to renexus_app;
