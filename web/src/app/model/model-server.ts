import type { Message, SyncOperation, SyncResult } from '@/api/types'
import { withReaction } from '@/features/threads/reactions'
import type { Message as Frame, Payload } from '@/lib/realtime/protocol'
import type { Random } from '@/lib/testing/random'
import { merged } from './texts'

/** A server in memory with the meaning of the real one (docs/protocol.md, docs/spec/sync.md), and none of its parts. */

export type Operation = Omit<SyncOperation, 'timestamp'>

interface Logged {
  v: number
  op: SyncOperation['type']
  resource: string
  resourceId: string
  data: unknown
  actor: string
  cause: string
}

interface Text {
  v: number
  body: string
  by: string
}

interface Stored {
  message: Message
  texts: Text[]
  isDeleted: boolean
}

interface Thread {
  title: string
  version: number
}

class Log {
  v = 0
  /** Up to here nothing is told any more. */
  forgotten = 0
  epoch = 1
  changes: Logged[] = []
  readonly listeners = new Set<(frame: Frame) => void>()
}

/** Who carried what out, in the order of doing so. */
export interface Deed {
  id: string
  channel: string
}

const problem = (code: string, status: number) => ({ type: '', title: code, status, detail: code, code, traceId: null })

/** Words that the server will not have. */
export const REFUSED = 'refused'

export class ModelServer {
  readonly threads = new Map<string, Thread>()
  readonly messages = new Map<string, Stored>()
  readonly markers = new Map<string, number>()
  readonly preferences = new Map<string, Record<string, unknown>>()
  readonly deeds: Deed[] = []
  readonly answers = new Map<string, SyncResult>()
  /** What must not happen. */
  readonly complaints: string[] = []
  readonly #random: Random
  readonly #logs = new Map<string, Log>()
  readonly #tabOf: (operation: string) => string | undefined

  constructor(random: Random, threads: readonly string[], tabOf: (operation: string) => string | undefined) {
    this.#random = random
    this.#tabOf = tabOf
    for (const id of threads) this.threads.set(id, { title: '', version: 1 })
  }

  messagesOf(threadId: string): Message[] {
    return [...this.messages.values()]
      .filter(({ message, isDeleted }) => message.threadId === threadId && !isDeleted)
      .map(({ message }) => message)
      .sort((one, other) => one.version - other.version)
  }

  marker = (user: string, thread: string) => this.markers.get(`${user} ${thread}`) ?? 0

  // Following

