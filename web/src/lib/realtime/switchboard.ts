import { newId } from '@/lib/ids'
import { parseFrame, SESSION, type Message, type Position } from './protocol'
import type { Saying } from './shared'
import { CUT, MOVED, type Wire } from './wire'

/** A living server answers sooner than this when it is asked. */
const SILENT_AFTER = 4_000

export interface Line {
  dial: () => Wire
  gone: (tab: string) => Promise<void>
  say: (saying: Saying) => void
  hangUp: () => void
}

/** What one tab's wire follows: each channel, and whether it wants to know who is there. */
interface Extension {
  tab: string
  hello?: Hello
  channels: Map<string, boolean>
}

interface Hello {
  id: string
  token: string | undefined
  session: string | undefined
  client: unknown
  channels: readonly Position[]
}

/**
 * The leading tab's end of the shared way: it dials for the first wire that says hello, and joins the others in. What
 * somebody asked for is answered to that wire; what happens is told to all, and each takes it by the versions it holds.
 */
export class Switchboard {
  readonly #line: Line
  readonly #extensions = new Map<string, Extension>()
  readonly #tabs = new Set<string>()
  /** Who asked, under which id the server answers; and which id the wire gave its request. */
  readonly #asked = new Map<string, { wire: string; re: string }>()
  /** Whose subscription is about to be answered by a state. */
  readonly #states = new Map<string, string>()
  #wire: Wire | undefined
  /** The wire whose hello was sent to the server. */
  #first: string | undefined
  #lastFrameAt = 0
  #welcome: Message | undefined
  #session: string | undefined
  #token: string | undefined

  constructor(line: Line) {
    this.#line = line
  }

  stop(): void {
    this.#wire?.close()
    this.#extensions.clear()
    this.#line.hangUp()
  }

  hear(saying: Saying): void {
    if (saying.kind === 'open') this.#open(saying.wire, saying.tab)
    else if (saying.kind === 'close') this.#left(saying.wire, saying.isSilent)
    else if (saying.kind === 'say') {
      this.#line.say({ kind: 'heard', wire: saying.wire })
      const extension = this.#extensions.get(saying.wire)
      // It spoke to an earlier leader, and slept while that one went.
      if (!extension) return this.#line.say({ kind: 'closed', wire: saying.wire, code: MOVED })
      for (const message of parseFrame(saying.frame)) this.#take(saying.wire, extension, message)
    }
  }

  #open(wire: string, tab: string): void {
    this.#extensions.set(wire, { tab, channels: new Map() })
    this.#line.say({ kind: 'opened', wire })
    if (this.#tabs.has(tab)) return
    this.#tabs.add(tab)
    void this.#line.gone(tab).then(() => {
      this.#tabs.delete(tab)
      for (const [id, extension] of [...this.#extensions]) if (extension.tab === tab) this.#leave(id)
    })
  }

  /** Where one tab gets no answer the others do not either, unless something came meanwhile. */
  #left(wire: string, isSilent: boolean): void {
    this.#leave(wire)
    if (isSilent && this.#wire && Date.now() - this.#lastFrameAt >= SILENT_AFTER) this.#ended(CUT)
  }

  #leave(wire: string): void {
    const extension = this.#extensions.get(wire)
    if (!extension) return
    this.#extensions.delete(wire)
    for (const name of extension.channels.keys()) this.#unsubscribe(name, newId())
    if (this.#extensions.size === 0) this.#hangUp()
  }

