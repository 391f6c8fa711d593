import type { SyncOperation, SyncResult } from '@/api/types'
import { backoff } from './backoff'
import { idIn } from './channels'
import { newId } from './ids'
import type { OutboxStore } from './outbox-store'
import { Problem } from './problem'
import type { Change } from './realtime/protocol'
import type { Realtime } from './realtime/realtime'
import { Store } from './store'

/** Something that a person wants done. */
export interface Intent {
  /** What it belongs to. Within a channel one follows the other, in the order in which they were wanted. */
  channel: string
  op: 'create' | 'update' | 'delete'
  resource: string
  /** Which one; what is created takes the id of its operation. */
  resourceId?: string
  /** The version that it was made on. */
  base?: number
  /** The change, still under way, on whose result it was made; `base` is then what that one was made on. */
  follows?: string
  data: Readonly<Record<string, unknown>>
  /** Takes the place of an earlier wish of the same thing that still waits: field by field, or the version that is further. */
  folds?: 'fields' | 'furthest'
  /** What is left of it when the server refuses it: a record where this is absent, a notice alone, or nothing. */
  ifRefused?: 'notice' | 'nothing'
}

/** What somebody else made of it meanwhile, and what both began with; null is a deletion, absent is not known any more. */
export interface Conflict {
  base?: Readonly<Record<string, unknown>> | null | undefined
  mine: Readonly<Record<string, unknown>> | null
  theirs: Readonly<Record<string, unknown>> | null
  /** What its resolution is based on. */
  version: number
}

/** An intent that the server has not carried out yet. */
export interface Outgoing extends Intent {
  /** The id of the operation and of what it creates: sending it again can never do it twice. */
  id: string
  writtenAt: number
  /** Rises in the order of writing, over all tabs of the browser. */
  order: number
  /** Why it was refused; absent while it is on its way. */
  failure?: string
  /** It was not carried out, because it does not fit with what others did. */
  conflict?: Conflict
}

export interface Confirmed {
  outgoing: Outgoing
  data: unknown
  v: number
}

/** What one tab tells the others of its browser. */
export interface OutboxNews {
  userId: string
  put?: readonly Outgoing[]
  gone?: readonly string[]
  confirmed?: Confirmed
}

export interface OutboxOptions {
  realtime: Realtime
  store: OutboxStore
  /** Carries out operations at the server (`POST /api/sync`). */
  sync: (operations: readonly SyncOperation[]) => Promise<{ results: readonly SyncResult[] }>
  /** Whether this tab sends for all; without it there is no other. */
  isLeader?: Store<boolean>
}

/** Whether it still waits for the network, and not for the person. */
export const isOnItsWay = ({ failure, conflict }: Outgoing): boolean => failure === undefined && conflict === undefined

/** Whether its person is to know that it waits: nobody misses how far he has read. */
export const isOfWeight = ({ ifRefused }: Outgoing): boolean => ifRefused !== 'nothing'

/** So many operations go in one request. */
const AT_ONCE = 50
/** More than anybody makes on top of one another before hearing of it. */
const RESULTS_KEPT = 500
/** What says that whoever asks is to log in, or the server to come back, and nothing about the operation. */
const PASSING_CODES = new Set([
  'unauthenticated',
  'token_expired',
  'rate_limited',
  'unavailable',
  'internal',
  'request_timeout',
])

const isPassing = (problem: Problem): boolean =>
  problem.retryable ||
  problem.status === 401 ||
  problem.status === 408 ||
  problem.status === 429 ||
  problem.status >= 500 ||
  PASSING_CODES.has(problem.code)

/**
 * Intents on their way to the server (RT-6, SY-4, SY-5): kept on the device before they are sent, shown on top of what is
 * confirmed, sent in the order they were made, and carried out once, over lost connections, reloads, the closing of the
 * page, and however many tabs there are. Nothing but the server's final word ends one: a refused one, or one in conflict,
 * stays as a record for its person and holds up none behind it.
 */
