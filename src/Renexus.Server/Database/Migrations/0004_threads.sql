-- Threads, who takes part, their messages, and how far each person has read.
create schema threads;
grant usage on schema threads to renexus_app;

create table threads.thread (
  id           uuid        primary key,
  workspace_id uuid        not null references workspaces.workspace on delete cascade,
  title        text        not null check (char_length(title) between 1 and 200),
  is_archived  boolean     not null default false,
  -- Private: only its participants see it. Else everybody in the workspace does.
  is_private   boolean     not null,
  version      bigint      not null default 1,
  created_by   uuid        references accounts.user_account on delete set null,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  deleted_at   timestamptz
);
create index thread_workspace_index on threads.thread (workspace_id, id);
create index thread_created_by_index on threads.thread (created_by);
create trigger thread_stamp before update on threads.thread
  for each row execute function engine.stamp_update();

create table threads.participant (
  thread_id    uuid not null references threads.thread on delete cascade,
  user_id      uuid not null references accounts.user_account on delete cascade,
  workspace_id uuid not null,
  primary key (thread_id, user_id)
);
create index participant_user_index on threads.participant (user_id);

-- A message's version is its place in its thread. A deleted one keeps its row, so that its id is not given twice.
create table threads.message (
  id           uuid        primary key,
  thread_id    uuid        not null references threads.thread on delete cascade,
  workspace_id uuid        not null,
  version      bigint      not null,
  author_id    uuid        references accounts.user_account on delete set null,
  body         text        not null,
  reply_to     uuid,
  created_at   timestamptz not null,
  edited_at    timestamptz,
  deleted_at   timestamptz
);
create unique index message_place_key on threads.message (thread_id, version);
create index message_author_index on threads.message (author_id);

create table threads.read_marker (
  thread_id    uuid        not null references threads.thread on delete cascade,
  user_id      uuid        not null references accounts.user_account on delete cascade,
  workspace_id uuid        not null,
  version      bigint      not null,
  updated_at   timestamptz not null,
  primary key (thread_id, user_id)
);
create index read_marker_user_index on threads.read_marker (user_id);
create trigger read_marker_stamp before update on threads.read_marker
  for each row execute function engine.stamp_update();

alter table threads.thread enable row level security;
alter table threads.participant enable row level security;
alter table threads.message enable row level security;
alter table threads.read_marker enable row level security;
create policy in_workspace on threads.thread using (workspace_id = any ((select engine.app_workspaces())::uuid[]));
create policy in_workspace on threads.participant using (workspace_id = any ((select engine.app_workspaces())::uuid[]));
create policy in_workspace on threads.message using (workspace_id = any ((select engine.app_workspaces())::uuid[]));
create policy in_workspace on threads.read_marker using (workspace_id = any ((select engine.app_workspaces())::uuid[]));

grant select, insert, update on threads.thread, threads.message, threads.read_marker to renexus_app;
grant select, insert, delete on threads.participant to renexus_app;

-- Who sees which thread, in which role. Through workspaces.member it is bound to the workspaces of the transaction.
create view threads.visible as
  select t.*, m.user_id as viewer_id, m.role
  from threads.thread t
  join workspaces.member m on m.workspace_id = t.workspace_id
  where t.deleted_at is null
    and (not t.is_private or exists (select from threads.participant p where p.thread_id = t.id and p.user_id = m.user_id));
grant select on threads.visible to renexus_app;
