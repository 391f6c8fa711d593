import {
  changeOf,
  textUpdatesOf,
  type Change,
  type Message,
  type Payload,
  type Position,
  type TextUpdates,
} from './protocol'
import type { Problem } from '@/lib/problem'

export interface Subscriber {
  /** A change that follows directly on what was known. */
  change?: (change: Change) => void
  /** Steps of a document's text that follow directly on what was known of its channel. */
  updates?: (updates: TextUpdates) => void
  /** Continuity was lost or never was: what is held may be out of date and has to be loaded again. */
  reset?: () => void
  /** Something that is told once and never kept: heads, presence, typing. */
  ephemeral?: (payload: Payload) => void
  /** Whether to be told who is here, and to be seen: by `ephemeral`, `op` is `presence`. */
  presence?: true
  /** The channel is gone, or no longer for this person. */
  lost?: (problem: Problem) => void
}

/** Collects what arrives while a load is on its way, because its answer may have been read before. */
interface Watch {
  changes: Change[]
  broken: boolean
}

type Phase = 'idle' | 'subscribing' | 'live' | 'refused'

/**
 * One channel's place in its history: version and epoch, and the rule of the contract (`v` = last + 1 apply,
 * `v` ≤ last ignore, anything else subscribe again from the last one). It outlives its subscribers, so that
 * coming back to a thread costs the missed changes and not the whole thread.
 */
export class Channel {
  readonly name: string
  readonly subscribers = new Set<Subscriber>()
  readonly #watches = new Set<Watch>()
  readonly #waiting = new Set<() => void>()
  #phase: Phase = 'idle'
  #request: string | undefined
  #v: number | undefined
  #e: string | undefined

  constructor(name: string) {
    this.name = name
  }

  get position(): Position {
    return {
      channel: this.name,
      ...(this.#v === undefined ? {} : { v: this.#v }),
      ...(this.#e === undefined ? {} : { e: this.#e }),
      ...(this.wantsPresence && { presence: true }),
    }
  }

  get wantsPresence(): boolean {
    return [...this.subscribers].some(({ presence }) => presence === true)
  }

  get isSettling(): boolean {
    return this.#phase === 'subscribing'
  }

  isAnsweredBy(re: string | undefined): boolean {
    return re !== undefined && re === this.#request
  }

  /** A subscription was asked for under this id; only its answer counts, not one to an earlier request. */
  subscribing(request: string): void {
    this.#phase = 'subscribing'
    this.#request = request
  }

  idle(): void {
    this.#enter('idle')
  }

  refused(problem: Problem): void {
    this.#enter('refused')
    for (const subscriber of [...this.subscribers]) subscriber.lost?.(problem)
  }

  /** Takes a message of this channel; `gap` asks for a new subscription from the last known version. */
  receive(message: Message): 'taken' | 'gap' {
    const op = message.payload?.op
    if (op === 'subscribed') return this.#subscribed(message)
    if (op === 'snapshot') return this.#snapshot(message)

    const change = changeOf(message)
    if (change)
      return this.#follow(
        change.v,
        message.e,
        (subscriber) => subscriber.change?.(change),
        () => {
          for (const watch of this.#watches) watch.changes.push(change)
        },
      )
    const updates = textUpdatesOf(message)
    if (updates) return this.#follow(updates.v, message.e, (subscriber) => subscriber.updates?.(updates))

    if (message.v === undefined && message.payload)
      for (const subscriber of [...this.subscribers]) subscriber.ephemeral?.(message.payload)
    return 'taken'
  }

  /** Resolves once the channel is no longer on its way to being live. */
  settled(): Promise<void> {
    return this.isSettling ? new Promise((resolve) => this.#waiting.add(resolve)) : Promise.resolve()
  }

  watch(): Watch {
    const watch: Watch = { changes: [], broken: false }
    this.#watches.add(watch)
    return watch
  }

  unwatch(watch: Watch): void {
    this.#watches.delete(watch)
  }

  #subscribed(message: Message): 'taken' {
    if (message.re !== undefined && message.re !== this.#request) return 'taken'
    const mode = message.payload?.mode
    const to = Number(message.payload?.to ?? message.v)
    const from = mode === 'delta' ? Number(message.payload?.from ?? this.#v) : to
    const isOfThisEpoch = this.#e === undefined || message.e === this.#e
    const continues =
      (mode === 'delta' && this.#v !== undefined && this.#v >= from) ||
      (mode === 'live' && to === this.#v && isOfThisEpoch)

    this.#enter('live')
    // The state of a snapshot follows in a message of its own, and moves the place by itself: until it is here, which it never may be, nothing is.
    if (mode === 'snapshot') return 'taken'
    this.#e = message.e
    if (!continues) {
      this.#v = from
      this.#reset()
    }
    return 'taken'
  }

  #snapshot(message: Message): 'taken' {
    if (message.v !== undefined) this.#v = message.v
    if (message.e !== undefined) this.#e = message.e
    this.#reset()
    return 'taken'
  }

  #follow(
    v: number,
    epoch: string | undefined,
    tell: (subscriber: Subscriber) => void,
    watch: () => void = () => undefined,
  ): 'taken' | 'gap' {
    // Until the answer is there nothing can be said about what comes in between: the answer brings it again.
    if (this.#phase !== 'live' || this.#v === undefined) return 'taken'
    // Before its first change a channel has no epoch to differ from.
    if (this.#v > 0 && epoch !== undefined && this.#e !== undefined && epoch !== this.#e) return 'gap'
    if (v <= this.#v) return 'taken'
    if (v !== this.#v + 1) return 'gap'

    this.#v = v
    this.#e = epoch
    watch()
    for (const subscriber of [...this.subscribers]) tell(subscriber)
    return 'taken'
  }

  #reset(): void {
    for (const watch of this.#watches) watch.broken = true
    for (const subscriber of [...this.subscribers]) subscriber.reset?.()
  }

  #enter(phase: Phase): void {
    this.#phase = phase
    this.#request = undefined
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
