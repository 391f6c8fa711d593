-- Reads of several people in one statement: each of them sees his own row, as alone (docs/spec/cache.md, BL8).
create function engine.enter_each(p_users uuid[]) returns void
language plpgsql as $$
begin
  perform set_config('app.users', p_users::text, true);
end $$;

create function engine.app_users() returns uuid[]
language sql stable parallel safe as $$ select coalesce(nullif(current_setting('app.users', true), ''), '{}')::uuid[] $$;

grant execute on function engine.enter_each, engine.app_users to renexus_app, renexus_log;

-- Reading alone: what changes an account is done in its own person's scope.
create policy accounts_of_each on accounts.user_account for select using (id = any ((select engine.app_users())::uuid[]));
