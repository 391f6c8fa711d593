import { problemOf } from '@/lib/problem'
import { parseFrame, SESSION, type Message, type Payload, type Position } from './protocol'
import { CUT, type Wire } from './wire'

const ENDINGS: Readonly<Record<string, number>> = {
  token_expired: 4010,
  unauthenticated: 4504,
  connection_limit: 4503,
}

/** As many as go out in one request. */
const MOST_AT_ONCE = 100
/** Soon after one channel the others of the same screen are asked for. */
const GATHER = 20

/** A channel, and how far it was delivered. */
class Place {
  isBegun = false
  readonly isPresent: boolean
  #v: number | undefined
  #e: string | undefined

  constructor({ v, e, presence }: Partial<Position>) {
    this.#v = v
    this.#e = e
    this.isPresent = presence === true
  }

  move({ v, e, payload }: Message): void {
    this.isBegun = true
    if (v === undefined) return
    if (e !== undefined) this.#e = e
    // What a subscription promises to bring is not here yet.
    const isPromise = payload?.op === 'subscribed' && payload.mode !== 'live'
    if (!isPromise) this.#v = Math.max(this.#v ?? 0, v)
  }

  toString(): string {
    if (this.#v === undefined) return 'now'
    return this.#e === undefined ? String(this.#v) : `${this.#v}.${this.#e}`
  }
}

/**
 * The protocol over plain HTTP (RT-8), for networks that let no socket through: what is said goes out with
 * `POST /api/send`, one request after the other; what comes in is the subclass's.
 */
export abstract class HttpWire implements Wire {
  onopen: Wire['onopen'] = null
  onmessage: Wire['onmessage'] = null
  onclose: Wire['onclose'] = null
  readonly #server: string
  readonly #places = new Map<string, Place>()
  #outgoing: Message[] = []
  #isSending = false
  #isClosed = false
  #token: string | undefined
  #listening: AbortController | undefined
  #gathering: ReturnType<typeof setTimeout> | undefined

  constructor(server: string) {
    this.#server = server
    queueMicrotask(() => !this.#isClosed && this.onopen?.())
  }

  /** Delivers what comes, from where each channel stands, until `signal` says that another one has taken over. */
  protected abstract listen(signal: AbortSignal): Promise<void>

  send(frame: string): void {
    if (!this.#isClosed) for (const message of parseFrame(frame)) this.#take(message)
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#gathering)
    this.#listening?.abort()
    this.#outgoing = []
  }

  protected end(code: number): void {
    if (this.#isClosed) return
    this.close()
    this.onclose?.(code)
  }

  /** The channels as an address names them, each with the place it is held at; only those that are new, if asked. */
  protected asked({ anew = false } = {}): string {
    return [...this.#places]
      .filter(([, place]) => !anew || !place.isBegun)
      .map(([name, place]) => `${name}@${place.toString()}`)
      .join(',')
  }

  /** Those of the channels on which one wants to see who is there, and to be seen. */
  protected present(): string {
    return [...this.#places]
      .filter(([, place]) => place.isPresent)
      .map(([name]) => name)
      .join(',')
  }

  protected get names(): string[] {
    return [...this.#places.keys()]
  }

  protected drop(channel: string): void {
    this.#places.delete(channel)
  }

  protected async request(path: string, signal: AbortSignal, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('Authorization', `Bearer ${this.#token}`)
    return fetch(this.#server + path, { ...init, headers, signal, cache: 'no-store', credentials: 'omit' })
  }

  /** Ends for what an answer says instead of what was asked for. */
  protected async refused(response: Response): Promise<void> {
    const { code } = await problemOf(response)
    this.end(ENDINGS[code] ?? CUT)
  }

  protected deliver(message: Message): void {
    if (this.#isClosed) return
    const { channel, re } = message
    if (channel !== undefined && channel !== SESSION && re === undefined) {
      const place = this.#places.get(channel)
      // Nobody listens to it any more.
      if (!place) return
      place.move(message)
    }
    this.onmessage?.(JSON.stringify(message))
  }

  protected tellSession(payload: Payload): void {
    this.deliver({ type: 'update', channel: SESSION, payload })
  }

  #take(message: Message): void {
    const { type, channel, payload } = message
    if (channel === SESSION) {
      const { token, channels } = (payload ?? {}) as { token?: string; channels?: readonly Position[] }
      this.#token = token ?? this.#token
      for (const position of channels ?? []) this.#places.set(position.channel, new Place(position))
      this.#listenSoon()
    } else if (type === 'subscribe' && channel !== undefined) {
      this.#places.set(channel, new Place(payload ?? {}))
      this.#listenSoon()
    } else if (type === 'unsubscribe' && channel !== undefined) {
      this.#places.delete(channel)
    } else {
      this.#outgoing.push(message)
      void this.#sendAll()
    }
  }

  /** What is listened to has changed, or there is another token: listen anew. */
  #listenSoon(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined
      this.#listening?.abort()
      const { signal } = (this.#listening = new AbortController())
      this.listen(signal).catch(() => {
        if (!signal.aborted) this.end(CUT)
      })
    }, GATHER)
  }

  async #sendAll(): Promise<void> {
    if (this.#isSending) return
    this.#isSending = true
    const ending = new AbortController()
    try {
      while (this.#outgoing.length > 0) {
        const response = await this.request('/api/send', ending.signal, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(this.#outgoing.splice(0, MOST_AT_ONCE)),
        })
        if (!response.ok) {
          await this.refused(response)
          return
        }
        const { messages } = (await response.json()) as { messages: Message[] }
        for (const message of messages) this.deliver(message)
      }
    } catch {
      // Whether it arrived is not known: what has no answer is sent again by its id.
      this.end(CUT)
    } finally {
      this.#isSending = false
    }
  }
}
