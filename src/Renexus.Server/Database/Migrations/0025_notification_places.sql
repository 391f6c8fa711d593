-- Where what a notification tells of stands: a thread, and the place in it. Whoever reads past the place has read the notification too, and with the thread it goes.
alter table notifications.notification
  add column place_id uuid,
  add column place    bigint;
update notifications.notification n
set place_id = substring(n.link from '/t/([0-9a-f-]{36})')::uuid, place = substring(n.link from '[?&]m=([0-9]+)')::bigint
where n.kind in ('mention', 'reply');
create index notification_place_index on notifications.notification (place_id) where place_id is not null;
create index notification_unread_place_index on notifications.notification (user_id, place_id, place) where read_at is null and place_id is not null;

drop function notifications.give(uuid, uuid, text, uuid, uuid, uuid, text, text, text, timestamptz, boolean, text, boolean);
-- Gives somebody a notification, whoever acts, as that person wants it. Nothing comes back when it was given before, or is not wanted at all.
create function notifications.give(
  p_id uuid, p_user uuid, p_kind text, p_subject uuid, p_workspace uuid, p_actor uuid, p_title text, p_body text, p_link text, p_at timestamptz,
  p_in_app boolean, p_email text, p_is_fixed boolean, p_place_id uuid, p_place bigint)
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
    insert into notifications.notification
      (id, user_id, kind, subject_id, in_workspace, actor_id, title, body, link, is_in_app, digest, created_at, place_id, place)
    select p_id, a.id, p_kind, p_subject, p_workspace, p_actor, p_title, p_body, p_link, v_in_app, case v_email when 'digest' then 1 else 0 end, p_at, p_place_id, p_place
    from accounts.user_account a where a.id = p_user and a.deleted_at is null
    on conflict (user_id, kind, subject_id) do nothing
    returning notification.is_in_app, v_email, (select p.name from accounts.user_account p where p.id = p_actor);
end $$;

drop function notifications.withdraw(uuid);
-- What it told of is gone, for some people or for all, at one place or a whole one: so is whatever told of it.
create function notifications.withdraw(p_subject uuid, p_kind text, p_users uuid[]) returns table (id uuid, user_id uuid, is_in_app boolean)
language sql security definer set search_path = '' as $$
  delete from notifications.notification n
  where n.subject_id = p_subject and (p_kind is null or n.kind = p_kind) and (p_users is null or n.user_id = any (p_users))
  returning n.id, n.user_id, n.is_in_app
$$;
create function notifications.withdraw_place(p_place uuid) returns table (id uuid, user_id uuid, is_in_app boolean)
language sql security definer set search_path = '' as $$
  delete from notifications.notification n where n.place_id = p_place returning n.id, n.user_id, n.is_in_app
$$;
revoke execute on function notifications.give, notifications.withdraw, notifications.withdraw_place from public;
grant execute on function notifications.give, notifications.withdraw, notifications.withdraw_place to renexus_app;

-- To whom a mail about oneself goes: the one in whose name the transaction is, once it is certain that the address is that person's.
create or replace function accounts.recipient() returns table (email text, name text)
language sql stable security definer set search_path = '' as $$
  select a.email, a.name from accounts.user_account a
  where a.id = (select engine.app_user()) and a.deleted_at is null and a.email_verified_at is not null and a.email not like '%@external.invalid'
$$;