export class Outbox {
  readonly entries = new Store<readonly Outgoing[]>([])
  /** False when this browser does not let anything be kept: then what is unsent is lost with the page. */
  readonly keeps = new Store(true)
  readonly #options: OutboxOptions
  readonly #listeners = new Set<(confirmed: Confirmed) => void>()
  readonly #refusals = new Set<(refused: Outgoing) => void>()
  /** Those whose answer is awaited, with their channels. */
  readonly #sending = new Map<string, string>()
  /** On their way to the device's storage. */
  readonly #unkept = new Set<string>()
  /** What the device would not keep: it lives here alone. */
  readonly #homeless = new Set<string>()
  /** Done while what was left is still being read. */
  readonly #done = new Set<string>()
  /** Put while what was left is being read. */
  readonly #fresh = new Set<string>()
  /** What the last ones led to, for what was made on top of them: the version at which it says what they wanted. */
  readonly #results = new Map<string, number>()
  /** What waits for the end of this moment to go in one request. */
  readonly #gathered: {
    operations: readonly SyncOperation[]
    resolve: (results: readonly SyncResult[]) => void
    reject: (error: Error) => void
  }[] = []
  /** Channels that go one by one, because together something was wrong with them. */
  readonly #singly = new Set<string>()
  /** Channels that wait out a rate limit or an outage. */
  readonly #resting = new Map<string, ReturnType<typeof setTimeout>>()
  readonly #failures = new Map<string, number>()
  /** Whose it is; nobody's until it is opened. */
  #owner: string | undefined
  /** What was left from before is still being read, and comes first. */
  #isLoading = false
  /** Counts openings and closings, so that one that was overtaken changes nothing. */
  #generation = 0
  #order = 0

  constructor(options: OutboxOptions) {
    this.#options = options
    options.realtime.state.subscribe(() => {
      if (options.realtime.state.get().status === 'connected') this.#pumpAll()
    })
    options.isLeader?.subscribe(() => {
      // What the leader before knew is in the store.
      if (options.isLeader?.get() === true && this.#owner !== undefined) void this.#load()
    })
    options.store.onNews((news) => this.#hear(news))
  }

  /** Hears each intent as the server carried it out, before it leaves the outbox: nothing flickers in between. */
  onConfirmed(listener: (confirmed: Confirmed) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Hears what the server refused, or found in conflict. */
  onRefused(listener: (refused: Outgoing) => void): () => void {
    this.#refusals.add(listener)
    return () => this.#refusals.delete(listener)
  }

  /** Takes up what this person left unsent. What is added meanwhile is shown, and sent after it. */
  async open(userId: string): Promise<void> {
    if (this.#owner === userId) return
    this.#owner = userId
    this.entries.set([])
    this.#done.clear()
    await this.#load()
  }

  /** Sends nothing more and shows nothing; what was unsent stays in the store for its owner. */
  close(): void {
    this.#generation++
    this.#owner = undefined
    this.#isLoading = false
    for (const timer of this.#resting.values()) clearTimeout(timer)
    this.#resting.clear()
    this.#failures.clear()
    this.#sending.clear()
    this.#unkept.clear()
    this.#homeless.clear()
    this.#fresh.clear()
    this.entries.set([])
  }

  /** Shown at once; sent once it is on the device, of which `kept` tells. */
  add(intent: Intent): { outgoing: Outgoing; kept: Promise<boolean> } {
    const earlier = this.#replacedBy(intent)
    const outgoing: Outgoing = {
      ...intent,
      ...(earlier && { ...(earlier.base !== undefined && { base: earlier.base }), data: folded(earlier, intent) }),
      id: newId(),
      writtenAt: Date.now(),
      order: this.#next(),
    }
    return { outgoing, kept: this.#put([outgoing], earlier ? [earlier.id] : []) }
  }

  /** Sends a refused one again, after everything that was wanted meanwhile. */
  retry(id: string): void {
    const found = this.#find(id)
    if (found?.failure === undefined) return
    const { failure: _, ...again } = found
    void this.#put([{ ...again, order: this.#next() }])
  }

  /** Wants something else in place of what was in conflict: new data, or with null the deletion. */
  resolve(id: string, data: Intent['data'] | null): void {
    const found = this.#find(id)
    if (!found?.conflict) return
    const { conflict, failure: _, follows: __, ...intent } = found
    const resolution: Outgoing = {
      ...intent,
      id: newId(),
      writtenAt: Date.now(),
      order: this.#next(),
      op: data === null ? 'delete' : 'update',
      base: conflict.version,
      data: data ?? {},
    }
    void this.#put([resolution], [id])
  }

  /** Gives one up, unless it may be at the server already. */
  discard(id: string): void {
    const found = this.#find(id)
    const mayBeSent = found && isOnItsWay(found) && (this.#sending.has(id) || !this.#isLeader)
    if (found && !mayBeSent) this.#remove([id])
  }

  /** A change that one of these caused was seen: it arrived, even if its acknowledgement was lost. */
  arrived({ cause, data, v }: Pick<Change, 'cause' | 'data' | 'v'>): void {
    if (cause === null) return
    if (this.#isLoading) this.#done.add(cause)
    this.#sending.delete(cause)
    const found = this.#find(cause)
    // Another tab may hear of this before it hears of the change itself.
    if (found) this.#leave({ outgoing: found, data, v })
  }

  /** An earlier wish of the same thing that still waits. One that others of its channel stand behind keeps its place before them. */
  #replacedBy({ folds, channel, op, resource, resourceId }: Intent): Outgoing | undefined {
    if (folds === undefined) return undefined
    const waiting = this.entries.get().filter((entry) => entry.channel === channel && isOnItsWay(entry))
    const last = waiting.findLastIndex((entry) => entry.folds === undefined)
    return waiting
      .slice(last + 1)
      .find(
        (entry) =>
          entry.op === op &&
          entry.resource === resource &&
          entry.resourceId === resourceId &&
          !this.#sending.has(entry.id),
      )
  }

  get #isLeader(): boolean {
    return this.#options.isLeader?.get() ?? true
  }

  #find(id: string): Outgoing | undefined {
    return this.entries.get().find((entry) => entry.id === id)
  }

  /** Rises over pages and reloads, and within a millisecond. */
  #next(): number {
    this.#order = Math.max(this.#order + 1, Date.now() * 1000)
    return this.#order
  }

  async #load(): Promise<void> {
    const owner = this.#owner
    if (owner === undefined) return
    const generation = ++this.#generation
    this.#isLoading = true
    const left = await this.#options.store.load(owner)
    if (generation !== this.#generation) return
    this.#isLoading = false
    // What another tab did while this one slept is in the store, and only what came meanwhile is not.
    const isElsewhere = (id: string) => this.#unkept.has(id) || this.#fresh.has(id) || this.#homeless.has(id)
    const gone = left && this.entries.get().flatMap(({ id }) => (isElsewhere(id) ? [] : [id]))
    this.#show(
      (left ?? []).filter(({ id }) => !this.#done.has(id) && !this.#fresh.has(id)),
      gone,
    )
    this.#done.clear()
    this.#fresh.clear()
    this.#pumpAll()
  }

  #hear({ userId, put = [], gone = [], confirmed }: OutboxNews): void {
    if (userId !== this.#owner) return
    if (this.#isLoading) {
      for (const id of gone) this.#done.add(id)
      for (const { id } of put) this.#fresh.add(id)
    }
    if (confirmed) {
      this.#remember(confirmed)
      // Where it is gone, the change itself was heard before this.
      if (this.#find(confirmed.outgoing.id)) for (const listener of this.#listeners) listener(confirmed)
    }
    this.#show(put, gone)
    if (put.length > 0) this.#pumpAll()
  }

  #show(put: readonly Outgoing[], gone: readonly string[] = []): void {
    if (put.length === 0 && gone.length === 0) return
    const changed = new Set([...put.map(({ id }) => id), ...gone])
    const entries = [
      ...this.entries.get().filter(({ id }) => !changed.has(id)),
      ...put.map((one) => this.#rebased(one)),
    ]
    this.entries.set(entries.sort((one, other) => one.order - other.order))
  }

  async #put(put: readonly Outgoing[], gone: readonly string[] = []): Promise<boolean> {
    const owner = this.#owner
    if (owner === undefined) return false
    for (const { id } of put) {
      this.#unkept.add(id)
      if (this.#isLoading) this.#fresh.add(id)
    }
    if (this.#isLoading) for (const id of gone) this.#done.add(id)
    this.#show(put, gone)
    const isKept = await this.#options.store.save(owner, put, gone)
    this.keeps.set(isKept)
    for (const { id } of put) {
      this.#unkept.delete(id)
      if (isKept) this.#homeless.delete(id)
      else this.#homeless.add(id)
    }
    if (owner === this.#owner) for (const { channel } of put) this.#pump(channel)
    return isKept
  }

  #remove(gone: readonly string[], confirmed?: Confirmed, put: readonly Outgoing[] = []): void {
    this.#show(put, gone)
    if (this.#owner !== undefined) void this.#options.store.save(this.#owner, put, gone, confirmed)
  }

  /** One is done. What was made on top of it is now based on what it led to, kept in the moment in which it goes. */
  #leave(done: Confirmed): void {
    const { id } = done.outgoing
    this.#remember(done)
    const behind = this.entries.get().filter(({ follows }) => follows === id)
    this.#remove(
      [id],
      done,
      behind.map((one) => this.#rebased(one)),
    )
  }

  #remember({ outgoing: { id, data: wanted }, data, v }: Confirmed): void {
    const is = (data ?? {}) as Readonly<Record<string, unknown>>
    // Where it was merged with what others did, what is made on top of it has not seen that.
    if (Object.entries(wanted).some(([name, value]) => is[name] !== value)) return
    this.#results.set(id, v)
    const [oldest] = this.#results.keys()
    if (this.#results.size > RESULTS_KEPT && oldest !== undefined) this.#results.delete(oldest)
  }

  #rebased(outgoing: Outgoing): Outgoing {
    const { follows, ...rest } = outgoing
    const base = follows === undefined ? undefined : this.#results.get(follows)
    return base === undefined ? outgoing : { ...rest, base }
  }

  #pumpAll(): void {
    for (const channel of new Set(this.entries.get().map((entry) => entry.channel))) this.#pump(channel)
  }

  /** Within a channel one request is on its way at a time, because a refused one must not be overtaken by those after it. */
  #pump(channel: string): void {
    if (this.#isLoading || !this.#isLeader || this.#resting.has(channel) || this.#singly.has(channel)) return
    if (this.#options.realtime.state.get().status !== 'connected') return
    const open = this.entries.get().filter((entry) => entry.channel === channel && isOnItsWay(entry))
    const next = open[0]
    // One that another tab put something else in place of is under way all the same.
    const isUnderWay = [...this.#sending.values()].includes(channel)
    if (!next || this.#unkept.has(next.id) || isUnderWay) return
    const some = this.#together(open)
    if (some.length === 1 && goesByConnection(next)) void this.#write(next)
    else void this.#sync(channel, some)
  }

  /** As many from the front as may go in one request, after an absence all of them. */
  #together(open: readonly Outgoing[]): Outgoing[] {
    // What was made on top of another one needs to know what that led to.
    const seen = new Set<string>()
    const end = open.findIndex((entry) => {
      const hasToWait = this.#unkept.has(entry.id) || (entry.follows !== undefined && seen.has(entry.follows))
      seen.add(entry.id)
      return hasToWait
    })
    return open.slice(0, Math.min(AT_ONCE, end < 0 ? open.length : end))
  }

  async #write(outgoing: Outgoing): Promise<void> {
    const { id, channel, resource, data } = outgoing
    this.#sending.set(id, channel)
    try {
      const answer = await this.#options.realtime.write(channel, id, { op: 'create', resource, data })
      this.#sending.delete(id)
      this.#failures.delete(channel)
      this.#confirmed({ outgoing, data: answer.payload?.data, v: answer.v ?? 0 })
    } catch (error) {
      this.#sending.delete(id)
      if (this.#find(id)) this.#failed(outgoing, error)
    }
    this.#pump(channel)
  }

  async #sync(channel: string, some: readonly Outgoing[], isAlone = false): Promise<void> {
    for (const { id } of some) this.#sending.set(id, channel)
    const owner = this.#owner
    try {
      const operations = some.map(operationOf)
      const results = isAlone ? (await this.#options.sync(operations)).results : await this.#gather(operations)
      this.#failures.delete(channel)
      for (const { id } of some) this.#sending.delete(id)
      if (owner !== this.#owner) return
      for (const [index, outgoing] of some.entries()) {
        const result = results[index]
        if (!result || !this.#find(outgoing.id)) continue
        // Those behind it wait with it, and are answered the same.
        if (!this.#settle(outgoing, result)) break
      }
    } catch (error) {
      for (const { id } of some) this.#sending.delete(id)
      const [first] = some
      if (first && this.#find(first.id)) {
        // One of them spoils the request, or one of another channel does: each goes alone, and finds out.
        if (error instanceof Problem && !isPassing(error) && !isAlone) return void this.#syncOneByOne(channel, some)
        this.#failed(first, error)
      }
    }
    this.#pump(channel)
  }

  /** What several channels have to send in the same moment goes in one request (GW-8). */
  #gather(operations: readonly SyncOperation[]): Promise<readonly SyncResult[]> {
    return new Promise((resolve, reject) => {
      this.#gathered.push({ operations, resolve, reject })
      if (this.#gathered.length === 1) queueMicrotask(() => this.#sendGathered())
    })
  }

  #sendGathered(): void {
    const all = this.#gathered.splice(0)
    while (all.length > 0) {
      let count = 0
      const fits = all.findIndex(({ operations }) => (count += operations.length) > AT_ONCE)
      const parcel = all.splice(0, fits < 0 ? all.length : Math.max(1, fits))
      this.#options.sync(parcel.flatMap(({ operations }) => operations)).then(
        ({ results }) => {
          let at = 0
          for (const { operations, resolve } of parcel) resolve(results.slice(at, (at += operations.length)))
        },
        (error: unknown) => {
          for (const { reject } of parcel) reject(error as Error)
        },
      )
    }
  }

  async #syncOneByOne(channel: string, some: readonly Outgoing[]): Promise<void> {
    this.#singly.add(channel)
    for (const outgoing of some)
      if (!this.#resting.has(channel) && this.#find(outgoing.id)) await this.#sync(channel, [outgoing], true)
    this.#singly.delete(channel)
    this.#pump(channel)
  }

  /** Takes what the server says of one; false when it has to wait. */
  #settle(outgoing: Outgoing, { outcome, conflict, problem, data, version }: SyncResult): boolean {
    if (outcome === 'applied' || outcome === 'merged') this.#confirmed({ outgoing, data, v: version ?? 0 })
    else if (conflict) {
      // What was made on top of it has all of it, and is asked about in its place: one decision, and not one for each step.
      const isContained = this.entries.get().some((entry) => entry.follows === outgoing.id && isOnItsWay(entry))
      if (isContained) this.#remove([outgoing.id])
      else this.#refuse({ ...outgoing, conflict: conflict as Conflict })
    } else {
      const refusal = new Problem(
        problem?.code ?? 'internal',
        problem?.detail ?? problem?.title ?? 'The server refused it.',
        {
          status: problem?.status ?? 0,
        },
      )
      this.#failed(outgoing, refusal)
      return !isPassing(refusal)
    }
    return true
  }

  #confirmed(confirmed: Confirmed): void {
    // Its broadcast may have come first, and then everything is done.
    if (!this.#find(confirmed.outgoing.id)) return
    for (const listener of this.#listeners) listener(confirmed)
    this.#leave(confirmed)
  }

  #failed(outgoing: Outgoing, error: unknown): void {
    // Without a problem the connection ended: the next one brings it. If it is still there, the answer was lost on it.
    if (!(error instanceof Problem)) this.#rest(outgoing.channel)
    else if (isPassing(error)) this.#rest(outgoing.channel, error.retryAfter)
    else this.#refuse({ ...outgoing, failure: error.message })
  }

  #refuse(refused: Outgoing): void {
    if (refused.ifRefused === undefined || refused.conflict) void this.#put([refused])
    else this.#remove([refused.id])
    if (refused.ifRefused !== 'nothing') for (const listener of this.#refusals) listener(refused)
  }

  #rest(channel: string, seconds?: number): void {
    if (this.#resting.has(channel) || this.#options.realtime.state.get().status !== 'connected') return
    const failures = this.#failures.get(channel) ?? 0
    this.#failures.set(channel, failures + 1)
    const delay = seconds === undefined ? backoff(failures) : seconds * 1000
    const timer = setTimeout(() => {
      this.#resting.delete(channel)
      this.#pump(channel)
    }, delay)
    this.#resting.set(channel, timer)
  }
}

function folded(earlier: Outgoing, { folds, data }: Intent): Intent['data'] {
  if (folds === 'fields') return { ...earlier.data, ...data }
  // Who wants to go back means it, and so does who reads on from there.
  const isBack = data.back === true || earlier.data.back === true
  return isBack || Number(data.version) >= Number(earlier.data.version) ? data : earlier.data
}

/** What is said alone goes the quick way; what may be merged, or be in conflict, and what many wait with goes by sync. Under its id each is done once. */
const goesByConnection = ({ op, resource }: Outgoing) => op === 'create' && resource === 'message'

function operationOf({ id, op, resource, resourceId, base, data, writtenAt, channel }: Outgoing): SyncOperation {
  return {
    id,
    type: op,
    resource,
    timestamp: writtenAt,
    ...(resourceId !== undefined && { resourceId }),
    ...(base !== undefined && { base }),
    ...(!(op === 'delete' && resource === 'message') && {
      data: op === 'create' && resource === 'message' ? { threadId: idIn(channel), ...data } : data,
    }),
  }
}
