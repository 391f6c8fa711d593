import { backoff } from '@/lib/backoff'
import type { Credentials } from '@/lib/credentials'
import { newId } from '@/lib/ids'
import { Problem, Unreachable } from '@/lib/problem'
import { Store } from '@/lib/store'
import type { Tracer } from '@/lib/trace'
import { Channel, type Subscriber } from './channel'
import { isOffline, watchDevice } from './device'
import {
  changeOf,
  endingOf,
  isRestart,
  parseFrame,
  problemOfMessage,
  SESSION,
  type Change,
  type Message,
  type Payload,
} from './protocol'
import { CUT, MOVED, type Wire } from './wire'

/** What the reader is told at all times (RT-6). */
export type ConnectionState =
  | { status: 'idle' }
  /** `restarting` when the server said that it goes away and comes back. */
  | { status: 'connecting'; restarting?: true }
  | { status: 'connected' }
  /** Tries again at this time; `offline` when the device itself says that it has no network. */
  | { status: 'waiting'; retryAt: number; offline: boolean; restarting?: true }
  /** Will not come back on its own: too many connections, a refused origin, a protocol error. */
  | { status: 'stopped'; code: number }

/** Why an answer never came: the connection ended first, and nobody knows whether the request was carried out. */
export class Disconnected extends Error {
  override readonly name = 'Disconnected'

  constructor() {
    super('The connection ended before the answer came.')
  }
}

export interface RealtimeOptions {
  /** Opens a way to the server, each time anew. */
  open: () => Wire
  /** Names this program to the server, which shows it among its connections. */
  client: string
  credentials: Credentials
  /** Sees every frame. */
  tracer?: Tracer | undefined
}

interface Request {
  resolve: (message: Message) => void
  reject: (error: Error) => void
  timer: ReturnType<typeof setTimeout>
}

const WELCOME_WITHIN = 10_000
const ANSWER_WITHIN = 15_000
/** The server says something every 30 s; a page cannot see the pings of the protocol, so at that age it asks, and later gives up. */
const PROBE_AFTER = 30_000
const DEAD_AFTER = 45_000
/** Connections that end sooner than this count as one more failure: a server that accepts and drops is not hammered. */
const STABLE_AFTER = 10_000
const RESUBSCRIBE_AFTER = 2_000
const PROBE_WITHIN = 5_000

/**
 * The one connection of this tab: connects while somebody is signed in, comes back by itself, resumes each channel
 * where it was, and never hides its state. Closing codes, resumption and versions follow docs/protocol.md.
 */
export class Realtime {
  readonly state = new Store<ConnectionState>({ status: 'idle' })
  readonly #options: RealtimeOptions
  readonly #channels = new Map<string, Channel>()
  readonly #requests = new Map<string, Request>()
  readonly #listeners = new Set<(change: Change) => void>()
  #started = false
  #leaveDevice: () => void = () => undefined
  #wire: Wire | undefined
  #session: string | undefined
  #attempt = 0
  #connectedAt = 0
  #lastFrameAt = 0
  /** Whether a refused token was already answered by a new one: a second refusal is final. */
  #renewedAfterRefusal = false
  /** Whether the server took its leave; until it is back the reader is told that and not that the network is bad. */
  #isRestarting = false
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  #watchTimer: ReturnType<typeof setTimeout> | undefined

  constructor(options: RealtimeOptions) {
    this.#options = options
    options.credentials.onToken((token) => this.#renewInPlace(token))
  }

  /** Connects, and stays connected until `stop`. */
  start(): void {
    if (this.#started) return
    this.#started = true
    this.#leaveDevice = watchDevice({
      online: () => this.#onOnline(),
      offline: () => this.#onOffline(),
      visible: () => this.#onVisible(),
    })
    void this.#connect()
  }

