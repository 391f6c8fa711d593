-- Content items: what a team writes together, its review, and everything it ever was (CO). Each change of an item, its text included, is one version
-- and one revision: revision n is the item at version n.
create schema content;
grant usage on schema content to renexus_app;

-- text is the newest snapshot of the body and belongs to the document version text_document; the updates after it are in content.revision.
create table content.item (
  id            uuid        primary key,
  workspace_id  uuid        not null references workspaces.workspace on delete cascade,
  kind          text        not null check (kind in ('post', 'article', 'video')),
  status        text        not null check (status in ('draft', 'in_review', 'approved', 'scheduled', 'published', 'failed')),
  title         text        not null check (char_length(title) between 1 and 200),
  labels        text[]      not null,
  assignee_id   uuid        references accounts.user_account on delete set null,
  media         jsonb       not null,
  variants      jsonb       not null,
  planned_at    timestamptz,
  thread_id     uuid        references threads.thread on delete set null,
  approved_by   uuid        references accounts.user_account on delete set null,
  approved_at   timestamptz,
  approved_hash text,
  version       bigint      not null default 1,
  document      bigint      not null default 0,
  text          text        not null,
  text_document bigint      not null default 0,
  updates_since integer     not null default 0,
  created_by    uuid        references accounts.user_account on delete set null,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  deleted_at    timestamptz,
  check (status in ('draft', 'in_review') or approved_hash is not null),
  check ((approved_at is null) = (approved_hash is null))
);
create index item_list_index on content.item (workspace_id, updated_at, id);
create index item_planned_index on content.item (workspace_id, planned_at) where planned_at is not null;
create index item_deleted_index on content.item (deleted_at) where deleted_at is not null;
create index item_assignee_index on content.item (assignee_id);
create index item_thread_index on content.item (thread_id);
create index item_approved_by_index on content.item (approved_by);
create index item_created_by_index on content.item (created_by);
create trigger item_stamp before update on content.item
  for each row execute function engine.stamp_update();

-- updates is what was pushed, as it goes over the wire; document is the document's version after it. fields is the rest of the item after the
-- change, where that is what changed.
create table content.revision (
  item_id      uuid        not null references content.item on delete cascade,
  n            bigint      not null,
  workspace_id uuid        not null,
  author_id    uuid        references accounts.user_account on delete set null,
  created_at   timestamptz not null,
  document     bigint      not null,
  updates      text,
  fields       jsonb,
  changed      text[]      not null,
  primary key (item_id, n)
);
create index revision_document_index on content.revision (item_id, document);
create index revision_fields_index on content.revision (item_id, n) where fields is not null;
create index revision_author_index on content.revision (author_id);

-- The body at a version of the document and at the revision n, and who wrote what of it: history is rebuilt from the nearest one.
create table content.snapshot (
  item_id      uuid   not null references content.item on delete cascade,
  document     bigint not null,
  n            bigint not null,
  workspace_id uuid   not null,
  body         text   not null,
  authorship   jsonb  not null,
  primary key (item_id, document)
);

-- A remark on a stretch of the body: begins and ends are true for the version document of it. What is said is in the thread.
create table content.comment (
  id           uuid        primary key,
  item_id      uuid        not null references content.item on delete cascade,
  workspace_id uuid        not null,
  thread_id    uuid        not null references threads.thread on delete cascade,
  author_id    uuid        references accounts.user_account on delete set null,
  document     bigint      not null,
  begins       integer     not null,
  ends         integer     not null,
  quote        text        not null,
  resolved_by  uuid        references accounts.user_account on delete set null,
  resolved_at  timestamptz,
  version      bigint      not null default 1,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  check (begins >= 0 and ends >= begins)
);
create index comment_item_index on content.comment (item_id, id);
create index comment_thread_index on content.comment (thread_id);
create index comment_author_index on content.comment (author_id);
create index comment_resolved_by_index on content.comment (resolved_by);
create trigger comment_stamp before update on content.comment
  for each row execute function engine.stamp_update();

alter table content.item enable row level security;
alter table content.revision enable row level security;
alter table content.snapshot enable row level security;
alter table content.comment enable row level security;
create policy in_workspace on content.item using (workspace_id = any ((select engine.app_workspaces())::uuid[]));
create policy in_workspace on content.revision using (workspace_id = any ((select engine.app_workspaces())::uuid[]));
create policy in_workspace on content.snapshot using (workspace_id = any ((select engine.app_workspaces())::uuid[]));
create policy in_workspace on content.comment using (workspace_id = any ((select engine.app_workspaces())::uuid[]));

grant select, insert, update, delete on content.item, content.comment to renexus_app;
grant select, insert on content.revision, content.snapshot to renexus_app;

-- Who sees which item, in which role; and the same of the trash. Through workspaces.member they are bound to the workspaces of the transaction.
create view content.visible as
  select i.*, m.user_id as viewer_id, m.role
  from content.item i
  join workspaces.member m on m.workspace_id = i.workspace_id
  where i.deleted_at is null;
create view content.trashed as
  select i.*, m.user_id as viewer_id, m.role
  from content.item i
  join workspaces.member m on m.workspace_id = i.workspace_id
  where i.deleted_at is not null;
grant select on content.visible, content.trashed to renexus_app;
