import { backoff } from './backoff'
import { newId } from './ids'
import type { OutboxStore } from './outbox-store'
import { Problem } from './problem'
import type { Message } from './realtime/protocol'
import type { Realtime } from './realtime/realtime'
import { Store } from './store'

/** Something written here that the server has not acknowledged yet. */
export interface Outgoing {
  /** The id of the write and of what it creates: sending it again can never create it twice. */
  id: string
  channel: string
  resource: string
  data: Readonly<Record<string, unknown>>
  writtenAt: number
  /** Why it was refused; absent while it is on its way. */
  failure?: string
}

export interface Confirmed {
  outgoing: Outgoing
  data: unknown
  v: number
}

export interface OutboxOptions {
  realtime: Realtime
  store: OutboxStore
}

/**
 * Writes on their way to the server (RT-6, SY-4): shown at once, sent in the order they were written, kept over
 * lost connections, reloads and the closing of the page, and replayed once. Within a channel one write is in flight at a time,
 * because a refused one must not be overtaken by those after it.
 */
export class Outbox {
  readonly entries = new Store<readonly Outgoing[]>([])
  readonly #options: OutboxOptions
  readonly #listeners = new Set<(confirmed: Confirmed) => void>()
  readonly #sending = new Set<string>()
  /** Channels that wait out a rate limit or an outage. */
  readonly #resting = new Map<string, ReturnType<typeof setTimeout>>()
  readonly #failures = new Map<string, number>()
  /** Whose it is; nobody's until it is opened. */
  #owner: string | undefined
  /** What was left from before is still being read, and comes first. */
  #isLoading = false
  /** Counts openings and closings, so that one that was overtaken changes nothing. */
  #generation = 0

  constructor(options: OutboxOptions) {
    this.#options = options
    options.realtime.state.subscribe(() => {
      if (options.realtime.state.get().status === 'connected') this.#pumpAll()
    })
  }

  /** Hears each write as the server took it, before it leaves the outbox: nothing flickers in between. */
  onConfirmed(listener: (confirmed: Confirmed) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Takes up what this person left unsent. What is written meanwhile is shown, and sent after it. */
  async open(userId: string): Promise<void> {
    const generation = ++this.#generation
    this.#owner = userId
    this.#isLoading = true
    this.entries.set([])
    const left = await this.#options.store.load(userId)
    if (generation !== this.#generation) return
    this.#isLoading = false
    this.#set([...left, ...this.entries.get()])
    this.#pumpAll()
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
    this.entries.set([])
  }

  add(channel: string, resource: string, data: Outgoing['data']): Outgoing {
    const outgoing: Outgoing = { id: newId(), channel, resource, data, writtenAt: Date.now() }
    this.#set([...this.entries.get(), outgoing])
    this.#pump(channel)
    return outgoing
  }

  /** Sends a refused write again, after everything that was written meanwhile. */
  retry(id: string): void {
    const found = this.entries.get().find((entry) => entry.id === id)
    if (found?.failure === undefined) return
    const { failure: _, ...again } = found
    this.#set([...this.entries.get().filter((entry) => entry.id !== id), again])
    this.#pump(again.channel)
  }

  discard(id: string): void {
    this.#set(this.entries.get().filter((entry) => entry.id !== id || this.#sending.has(id)))
  }

  /** A change that one of these writes caused was seen: it arrived, even if its acknowledgement was lost. */
  arrived(id: string): void {
    if (this.entries.get().some((entry) => entry.id === id))
      this.#set(this.entries.get().filter((entry) => entry.id !== id))
  }

  #pumpAll(): void {
    for (const channel of new Set(this.entries.get().map((entry) => entry.channel))) this.#pump(channel)
  }

  #pump(channel: string): void {
    if (this.#isLoading || this.#resting.has(channel) || this.#options.realtime.state.get().status !== 'connected')
      return
    const open = this.entries.get().filter((entry) => entry.channel === channel && entry.failure === undefined)
    const next = open[0]
    if (!next || open.some((entry) => this.#sending.has(entry.id))) return
    void this.#send(next)
  }

  async #send(outgoing: Outgoing): Promise<void> {
    const { id, channel, resource, data } = outgoing
    this.#sending.add(id)
    try {
      const answer = await this.#options.realtime.write(channel, id, { op: 'create', resource, data })
      this.#sending.delete(id)
      this.#failures.delete(channel)
      this.#confirmed(outgoing, answer)
    } catch (error) {
      this.#sending.delete(id)
      if (this.#isOpen(id)) this.#failed(outgoing, error)
    }
    this.#pump(channel)
  }

  #confirmed(outgoing: Outgoing, answer: Message): void {
    // Its broadcast may have come first, and then everything is done.
    if (!this.#isOpen(outgoing.id)) return
    const confirmed = { outgoing, data: answer.payload?.data, v: answer.v ?? 0 }
    for (const listener of this.#listeners) listener(confirmed)
    this.arrived(outgoing.id)
  }

  #failed(outgoing: Outgoing, error: unknown): void {
    if (!(error instanceof Problem)) {
      // The connection ended: the next one brings it. If it is still there, the answer was lost on it.
      this.#rest(outgoing.channel)
    } else if (error.retryable) {
      this.#rest(outgoing.channel, error.retryAfter)
    } else {
      const failed = { ...outgoing, failure: error.message }
      this.#set(this.entries.get().map((entry) => (entry.id === outgoing.id ? failed : entry)))
    }
  }

  #rest(channel: string, seconds?: number): void {
    if (this.#options.realtime.state.get().status !== 'connected') return
    const failures = this.#failures.get(channel) ?? 0
    this.#failures.set(channel, failures + 1)
    const delay = seconds === undefined ? backoff(failures) : seconds * 1000
    const timer = setTimeout(() => {
      this.#resting.delete(channel)
      this.#pump(channel)
    }, delay)
    this.#resting.set(channel, timer)
  }

  #isOpen(id: string): boolean {
    return this.entries.get().some((entry) => entry.id === id)
  }

  #set(entries: readonly Outgoing[]): void {
    this.entries.set(entries)
    // Until what was left is here the store must not be told that it is gone.
    if (this.#owner !== undefined && !this.#isLoading) this.#options.store.save(this.#owner, entries)
  }
}
