// The database, as one writes it with drizzle: prepared statements on a pool. In a transaction each connection keeps its own prepared ones, which drizzle
// does not do by itself: prepared anew in every transaction they cost a third of the rate.
import { and, desc, eq, getTableColumns, lt, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { audit, members, messages, threads, users } from './schema.mjs'

const { placeholder } = sql

export class Forbidden extends Error {}

/** @param way `transaction`: five statements between begin and commit. `statement`: the same in one, which is as few round trips as there can be. */
export function openStore(connectionString, poolSize, way) {
  const pool = new pg.Pool({ connectionString, max: poolSize, min: poolSize, idleTimeoutMillis: 0 })
  const db = drizzle(pool)

  const me = db.select({ id: users.id, email: users.email, name: users.name }).from(users).where(eq(users.id, placeholder('user'))).prepare('me')
  const membership = (on) =>
    on
      .select({ id: threads.id })
      .from(threads)
      .innerJoin(members, and(eq(members.workspaceId, threads.workspaceId), eq(members.userId, placeholder('user'))))
      .where(eq(threads.id, placeholder('thread')))
      .prepare('membership')
  const isMember = membership(db)
  const page = db
    .select(getTableColumns(messages))
    .from(messages)
    .innerJoin(threads, eq(threads.id, messages.threadId))
    .innerJoin(members, and(eq(members.workspaceId, threads.workspaceId), eq(members.userId, placeholder('user'))))
    .where(and(eq(messages.threadId, placeholder('thread')), lt(messages.version, placeholder('before'))))
    .orderBy(desc(messages.version))
    .limit(placeholder('limit'))
    .prepare('page')

  const prepared = new WeakMap()
  const statementsOf = (client) => {
    let statements = prepared.get(client)
    if (!statements) {
      const on = drizzle(client)
      statements = {
        isMember: membership(on),
        place: on
          .update(threads)
          .set({ version: sql`${threads.version} + 1` })
          .where(eq(threads.id, placeholder('thread')))
          .returning({ version: threads.version })
          .prepare('place'),
        insert: on
          .insert(messages)
          .values({
            id: placeholder('id'),
            threadId: placeholder('thread'),
            version: placeholder('version'),
            authorId: placeholder('user'),
            body: placeholder('body'),
          })
          .returning({ createdAt: messages.createdAt })
          .prepare('insert_message'),
        trace: on
          .insert(audit)
          .values({ actorId: placeholder('user'), action: 'message.created', resourceId: placeholder('id') })
          .prepare('insert_audit'),
      }
      prepared.set(client, statements)
    }
    return statements
  }

  const inTransaction = async ({ id, thread, user, body }) => {
    const client = await pool.connect()
    try {
      const statements = statementsOf(client)
      await client.query('begin')
      if ((await statements.isMember.execute({ thread, user })).length === 0) throw new Forbidden()
      const [{ version }] = await statements.place.execute({ thread })
      const [{ createdAt }] = await statements.insert.execute({ id, thread, version, user, body })
      await statements.trace.execute({ user, id })
      await client.query('commit')
      return { id, threadId: thread, authorId: user, body, version, createdAt }
    } catch (error) {
      await client.query('rollback')
      throw error
    } finally {
      client.release()
    }
  }

  const whole = {
    name: 'post',
    text: `
      with place as (
        update threads t set version = t.version + 1 from members m
        where t.id = $2 and m.workspace_id = t.workspace_id and m.user_id = $3
        returning t.version
      ), message as (
        insert into messages (id, thread_id, version, author_id, body) select $1, $2, version, $3, $4 from place returning version, created_at
      ), trace as (
        insert into audit (actor_id, action, resource_id) select $3, 'message.created', $1 from place
      )
      select version, created_at from message`,
  }
  const inOneStatement = async ({ id, thread, user, body }) => {
    const { rows } = await pool.query({ ...whole, values: [id, thread, user, body] })
    if (rows.length === 0) throw new Forbidden()
    return { id, threadId: thread, authorId: user, body, version: Number(rows[0].version), createdAt: rows[0].created_at }
  }

  return {
    ready: () => pool.query('select 1'),
    me: async (user) => (await me.execute({ user }))[0],
    isMember: async (thread, user) => (await isMember.execute({ thread, user })).length > 0,
    list: async (thread, user, before, limit) => {
      const rows = await page.execute({ thread, user, before, limit })
      // An empty page is the one case in which it may be a stranger.
      if (rows.length === 0 && (await isMember.execute({ thread, user })).length === 0) throw new Forbidden()
      return rows.reverse()
    },
    post: way === 'statement' ? inOneStatement : inTransaction,
    version: async (thread) => (await db.select({ version: threads.version }).from(threads).where(eq(threads.id, thread)))[0]?.version,
  }
}