  #take(wire: string, extension: Extension, message: Message): void {
    const { type, channel, id, payload } = message
    if (channel === SESSION) return this.#greet(wire, extension, message)
    if (channel !== undefined && type === 'subscribe') extension.channels.set(channel, payload?.presence === true)
    if (channel !== undefined && type === 'unsubscribe') {
      extension.channels.delete(channel)
      return this.#unsubscribe(channel, id ?? newId())
    }
    if (id !== undefined) this.#asked.set(id, { wire, re: id })
    this.#send(type === 'subscribe' ? this.#withPresence(message) : message)
  }

  #greet(wire: string, extension: Extension, { id = newId(), payload = {} }: Message): void {
    const { token, session, client, channels } = payload as Partial<Hello>
    if (extension.hello) {
      // All tabs renew in place at the same time; one is enough.
      if (token !== undefined && token !== this.#token && this.#welcome) {
        this.#token = token
        this.#send({ type: 'subscribe', channel: SESSION, id, payload: { token } })
      }
      return
    }
    const hello = (extension.hello = { id, token, session, client, channels: channels ?? [] })
    for (const { channel, presence } of hello.channels) extension.channels.set(channel, presence === true)
    if (!this.#wire) this.#dial(wire, hello)
    else if (this.#welcome) this.#join(wire, hello)
  }

  #dial(first: string, hello: Hello): void {
    const wire = (this.#wire = this.#line.dial())
    this.#first = first
    this.#token = hello.token
    wire.onopen = () => {
      const { id, token, client, channels } = hello
      const session = this.#session ?? hello.session
      this.#asked.set(id, { wire: first, re: id })
      const payload = { token, client, ...(session !== undefined && { session }), channels }
      this.#send({ type: 'subscribe', channel: SESSION, id, payload })
    }
    wire.onmessage = (frame) => {
      if (wire !== this.#wire) return
      this.#lastFrameAt = Date.now()
      this.#receive(frame)
    }
    wire.onclose = (code) => {
      if (wire === this.#wire) this.#ended(code)
    }
  }

  #ended(code: number): void {
    if (code === 4004 || code >= 4500) this.#session = undefined
    const wires = [...this.#extensions.keys()]
    this.#hangUp()
    this.#extensions.clear()
    for (const wire of wires) this.#line.say({ kind: 'closed', wire, code })
  }

  #hangUp(): void {
    const wire = this.#wire
    this.#wire = undefined
    this.#welcome = undefined
    this.#asked.clear()
    this.#states.clear()
    wire?.close()
  }

  /** A wire that comes later is welcomed as the first one was, and asks for its channels one by one. */
  #join(wire: string, { id, channels }: Hello): void {
    this.#tell(wire, { ...this.#welcome, type: 'update', channel: SESSION, re: id })
    for (const { channel, ...payload } of channels) {
      const own = newId()
      this.#asked.set(own, { wire, re: id })
      this.#send(this.#withPresence({ type: 'subscribe', channel, id: own, payload }))
    }
  }

  #unsubscribe(channel: string, id: string): void {
    if ([...this.#extensions.values()].some(({ channels }) => channels.has(channel))) return
    if (this.#welcome) this.#send({ type: 'unsubscribe', channel, id })
  }

  /** To the server there is one listener, who wants what any of the tabs wants. */
  #withPresence(message: Message): Message {
    const { channel = '', payload } = message
    const isWanted = [...this.#extensions.values()].some(({ channels }) => channels.get(channel) === true)
    return isWanted ? { ...message, payload: { ...payload, presence: true } } : message
  }

  #receive(frame: string): void {
    const messages = parseFrame(frame)
    // Most frames bring news, and go to all as they are.
    const isNews = messages.every((message) => message.re === undefined && message.payload?.op !== 'snapshot')
    if (isNews && (this.#welcome || messages.every(({ channel }) => channel !== SESSION)))
      return this.#line.say({ kind: 'frame', wire: null, frame })
    for (const message of messages) this.#deliver(message)
  }

  #deliver(message: Message): void {
    const { channel = '', re, payload } = message
    if (channel === SESSION && payload?.op === 'welcome') return this.#welcomed(message)
    if (payload?.op === 'snapshot') {
      const wire = this.#states.get(channel)
      this.#states.delete(channel)
      return this.#tell(wire ?? null, message)
    }
    const asked = re === undefined ? undefined : this.#asked.get(re)
    if (!asked) return this.#tell(null, message)
    // A hello is answered once for each of its channels.
    const isHello = [...this.#extensions.values()].some(({ hello }) => hello?.id === re)
    if (!isHello && re !== undefined) this.#asked.delete(re)
    if (payload?.op === 'subscribed' && payload.mode === 'snapshot') this.#states.set(channel, asked.wire)
    this.#tell(asked.wire, { ...message, re: asked.re })
  }

  #welcomed(message: Message): void {
    const isFirst = this.#welcome === undefined
    const session = message.payload?.session
    this.#welcome = message
    this.#session = typeof session === 'string' ? session : undefined
    // The answer to a token that was renewed in place is news to nobody.
    if (!isFirst) return
    for (const [wire, { hello }] of this.#extensions) {
      if (!hello) continue
      if (wire === this.#first) this.#tell(wire, { ...message, re: hello.id })
      else this.#join(wire, hello)
    }
    this.#line.say({ kind: 'up' })
  }

  #tell(wire: string | null, message: Message): void {
    this.#line.say({ kind: 'frame', wire, frame: JSON.stringify(message) })
  }

  #send(message: Message): void {
    this.#wire?.send(JSON.stringify({ timestamp: Date.now(), ...message }))
  }
}
