-- What people do with messages besides writing them: reacting, and mentioning each other. And when somebody was last here.

-- One for each person, message and emoji. The thread is kept beside the message so that the rows of a workspace are found (0009).
create table threads.reaction (
  id           uuid        primary key,
  message_id   uuid        not null references threads.message on delete cascade,
  thread_id    uuid        not null references threads.thread on delete cascade,
  workspace_id uuid        not null,
  user_id      uuid        not null references accounts.user_account on delete cascade,
  emoji        text        not null check (char_length(emoji) between 1 and 32),
  created_at   timestamptz not null,
  constraint reaction_once_key unique (message_id, emoji, user_id)
);
create index reaction_thread_index on threads.reaction (thread_id);
create index reaction_user_index on threads.reaction (user_id);

-- Who is named in which message. A mention goes with its message, or when an edit takes the name out, so that what is unread
-- follows from these rows and the read marker alone. version is the message's place.
create table threads.mention (
  message_id   uuid        not null references threads.message on delete cascade,
  user_id      uuid        not null references accounts.user_account on delete cascade,
  thread_id    uuid        not null references threads.thread on delete cascade,
  workspace_id uuid        not null,
  version      bigint      not null,
  created_at   timestamptz not null,
  primary key (message_id, user_id)
);
create index mention_thread_index on threads.mention (thread_id);
create index mention_unread_index on threads.mention (user_id, thread_id, version);
create index mention_list_index on threads.mention (user_id, created_at, message_id);

alter table threads.reaction enable row level security;
alter table threads.mention enable row level security;
create policy in_workspace on threads.reaction using (workspace_id = any ((select engine.app_workspaces())::uuid[]));
create policy in_workspace on threads.mention using (workspace_id = any ((select engine.app_workspaces())::uuid[]));
grant select, insert, delete on threads.reaction, threads.mention to renexus_app;

-- A person's own, also where the person is no member any more (OR-4).
create function threads.own_reactions()
returns table (message_id uuid, thread_id uuid, emoji text, created_at timestamptz)
language sql stable security definer set search_path = '' as $$
  select r.message_id, r.thread_id, r.emoji, r.created_at
  from threads.reaction r
  where r.user_id = (select engine.app_user())
  order by r.created_at, r.id
$$;
revoke execute on function threads.own_reactions from public;
grant execute on function threads.own_reactions to renexus_app;

-- When somebody was last connected. Written when connections end; who is connected now is in engine.session. It is a comfort and not a
-- record: losing it in a crash costs nothing, so it is not logged.
create unlogged table engine.last_seen (
  user_id uuid        primary key,
  at      timestamptz not null
);
alter table engine.last_seen enable row level security;
create policy last_seen_of_log on engine.last_seen to renexus_log using (true);
grant select, insert, update, delete on engine.last_seen to renexus_log;

-- It goes with the account; the engine does not know accounts, so the accounts see to it.
create function accounts.forget_last_seen() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  delete from engine.last_seen l where l.user_id = old.id;
  return null;
end $$;
revoke execute on function accounts.forget_last_seen from public;
create trigger user_account_forget_last_seen after delete or update of deleted_at on accounts.user_account
  for each row execute function accounts.forget_last_seen();
