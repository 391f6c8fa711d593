import { backoff } from '@/lib/backoff'

/** What a server says of threads that moved (docs/spec/changes.md, Heads). */
export interface Head {
  id: string
  v: number
}

interface HeadsOptions {
  /** Whether what is shown of this thread may now be out of date. */
  concerns: (head: Head) => boolean
  /** Asks the server about some threads. */
  refresh: (ids: readonly string[]) => Promise<void>
}

const FIRST_PAUSE = 300
const SOON = 10_000
const LONGEST_PAUSE = 10_000

/**
 * Gathers what moved and asks for it in one go: soon after a quiet time, more and more seldom while a workspace is
 * busy, never while nobody looks, and never from all clients in the same moment.
 */
export class HeadsFollower {
  readonly #options: HeadsOptions
  readonly #waiting = new Set<string>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #lastAt = -Infinity
  #pause = FIRST_PAUSE
  #failures = 0

  constructor(options: HeadsOptions) {
    this.#options = options
  }

  take(payload: Readonly<Record<string, unknown>>): void {
    if (payload.op !== 'heads' || !Array.isArray(payload.threads)) return
    for (const head of payload.threads as Head[]) if (this.#options.concerns(head)) this.#waiting.add(head.id)
    this.#schedule()
  }

  /** The page is looked at again: what was put off is asked for. */
  wake(): void {
    this.#schedule()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#waiting.clear()
  }

  #schedule(after?: number): void {
    if (this.#timer !== undefined || this.#waiting.size === 0 || document.visibilityState === 'hidden') return
    const sinceLast = Date.now() - this.#lastAt
    if (after === undefined) this.#pause = sinceLast > SOON ? FIRST_PAUSE : Math.min(this.#pause * 2, LONGEST_PAUSE)
    const pause = after ?? this.#pause * (0.75 + Math.random() / 2)
    this.#timer = setTimeout(() => void this.#ask(), pause)
  }

  async #ask(): Promise<void> {
    const ids = [...this.#waiting]
    this.#waiting.clear()
    this.#lastAt = Date.now()
    try {
      await this.#options.refresh(ids)
      this.#failures = 0
    } catch {
      for (const id of ids) this.#waiting.add(id)
      this.#failures++
    }
    this.#timer = undefined
    this.#schedule(this.#failures > 0 ? backoff(this.#failures - 1) : undefined)
  }
}
