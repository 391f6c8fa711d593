import type { Leadership } from '@/lib/tabs/leadership'
import { Switchboard, type Line } from './switchboard'
import { MOVED, type Wire } from './wire'

/** What tabs and their switchboard say to each other. */
export type Saying =
  | { kind: 'open'; wire: string; tab: string }
  | { kind: 'opened'; wire: string }
  | { kind: 'say'; wire: string; frame: string }
  | { kind: 'heard'; wire: string }
  | { kind: 'frame'; wire: string | null; frame: string }
  | { kind: 'close'; wire: string; isSilent: boolean }
  | { kind: 'closed'; wire: string; code: number }
  /** This is the switchboard now; every wire begins anew. */
  | { kind: 'led' }
  /** The server is there again. */
  | { kind: 'up' }

/** The part of a BroadcastChannel that is used; tests have one of their own. */
export interface Air {
  postMessage(saying: Saying): void
  onmessage: ((event: MessageEvent<Saying>) => void) | null
  close(): void
}

/** Who leads answers at once, also out of sight. */
const ANSWER_WITHIN = 3_000

export interface SharingOptions {
  leadership: Leadership
  tab: string
  /** Opens the one way to the server. */
  dial: () => Wire
  /** Joins the tabs of this browser that belong to the same person. */
  tune: (person: string) => Air
  /** Resolves when a tab is gone. */
  gone: (tab: string) => Promise<void>
}

/**
 * One way to the server for all tabs of a browser (RT-6): the leading tab holds it, and the others speak through that
 * one. To each tab it looks as if the wire were its own. When the leader goes, each wire ends as moved and is opened anew
 * through the next one, which resumes the session.
 */
export class Sharing {
  /** Tells that another tab has reached the server again. */
  onup: () => void = () => undefined
  readonly #options: SharingOptions
  readonly #wires = new Map<string, SharedWire>()
  #air: Air | undefined
  #switchboard: Switchboard | undefined
  #leave: () => void = () => undefined
  #person = ''
  #count = 0

  constructor(options: SharingOptions) {
    this.#options = options
  }

  start(person: string): void {
    if (this.#air) return
    const { leadership, tune } = this.#options
    this.#person = person
    const air = (this.#air = tune(person))
    air.onmessage = ({ data }) => this.#hear(data)
    this.#leave = leadership.isLeader.subscribe(() => this.#lead(leadership.isLeader.get()))
    this.#lead(leadership.isLeader.get())
  }

  stop(): void {
    this.#leave()
    this.#lead(false)
    for (const wire of this.#wires.values()) wire.close()
    this.#air?.close()
    this.#air = undefined
  }

  open(): Wire {
    const id = `${this.#options.tab}/${++this.#count}`
    const wire: SharedWire = new SharedWire({
      say: (saying) => this.#air?.postMessage(saying),
      steal: () => this.#options.leadership.steal(),
      forget: () => this.#wires.delete(id),
      id,
      tab: this.#options.tab,
    })
    this.#wires.set(id, wire)
    wire.begin()
    return wire
  }

  #lead(isLeader: boolean): void {
    if (isLeader === (this.#switchboard !== undefined)) return
    if (!isLeader) {
      this.#switchboard?.stop()
      this.#switchboard = undefined
      return
    }
    const { dial, tune, gone } = this.#options
    const air = tune(this.#person)
    const line: Line = { dial, gone, say: (saying) => air.postMessage(saying), hangUp: () => air.close() }
    const switchboard = (this.#switchboard = new Switchboard(line))
    air.onmessage = ({ data }) => switchboard.hear(data)
    line.say({ kind: 'led' })
  }

  #hear(saying: Saying): void {
    if (saying.kind === 'led') for (const wire of [...this.#wires.values()]) wire.led()
    else if (saying.kind === 'up') this.onup()
    else if (saying.kind === 'frame' && saying.wire === null)
      for (const wire of [...this.#wires.values()]) wire.hear(saying)
    else if ('wire' in saying && saying.wire !== null) this.#wires.get(saying.wire)?.hear(saying)
  }
}

interface Mouth {
  id: string
  tab: string
  say: (saying: Saying) => void
  steal: () => void
  forget: () => void
}

/** A tab's end of the shared way. */
class SharedWire implements Wire {
  onopen: Wire['onopen'] = null
  onmessage: Wire['onmessage'] = null
  onclose: Wire['onclose'] = null
  readonly #mouth: Mouth
  #isOpen = false
  #unanswered: ReturnType<typeof setTimeout> | undefined

  constructor(mouth: Mouth) {
    this.#mouth = mouth
  }

  begin(): void {
    this.#say({ kind: 'open', wire: this.#mouth.id, tab: this.#mouth.tab })
  }

  send(frame: string): void {
    if (this.#isOpen) this.#say({ kind: 'say', wire: this.#mouth.id, frame })
  }

  close(isSilent = false): void {
    this.#end()
    this.#mouth.say({ kind: 'close', wire: this.#mouth.id, isSilent })
  }

  /** Another tab leads. Before the first answer that changes nothing but whom to ask. */
  led(): void {
    if (!this.#isOpen) return this.begin()
    this.#end()
    this.onclose?.(MOVED)
  }

  hear(saying: Saying): void {
    clearTimeout(this.#unanswered)
    this.#unanswered = undefined
    if (saying.kind === 'opened' && !this.#isOpen) {
      this.#isOpen = true
      this.onopen?.()
    } else if (saying.kind === 'frame' && this.#isOpen) {
      this.onmessage?.(saying.frame)
    } else if (saying.kind === 'closed') {
      this.#end()
      this.onclose?.(saying.code)
    }
  }

  #say(saying: Saying): void {
    this.#unanswered ??= setTimeout(() => {
      this.#unanswered = undefined
      this.#mouth.steal()
    }, ANSWER_WITHIN)
    this.#mouth.say(saying)
  }

  #end(): void {
    clearTimeout(this.#unanswered)
    this.#unanswered = undefined
    this.#mouth.forget()
  }
}
