import { Store } from './store'

/** One frame of the real-time connection, as it travelled. */
export interface FrameTrace {
  kind: 'frame'
  at: number
  direction: 'in' | 'out'
  bytes: number
  text: string
}

/** One call over HTTP; its correlation id leads to its lines in the server's log. */
export interface CallTrace {
  kind: 'call'
  at: number
  method: string
  path: string
  /** 0 when no answer came. */
  status: number
  milliseconds: number
  correlationId: string | undefined
}

export type Trace = FrameTrace | CallTrace

const MOST_KEPT = 300

/** The last things said between this page and its server, for the developer panel (UI-5). Off, it keeps nothing. */
export class Tracer {
  readonly entries = new Store<readonly Trace[]>([])
  isOn = false

  frame(direction: FrameTrace['direction'], text: string): void {
    if (this.isOn) this.#add({ kind: 'frame', at: Date.now(), direction, bytes: text.length, text: redact(text) })
  }

  call(call: Omit<CallTrace, 'kind'>): void {
    if (this.isOn) this.#add({ kind: 'call', ...call })
  }

  clear(): void {
    this.entries.set([])
  }

  #add(trace: Trace): void {
    this.entries.set([...this.entries.get().slice(1 - MOST_KEPT), trace])
  }
}

/** The hello carries the access token, and screens get photographed. */
const redact = (text: string): string => text.replace(/("token":)"[^"]*"/g, '$1"…"')