  /** Answers a subscription, and from then on tells what happens; by the listener one leaves. */
  subscribe(channel: string, re: string, { v, e }: { v?: number; e?: string }, listener: (frame: Frame) => void): void {
    const log = this.#log(channel)
    const epoch = `e${log.epoch}`
    const frame = (v: number, payload: Payload): Frame => ({ type: 'update', channel, v, e: epoch, payload })
    const answer = (mode: string, from: number) =>
      listener({ ...frame(log.v, { op: 'subscribed', mode, from, to: log.v }), re })
    if (v === undefined || (v === log.v && e === epoch)) answer('live', log.v)
    else if (v > log.v || v < log.forgotten || (v > 0 && e !== epoch)) {
      answer('snapshot', log.v)
      listener(frame(log.v, { op: 'snapshot', state: {} }))
    } else {
      answer('delta', v)
      for (const change of log.changes.filter((one) => one.v > v)) listener(this.#frame(channel, log, change))
    }
    log.listeners.add(listener)
  }

  unsubscribe(channel: string, listener: (frame: Frame) => void): void {
    this.#log(channel).listeners.delete(listener)
  }

  leave(listener: (frame: Frame) => void): void {
    for (const log of this.#logs.values()) log.listeners.delete(listener)
  }

  /** Forgets what it could still tell, as retention and a restore do. */
  forget(isNewEpoch: boolean): void {
    for (const log of this.#logs.values()) {
      log.forgotten = log.v
      log.changes = []
      if (isNewEpoch) log.epoch++
    }
  }

  // Doing

  /** Carries an operation out, once, however often it comes (SY2). */
  apply(user: string, operation: Operation): SyncResult {
    const known = this.answers.get(`${user} ${operation.id}`)
    if (known) return known
    const answer = this.#carryOut(user, operation)
    if (answer.outcome === 'applied' || answer.outcome === 'merged') this.answers.set(`${user} ${operation.id}`, answer)
    return answer
  }

  #carryOut(user: string, operation: Operation): SyncResult {
    const { id, type, resource, data = {} } = operation
    const resourceId = operation.resourceId ?? ''
    const refused = (code: string, status: number): SyncResult => ({
      id,
      outcome: 'rejected',
      problem: problem(code, status),
    })
    if (JSON.stringify(data).includes(REFUSED)) return refused('validation_failed', 400)
    const fields = data as Record<string, unknown>
    if (resource === 'message' && type === 'create') return this.#say(user, id, fields)
    if (resource === 'message') return this.#change(user, resourceId, operation)
    if (resource === 'reaction' && type !== 'update') return this.#react(user, id, type, fields)
    if (resource === 'thread' && type === 'update') return this.#rename(user, id, resourceId, fields)
    if (resource === 'readMarker' && type === 'update') return this.#mark(user, id, resourceId, Number(fields.version))
    if (resource === 'preferences' && type === 'update') return this.#prefer(user, id, fields)
    return refused('validation_failed', 400)
  }

  #say(user: string, id: string, { threadId, body }: Record<string, unknown>): SyncResult {
    const thread = String(threadId)
    if (!this.threads.has(thread)) return { id, outcome: 'rejected', problem: problem('not_found', 404) }
    const version = this.#log(`thread:${thread}`).v + 1
    const message: Message = {
      id, threadId: thread, authorId: user, body: String(body), replyTo: null, attachments: [], reactions: [],
      version, createdAt: '', editedAt: null,
    } // prettier-ignore
    this.messages.set(id, { message, texts: [{ v: version, body: message.body, by: id }], isDeleted: false })
    this.#append(`thread:${thread}`, {
      op: 'create',
      resource: 'message',
      resourceId: id,
      data: message,
      actor: user,
      cause: id,
    })
    return { id, outcome: 'applied', resourceId: id, version, data: message }
  }

  #change(user: string, resourceId: string, { id, type, base, data }: Operation): SyncResult {
    const found = this.messages.get(resourceId)
    if (!found) return { id, outcome: 'rejected', problem: problem('not_found', 404) }
    const { message, texts } = found
    const channel = `thread:${message.threadId}`
    const latest = texts.at(-1)
    const known = base == null ? undefined : texts.findLast((text) => text.v <= base)
    const mine = type === 'delete' ? null : { body: String((data as { body?: unknown } | undefined)?.body) }
    const conflict = (theirs: { body: string } | null): SyncResult => {
      this.#judge(id, resourceId, base, found)
      const version = latest?.v ?? message.version
      return { id, outcome: 'conflict', conflict: { base: known ? { body: known.body } : null, mine, theirs, version } }
    }
    if (found.isDeleted)
      return mine ? conflict(null) : { id, outcome: 'merged', version: this.#log(channel).v, data: { id: resourceId } }
    if (!mine) {
      if (base != null && (latest?.v ?? 0) > base) return conflict({ body: message.body })
      found.isDeleted = true
      const v = this.#append(channel, {
        op: 'delete',
        resource: 'message',
        resourceId,
        data: {},
        actor: user,
        cause: id,
      })
      return { id, outcome: 'applied', resourceId, version: v, data: {} }
    }
    const body = known ? merged(known.body, mine.body, message.body) : mine.body
    if (body === undefined) return conflict({ body: message.body })
    const isMerged = body !== mine.body || (known !== undefined && known.body !== message.body)
    found.message = { ...message, body, editedAt: '' }
    const v = this.#append(channel, {
      op: 'update',
      resource: 'message',
      resourceId,
      data: found.message,
      actor: user,
      cause: id,
    })
    texts.push({ v, body, by: id })
    return { id, outcome: isMerged ? 'merged' : 'applied', resourceId, version: v, data: found.message }
  }

  /** Nobody is to be asked about what nobody else has done. */
  #judge(id: string, message: string, base: number | null | undefined, { texts, isDeleted }: Stored): void {
    const own = this.#tabOf(id)
    const isOwn = texts.filter(({ v }) => v > (base ?? 0)).every(({ by }) => this.#tabOf(by) === own)
    if (!isDeleted && own !== undefined && isOwn)
      this.complaints.push(`${id} is in conflict with its own tab over ${message}`)
  }

  /** One that is there, or is gone, is done. */
  #react(user: string, id: string, op: string, { messageId, emoji }: Record<string, unknown>): SyncResult {
    const found = this.messages.get(String(messageId))
    if (!found || found.isDeleted) return { id, outcome: 'rejected', problem: problem('not_found', 404) }
    const channel = `thread:${found.message.threadId}`
    const reaction = { messageId: found.message.id, emoji: String(emoji), userId: user }
    const next = withReaction(found.message, reaction, op === 'create' ? 'create' : 'delete')
    if (next === found.message) {
      this.deeds.push({ id, channel })
      const data = op === 'create' ? reaction : {}
      return { id, outcome: 'applied', resourceId: id, version: this.#log(channel).v, data }
    }
    found.message = next
    const v = this.#append(channel, {
      op,
      resource: 'reaction',
      resourceId: id,
      data: reaction,
      actor: user,
      cause: id,
    })
    return { id, outcome: 'applied', resourceId: id, version: v, data: reaction }
  }

  #rename(user: string, id: string, threadId: string, fields: Record<string, unknown>): SyncResult {
    const thread = this.threads.get(threadId)
    if (!thread) return { id, outcome: 'rejected', problem: problem('not_found', 404) }
    const next = { ...thread, ...fields, version: thread.version + 1 }
    this.threads.set(threadId, next)
    this.#append(`thread:${threadId}`, {
      op: 'update',
      resource: 'thread',
      resourceId: threadId,
      data: next,
      actor: user,
      cause: id,
    })
    return { id, outcome: 'applied', resourceId: threadId, version: next.version, data: next }
  }

  #mark(user: string, id: string, threadId: string, wanted: number): SyncResult {
    const version = Math.max(this.marker(user, threadId), Math.min(wanted, this.#log(`thread:${threadId}`).v))
    if (version > this.marker(user, threadId)) {
      this.markers.set(`${user} ${threadId}`, version)
      this.#append(`user:${user}`, {
        op: 'update', resource: 'readMarker', resourceId: threadId, data: { threadId, version }, actor: user, cause: id,
      }) // prettier-ignore
    } else this.deeds.push({ id, channel: `user:${user}` })
    return { id, outcome: 'applied', resourceId: threadId, version, data: { threadId, version } }
  }

  #prefer(user: string, id: string, fields: Record<string, unknown>): SyncResult {
    const data = { ...this.preferences.get(user), ...fields }
    this.preferences.set(user, data)
    this.#append(`user:${user}`, {
      op: 'update',
      resource: 'preferences',
      resourceId: user,
      data,
      actor: user,
      cause: id,
    })
    return { id, outcome: 'applied', resourceId: user, version: 1, data }
  }

  #append(channel: string, change: Omit<Logged, 'v'>): number {
    const log = this.#log(channel)
    const logged = { ...change, v: ++log.v }
    log.changes.push(logged)
    this.deeds.push({ id: change.cause, channel })
    const frame = this.#frame(channel, log, logged)
    for (const listener of [...log.listeners]) {
      // A listener who is too slow is told to come again, and then told everything.
      if (this.#random.chance(0.01)) {
        log.listeners.delete(listener)
        listener({ type: 'error', channel, payload: { code: 'resync', message: '', retryable: true } })
      } else listener(frame)
    }
    return logged.v
  }

  #frame(channel: string, { epoch }: Log, { v, ...payload }: Logged): Frame {
    return { type: 'update', channel, v, e: `e${epoch}`, payload }
  }

  #log(channel: string): Log {
    let log = this.#logs.get(channel)
    if (!log) this.#logs.set(channel, (log = new Log()))
    return log
  }
}
