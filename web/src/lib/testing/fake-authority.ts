import { rebaseUpdates, type Update } from '@codemirror/collab'
import { ChangeSet, Text } from '@codemirror/state'
import type { DocumentHead } from '@/lib/documents/document-session'
import { parseFrame, SESSION, type Message, type Payload, type Position } from '@/lib/realtime/protocol'
import { CUT, type Wire } from '@/lib/realtime/wire'
import type { Random } from './random'

/** The server's end of one document, with the real rebase of CodeMirror's collab package. */
export class FakeAuthority {
  readonly channel: string
  readonly log: Update[] = []
  /** What each version of the item was, the first at index 0. */
  readonly revisions: DocumentHead[] = []
  readonly #listeners = new Set<(message: Message) => void>()
  /** The channel's log. */
  readonly #messages: Payload[] = []
  /** Refuses the next pushes. */
  refusals: string[] = []
  /** A push that is made on an older version is refused. */
  oldest = 0
  text: Text

  constructor(itemId: string, body = '') {
    this.channel = `content:${itemId}`
    this.text = Text.of(body.split('\n'))
    this.#revise()
  }

  get head(): DocumentHead {
    return { body: this.text.toString(), document: this.log.length, version: this.revisions.length }
  }

  get v(): number {
    return this.#messages.length
  }

  /** The document's version afterwards, or the code of a refusal. */
  push(base: number, pushed: readonly { clientID: string; changes: unknown }[]): number | string {
    const refusal = this.refusals.shift()
    if (refusal !== undefined) return refusal
    if (base < this.oldest || base > this.log.length) return 'resync'
    let accepted: readonly Update[]
    try {
      const updates = pushed.map(({ clientID, changes }) => ({ clientID, changes: ChangeSet.fromJSON(changes) }))
      if (updates.some(({ changes }) => changes.empty && changes.length === 0)) return 'bad_change'
      accepted = rebaseUpdates(updates, this.log.slice(base))
      this.text = accepted.reduce((text, { changes }) => changes.apply(text), this.text)
    } catch {
      return 'bad_change'
    }
    const from = this.log.length
    this.log.push(...accepted)
    if (accepted.length > 0) {
      this.#revise()
      const updates = accepted.map(({ clientID, changes }) => ({ clientID, changes: changes.toJSON() as unknown }))
      this.#tell({ op: 'updates', from, updates })
    }
    return this.log.length
  }

  /** Somebody writes the whole text over HTTP. */
  write(body: string): void {
    const change = ChangeSet.of({ from: 0, to: this.text.length, insert: body }, this.text.length)
    this.push(this.log.length, [{ clientID: `server:${this.log.length}`, changes: change.toJSON() as unknown }])
  }

  subscribe(re: string, { v }: Partial<Position>, listener: (message: Message) => void): void {
    this.#listeners.add(listener)
    const isDelta = v !== undefined && v <= this.v
    const from = isDelta ? v : this.v
    const { channel } = this
    listener({
      type: 'update',
      channel,
      re,
      v: this.v,
      e: 'e',
      payload: { op: 'subscribed', mode: isDelta ? 'delta' : 'live', from, to: this.v },
    })
    this.#messages.slice(from).forEach((payload, at) => {
      listener({ type: 'update', channel, v: from + at + 1, e: 'e', payload })
    })
  }

  /** What one tells the others is not kept. */
  relay(payload: Payload, from: (message: Message) => void): void {
    for (const listener of this.#listeners)
      if (listener !== from) listener({ type: 'update', channel: this.channel, payload: { ...payload, userId: 'ada' } })
  }

  leave(listener: (message: Message) => void): void {
    this.#listeners.delete(listener)
  }

  #revise(): void {
    this.revisions.push({ ...this.head, version: this.revisions.length + 1 })
  }

  #tell(payload: Payload): void {
    this.#messages.push(payload)
    for (const listener of this.#listeners)
      listener({ type: 'update', channel: this.channel, v: this.v, e: 'e', payload })
  }
}

export interface FakeNetwork {
  random: Random
  isOnline: () => boolean
  /** Now and then a connection is cut instead of an answer. */
  cuts: () => boolean
}

/** A way to that document that takes its time, keeps the order, and can be cut. */
export class FakeDocumentWire implements Wire {
  onopen: Wire['onopen'] = null
  onmessage: Wire['onmessage'] = null
  onclose: Wire['onclose'] = null
  readonly #authority: FakeAuthority
  readonly #network: FakeNetwork
  #isOpen = false
  #upAt = 0
  #downAt = 0
  readonly #listener = (message: Message) => this.#tell(message)

  constructor(authority: FakeAuthority, network: FakeNetwork) {
    this.#authority = authority
    this.#network = network
    setTimeout(() => {
      this.#isOpen = network.isOnline()
      if (this.#isOpen) this.onopen?.()
      else this.onclose?.(CUT)
    }, this.#latency())
  }

  send(frame: string): void {
    this.#upAt = Math.max(this.#upAt, Date.now() + this.#latency())
    setTimeout(() => {
      if (this.#isOpen) for (const message of parseFrame(frame)) this.#take(message)
    }, this.#upAt - Date.now())
  }

  close(): void {
    this.#isOpen = false
    this.#authority.leave(this.#listener)
  }

  cut(): void {
    if (!this.#isOpen) return
    this.close()
    this.onclose?.(CUT)
  }

  #latency(): number {
    const { random } = this.#network
    return Math.round(random.chance(0.1) ? random.between(200, 3_000) : random.between(1, 60))
  }

  #tell(message: Message): void {
    this.#downAt = Math.max(this.#downAt, Date.now() + this.#latency())
    setTimeout(() => {
      if (this.#isOpen) this.onmessage?.(JSON.stringify(message))
    }, this.#downAt - Date.now())
  }

  #take({ type, channel = '', id = '', payload = {} }: Message): void {
    const authority = this.#authority
    if (channel === SESSION) {
      this.#tell({ type: 'update', channel, re: id, payload: { op: 'welcome', session: 's' } })
      for (const position of (payload.channels ?? []) as Position[]) authority.subscribe(id, position, this.#listener)
    } else if (type === 'subscribe') authority.subscribe(id, payload, this.#listener)
    else if (type === 'unsubscribe') authority.leave(this.#listener)
    else if (payload.op === 'cursor') authority.relay(payload, this.#listener)
    else if (payload.op === 'push') this.#push(channel, id, payload)
  }

  #push(channel: string, re: string, { base, updates }: Payload): void {
    const isLost = this.#network.cuts()
    const answer = this.#authority.push(Number(base), updates as { clientID: string; changes: unknown }[])
    // A network may also deliver twice.
    if (this.#network.random.chance(0.05))
      this.#authority.push(Number(base), updates as { clientID: string; changes: unknown }[])
    if (isLost) this.cut()
    else if (typeof answer === 'number')
      this.#tell({ type: 'update', channel, re, v: this.#authority.v, payload: { op: 'ack', document: answer } })
    else
      this.#tell({ type: 'error', re, payload: { code: answer, message: answer, retryable: answer === 'unavailable' } })
  }
}
