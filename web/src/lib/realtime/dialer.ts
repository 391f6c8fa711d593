import { EventsWire } from './events-wire'
import { PollWire } from './poll-wire'
import { parseFrame, SESSION } from './protocol'
import { CUT, MOVED, SocketWire, type Wire } from './wire'

/** The ways to the server, best first. */
const WAYS = ['socket', 'events', 'poll'] as const
export type Way = (typeof WAYS)[number]

/** What twice in a row does not get as far as the welcome gives way to the next. */
const PATIENCE = 2
/** How long a lesser way is used before the best one is tried again, at first and later. */
const RETRY_BEST_AFTER = [15_000, 60_000, 300_000]
const PROBE_WITHIN = 10_000

/**
 * Opens ways to one server and chooses among them by itself (RT-8): the best one that gets through here. When none
 * does, the network is away, which says nothing against the best one.
 */
export class Dialer {
  readonly #server: string
  #index = 0
  #failures = 0
  #probes = 0

  /** @param server The address, without a slash at its end. */
  constructor(server: string) {
    this.#server = server
  }

  get way(): Way {
    return WAYS[this.#index] ?? 'socket'
  }

  open(): Wire {
    const wire = this.#wire()
    const attempt = new Attempt(wire)
    attempt.onwelcome = () => {
      this.#failures = 0
      if (this.#index > 0) this.#probeLater(attempt)
      else this.#probes = 0
    }
    attempt.onfailed = () => this.#failed()
    return attempt
  }

  #wire(): Wire {
    if (this.way === 'events') return new EventsWire(this.#server)
    if (this.way === 'poll') return new PollWire(this.#server)
    return this.#socket()
  }

  #socket = () => new SocketWire(`${this.#server.replace(/^http/, 'ws')}/ws`)

  #failed(): void {
    if (++this.#failures < PATIENCE) return
    this.#index = (this.#index + 1) % WAYS.length
    // On the way down each further one has one attempt.
    this.#failures = this.#index === 0 ? 0 : PATIENCE - 1
  }

  #probeLater(attempt: Attempt): void {
    const delay = RETRY_BEST_AFTER[Math.min(this.#probes++, RETRY_BEST_AFTER.length - 1)]
    const timer = setTimeout(() => this.#probe(attempt), delay)
    attempt.onended = () => clearTimeout(timer)
  }

  /** Looks whether a socket opens again, and if it does, comes back by it. */
  #probe(attempt: Attempt): void {
    const probe = this.#socket()
    const done = (isOpen: boolean) => {
      clearTimeout(late)
      probe.close()
      if (!isOpen) {
        this.#probeLater(attempt)
        return
      }
      this.#index = 0
      this.#failures = 0
      attempt.move()
    }
    const late = setTimeout(() => done(false), PROBE_WITHIN)
    attempt.onended = () => {
      clearTimeout(late)
      probe.close()
    }
    probe.onopen = () => done(true)
    probe.onclose = () => done(false)
  }
}

/** A wire whose fate is watched. */
class Attempt implements Wire {
  onopen: Wire['onopen'] = null
  onmessage: Wire['onmessage'] = null
  onclose: Wire['onclose'] = null
  onwelcome: () => void = () => undefined
  onfailed: () => void = () => undefined
  onended: () => void = () => undefined
  readonly #wire: Wire
  #isWelcomed = false
  #isOver = false

  constructor(wire: Wire) {
    this.#wire = wire
    wire.onopen = () => this.onopen?.()
    wire.onmessage = (frame) => {
      if (!this.#isWelcomed && isWelcome(frame)) {
        this.#isWelcomed = true
        this.onwelcome()
      }
      this.onmessage?.(frame)
    }
    wire.onclose = (code) => {
      // Who gives a reason got through, whatever the reason is.
      this.#over(code === CUT)
      this.onclose?.(code)
    }
  }

  send(frame: string): void {
    this.#wire.send(frame)
  }

  /** Whoever closes it before the welcome has waited for that in vain. */
  close(isSilent?: boolean): void {
    this.#over(true)
    this.#wire.close(isSilent)
  }

  move(): void {
    this.#over(false)
    this.#wire.close()
    this.onclose?.(MOVED)
  }

  #over(isFailure: boolean): void {
    if (this.#isOver) return
    this.#isOver = true
    this.onended()
    if (isFailure && !this.#isWelcomed) this.onfailed()
  }
}

const isWelcome = (frame: string) =>
  parseFrame(frame).some(({ channel, payload }) => channel === SESSION && payload?.op === 'welcome')