  /** Disconnects and forgets the session: the next start is another person, or the same one anew. */
  stop(): void {
    if (!this.#started) return
    this.#started = false
    this.#leaveDevice()
    this.#drop()
    this.#session = undefined
    this.#attempt = 0
    this.#isRestarting = false
    this.#channels.clear()
    this.state.set({ status: 'idle' })
  }

  /** What the button "Try now" does. */
  retryNow(): void {
    const { status } = this.state.get()
    if (!this.#started || (status !== 'waiting' && status !== 'stopped')) return
    // Whoever asks for it may have another token by then, and else gets one.
    this.#renewedAfterRefusal = false
    void this.#connect()
  }

  /** Follows a channel until the returned function is called. */
  subscribe(name: string, subscriber: Subscriber): () => void {
    const channel = this.#channel(name)
    const isNewWish = subscriber.presence === true && !channel.wantsPresence
    channel.subscribers.add(subscriber)
    if (channel.subscribers.size === 1 || isNewWish) this.#subscribe(channel)
    return () => {
      if (!channel.subscribers.delete(subscriber) || channel.subscribers.size > 0) return
      channel.idle()
      if (this.state.get().status === 'connected') this.#send({ type: 'unsubscribe', channel: name, id: newId() })
    }
  }

  /** The version up to which a channel is known; undefined before it was first heard of. */
  versionOf(name: string): number | undefined {
    return this.#channels.get(name)?.position.v
  }

  /** Hears every change of every channel that is followed, after the channel's own subscribers. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Loads what belongs to a channel so that nothing falls between the answer and the live changes: it waits for
   * the subscription under way, and hands back the changes that arrived meanwhile, to be applied on top.
   * Applying a change twice must do no harm. The answer is at least as new as `since`, the channel's version before it.
   */
  async load<T>(
    name: string,
    read: () => Promise<T>,
  ): Promise<{ value: T; changes: readonly Change[]; since: number | undefined }> {
    const channel = this.#channel(name)
    for (;;) {
      if (this.state.get().status === 'connected') await channel.settled()
      const since = channel.position.v
      const watch = channel.watch()
      try {
        const value = await read()
        if (!watch.broken) return { value, changes: watch.changes, since }
      } finally {
        channel.unwatch(watch)
      }
    }
  }

  /**
   * Sends a write and resolves with its acknowledgement. The id makes it safe to send again: the server
   * answers a repeated one as it did the first time.
   */
  write(channel: string, id: string, payload: Payload): Promise<Message> {
    return this.#request({ type: 'update', channel, id, payload })
  }

  /** Tells the others something that nobody keeps: without a connection it is not told, and nothing answers. */
  tell(channel: string, payload: Payload): void {
    if (this.state.get().status === 'connected') this.#send({ type: 'update', channel, payload })
  }

  // Connecting

  async #connect(): Promise<void> {
    this.#drop()
    this.state.set({ status: 'connecting', ...(this.#isRestarting && { restarting: true }) })
    const token = await this.#token()
    if (token === undefined || !this.#started || this.state.get().status !== 'connecting' || this.#wire) return

    const wire = this.#options.open()
    this.#wire = wire
    this.#retryTimer = setTimeout(() => this.#lost(wire), WELCOME_WITHIN)

    wire.onopen = () => {
      const id = newId()
      const channels = [...this.#channels.values()].filter((channel) => channel.subscribers.size > 0)
      for (const channel of channels) channel.subscribing(id)
      this.#send({
        type: 'subscribe',
        channel: SESSION,
        id,
        payload: {
          token,
          client: this.#options.client,
          ...(this.#session === undefined ? {} : { session: this.#session }),
          channels: channels.map((channel) => channel.position),
        },
      })
    }
    wire.onmessage = (frame) => {
      if (wire !== this.#wire) return
      this.#lastFrameAt = Date.now()
      this.#options.tracer?.frame('in', frame)
      for (const message of parseFrame(frame)) this.#receive(message)
    }
    wire.onclose = (code) => this.#closed(wire, code)
  }

  async #token(): Promise<string | undefined> {
    try {
      return await this.#options.credentials.token()
    } catch (error) {
      if (error instanceof Problem && error.status === 401) this.stop()
      else if (this.#started) this.#wait(error instanceof Problem ? error.retryAfter : undefined)
      return undefined
    }
  }

  #welcome(message: Message): void {
    clearTimeout(this.#retryTimer)
    const session = message.payload?.session
    this.#session = typeof session === 'string' ? session : undefined
    this.#connectedAt = Date.now()
    this.#renewedAfterRefusal = false
    this.#isRestarting = false
    this.state.set({ status: 'connected' })
    this.#watch()
    // Whoever subscribed between the hello and its answer is not in the hello.
    for (const channel of this.#channels.values())
      if (channel.subscribers.size > 0 && !channel.isSettling) this.#subscribe(channel)
  }

  #closed(wire: Wire, code: number): void {
    if (wire !== this.#wire) return
    if (this.state.get().status === 'connected' && Date.now() - this.#connectedAt >= STABLE_AFTER) this.#attempt = 0
    this.#drop()
    if (!this.#started) return

    if (code === MOVED) {
      void this.#connect()
      return
    }
    this.#isRestarting ||= isRestart(code)
    switch (endingOf(code)) {
      case 'signed-out':
        this.#options.credentials.clear()
        this.stop()
        return
      case 'stop':
        this.state.set({ status: 'stopped', code })
        return
      case 'return-with-new-token':
        if (code >= 4500 && this.#renewedAfterRefusal) {
          this.state.set({ status: 'stopped', code })
          return
        }
        this.#renewedAfterRefusal = true
        void this.#reconnectWithNewToken()
        return
      case 'return-without-session':
        this.#session = undefined
        break
      case 'return':
        break
    }
    this.#wait()
  }

  async #reconnectWithNewToken(): Promise<void> {
    this.state.set({ status: 'connecting' })
    try {
      await this.#options.credentials.renew()
    } catch (error) {
      // Refused: #token says so and stops. Unreachable: it waits.
      if (!(error instanceof Problem) && !(error instanceof Unreachable)) throw error
    }
    if (this.#started) await this.#connect()
  }

  /** Where nobody answers any more it is closed from this side. */
  #lost(wire: Wire): void {
    wire.close(true)
    this.#closed(wire, CUT)
  }

  /** Lets go of the way and of everything that hangs on it; the channels keep their places. */
  #drop(): void {
    clearTimeout(this.#retryTimer)
    clearTimeout(this.#watchTimer)
    const wire = this.#wire
    this.#wire = undefined
    wire?.close()
    for (const channel of this.#channels.values()) channel.idle()
    const requests = [...this.#requests.values()]
    this.#requests.clear()
    for (const request of requests) {
      clearTimeout(request.timer)
      request.reject(new Disconnected())
    }
  }

  #wait(seconds?: number): void {
    const delay = Math.max(backoff(this.#attempt++), (seconds ?? 0) * 1000)
    this.state.set({
      status: 'waiting',
      retryAt: Date.now() + delay,
      offline: isOffline(),
      ...(this.#isRestarting && { restarting: true }),
    })
    clearTimeout(this.#retryTimer)
    this.#retryTimer = setTimeout(() => void this.#connect(), delay)
  }

  // Is the other side still there?

  #watch(): void {
    clearTimeout(this.#watchTimer)
    const silent = Date.now() - this.#lastFrameAt
    if (silent >= DEAD_AFTER) {
      if (this.#wire) this.#lost(this.#wire)
      return
    }
    if (silent >= PROBE_AFTER) this.#probe()
    const next = silent < PROBE_AFTER ? PROBE_AFTER - silent : DEAD_AFTER - silent
    this.#watchTimer = setTimeout(() => this.#watch(), next)
  }

  /** Asks for something that is always answered and changes nothing: the subscription it has. */
  #probe(): void {
    const channel = [...this.#channels.values()].find((known) => known.subscribers.size > 0)
    if (channel) this.#subscribe(channel)
  }

  /** The device lost or changed its network: find out soon instead of after 45 s. */
  #check(): void {
    const wire = this.#wire
    if (!wire || this.state.get().status !== 'connected') return
    const asked = Date.now()
    this.#probe()
    clearTimeout(this.#watchTimer)
    this.#watchTimer = setTimeout(() => {
      if (wire !== this.#wire) return
      if (this.#lastFrameAt < asked) this.#lost(wire)
      else this.#watch()
    }, PROBE_WITHIN)
  }

  #onOnline(): void {
    if (this.state.get().status === 'waiting') void this.#connect()
    else this.#check()
  }

  #onOffline(): void {
    const state = this.state.get()
    if (state.status === 'waiting') this.state.set({ ...state, offline: true })
    else this.#check()
  }

  #onVisible(): void {
    if (this.state.get().status === 'waiting') void this.#connect()
    else if (Date.now() - this.#lastFrameAt >= PROBE_AFTER) this.#check()
  }

  // Talking

  #receive(message: Message): void {
    if (message.channel === SESSION && message.type === 'update') return this.#receiveSession(message)

    const request = message.re === undefined ? undefined : this.#requests.get(message.re)
    if (request && message.re !== undefined) {
      this.#requests.delete(message.re)
      clearTimeout(request.timer)
      if (message.type === 'error') request.reject(problemOfMessage(message))
      else request.resolve(message)
      return
    }

    const channel = this.#concerned(message)
    if (!channel || channel.subscribers.size === 0) return
    if (message.type === 'error') return this.#subscriptionFailed(channel, problemOfMessage(message))
    if (message.type === 'unsubscribe') return channel.refused(problemOfMessage(message))
    if (message.type === 'update') this.#update(channel, message)
  }

  /** An error that answers a subscription may name it by `re` alone. */
  #concerned({ channel, re }: Message): Channel | undefined {
    if (channel !== undefined) return this.#channels.get(channel)
    return [...this.#channels.values()].find((known) => known.isAnsweredBy(re))
  }

  #receiveSession(message: Message): void {
    const op = message.payload?.op
    // The answer to a token renewed in place is a welcome too.
    if (op === 'welcome' && this.state.get().status !== 'connected') this.#welcome(message)
    else if (op === 'expiring') void this.#options.credentials.renew().catch(() => undefined)
  }

  #update(channel: Channel, message: Message): void {
    const before = channel.position.v
    if (channel.receive(message) === 'gap') this.#subscribe(channel)
    else if (channel.position.v !== before) this.#tell(message)
  }

  #tell(message: Message): void {
    const change = changeOf(message)
    if (change) for (const listener of this.#listeners) listener(change)
  }

  #subscribe(channel: Channel): void {
    if (this.state.get().status !== 'connected') return
    const id = newId()
    channel.subscribing(id)
    const { channel: name, ...payload } = channel.position
    this.#send({ type: 'subscribe', channel: name, id, payload })
  }

  #subscriptionFailed(channel: Channel, problem: Problem): void {
    // The server lost the thread of what it was sending and says so; the last version is still good to go on from.
    if (problem.code === 'resync') return this.#subscribe(channel)
    if (!problem.retryable) return channel.refused(problem)
    const delay = Math.max(RESUBSCRIBE_AFTER, (problem.retryAfter ?? 0) * 1000)
    setTimeout(() => channel.subscribers.size > 0 && this.#subscribe(channel), delay)
  }

  #renewInPlace(token: string): void {
    if (this.state.get().status !== 'connected') return
    this.#send({ type: 'subscribe', channel: SESSION, id: newId(), payload: { token } })
  }

  #request(message: Message & { id: string }): Promise<Message> {
    if (this.state.get().status !== 'connected') return Promise.reject(new Disconnected())
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#requests.delete(message.id)
        reject(new Disconnected())
      }, ANSWER_WITHIN)
      this.#requests.set(message.id, { resolve, reject, timer })
      this.#send(message)
    })
  }

  #send(message: Message): void {
    const frame = JSON.stringify({ ...message, timestamp: Date.now() })
    this.#options.tracer?.frame('out', frame)
    this.#wire?.send(frame)
  }

  #channel(name: string): Channel {
    let channel = this.#channels.get(name)
    if (!channel) this.#channels.set(name, (channel = new Channel(name)))
    return channel
  }
}
