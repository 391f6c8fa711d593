-- What somebody has begun to write in a thread and not sent, on all devices. It is that person's alone, whoever runs the workspace, and is
-- seen only where the thread is (threads.visible). An emptied one stays: its version goes on.
create table threads.draft (
  thread_id  uuid        not null references threads.thread on delete cascade,
  user_id    uuid        not null references accounts.user_account on delete cascade,
  body       text        not null,
  reply_to   uuid,
  version    bigint      not null default 1,
  updated_at timestamptz not null,
  primary key (thread_id, user_id)
);
create index draft_list_index on threads.draft (user_id, updated_at, thread_id);
create trigger draft_stamp before update on threads.draft
  for each row execute function engine.stamp_update();

alter table threads.draft enable row level security;
create policy own on threads.draft using (user_id = (select engine.app_user()));
grant select, insert, update on threads.draft to renexus_app;
