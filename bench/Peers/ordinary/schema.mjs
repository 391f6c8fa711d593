// The same facts that Renexus keeps of a message: who may write where, its place in its thread, and a trace of who wrote it.
import { sql } from 'drizzle-orm'
import { bigint, index, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

const at = (name) => timestamp(name, { withTimezone: true, mode: 'string' }).notNull().default(sql`now()`)

export const users = pgTable('users', {
  id: uuid().primaryKey(),
  email: text().notNull().unique(),
  name: text().notNull(),
  createdAt: at('created_at'),
})

export const workspaces = pgTable('workspaces', { id: uuid().primaryKey(), name: text().notNull() })

export const members = pgTable(
  'members',
  {
    workspaceId: uuid('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
    userId: uuid('user_id').notNull().references(() => users.id, { onDelete: 'cascade' }),
    role: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.userId] }), index('members_user').on(t.userId)],
)

export const threads = pgTable(
  'threads',
  {
    id: uuid().primaryKey(),
    workspaceId: uuid('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
    title: text().notNull(),
    version: bigint({ mode: 'number' }).notNull().default(0),
    createdAt: at('created_at'),
  },
  (t) => [index('threads_workspace').on(t.workspaceId)],
)

export const messages = pgTable(
  'messages',
  {
    id: uuid().primaryKey(),
    threadId: uuid('thread_id').notNull().references(() => threads.id, { onDelete: 'cascade' }),
    version: bigint({ mode: 'number' }).notNull(),
    authorId: uuid('author_id').references(() => users.id, { onDelete: 'set null' }),
    body: text().notNull(),
    createdAt: at('created_at'),
  },
  (t) => [uniqueIndex('messages_place').on(t.threadId, t.version), index('messages_author').on(t.authorId)],
)

export const audit = pgTable('audit', {
  id: bigint({ mode: 'number' }).generatedAlwaysAsIdentity().primaryKey(),
  actorId: uuid('actor_id'),
  action: text().notNull(),
  resourceId: uuid('resource_id').notNull(),
  at: at('at'),
})
