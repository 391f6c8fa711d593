// Makes the tables and fills them, and prints what a load generator needs: `node prepare.mjs POSTGRES_URL USERS THREADS MESSAGES WRITERS`.
import pg from 'pg'
import { drizzle } from 'drizzle-orm/node-postgres'
import { sql } from 'drizzle-orm'
import { tokenOf } from './identity.mjs'

const [url, users, threads, messages, writers] = process.argv.slice(2).map((value, i) => (i === 0 ? value : Number(value)))
const client = new pg.Client({ connectionString: url })
await client.connect()
const db = drizzle(client)

// Ids that can be counted out, so that nothing has to be read back.
const id = (kind, n) => `00000000-0000-7000-800${kind}-${n.toString(16).padStart(12, '0')}`
const idIn = (kind, n) => sql.raw(`('00000000-0000-7000-800${kind}-' || lpad(to_hex(${n}), 12, '0'))::uuid`)

for (const statement of [
  sql`create table users (id uuid primary key, email text not null unique, name text not null, created_at timestamptz not null default now())`,
  sql`create table workspaces (id uuid primary key, name text not null)`,
  sql`create table members (
        workspace_id uuid not null references workspaces on delete cascade, user_id uuid not null references users on delete cascade, role text not null,
        primary key (workspace_id, user_id))`,
  sql`create index members_user on members (user_id)`,
  sql`create table threads (
        id uuid primary key, workspace_id uuid not null references workspaces on delete cascade, title text not null,
        version bigint not null default 0, created_at timestamptz not null default now()) with (fillfactor = 50)`,
  sql`create index threads_workspace on threads (workspace_id)`,
  sql`create table messages (
        id uuid primary key, thread_id uuid not null references threads on delete cascade, version bigint not null,
        author_id uuid references users on delete set null, body text not null, created_at timestamptz not null default now())`,
  sql`create table audit (
        id bigint generated always as identity primary key, actor_id uuid, action text not null, resource_id uuid not null,
        at timestamptz not null default now())`,
  sql`insert into users (id, email, name) select ${idIn(1, 'n')}, 'user' || n || '@example.com', 'User ' || n from generate_series(1, ${sql.raw(String(users))}) n`,
  sql`insert into workspaces values (${idIn(2, '1')}, 'Bench')`,
  sql`insert into members select ${idIn(2, '1')}, id, 'editor' from users`,
  sql`insert into threads (id, workspace_id, title, version)
      select ${idIn(3, 'n')}, ${idIn(2, '1')}, 'Thread ' || n, ${sql.raw(String(Math.floor(messages / threads)))} from generate_series(1, ${sql.raw(String(threads))}) n`,
  sql`insert into messages (id, thread_id, version, author_id, body)
      select ${idIn(4, 'n')}, ${idIn(3, `(n % ${threads}) + 1`)}, n / ${sql.raw(String(threads))} + 1, ${idIn(1, `(n % ${users}) + 1`)}, repeat('x', 200)
      from generate_series(0, ${sql.raw(String(messages - 1))}) n`,
  sql`create unique index messages_place on messages (thread_id, version)`,
  sql`create index messages_author on messages (author_id)`,
  sql`vacuum analyze`,
])
  await db.execute(statement)
await client.end()

const people = Array.from({ length: writers }, (_, i) => id(1, i + 1))
console.log(
  JSON.stringify({
    users: people,
    tokens: people.map((user) => tokenOf(user)),
    threads: Array.from({ length: threads }, (_, i) => id(3, i + 1)),
  }),
)
