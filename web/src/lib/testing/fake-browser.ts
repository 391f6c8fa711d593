import type { Air, Saying } from '@/lib/realtime/shared'

interface Waiting {
  tab: object
  grant: () => void
}

interface Held {
  tab: object
  take: () => void
}

/** The locks of one browser, as far as this app uses them; a tab that is closed lets go of its own. */
export class FakeLocks {
  readonly #held = new Map<string, Held>()
  readonly #waiting = new Map<string, Waiting[]>()
  readonly #closed = new Set<object>()

  /** The browser's locks as one tab sees them. */
  of(tab: object): LockManager {
    const request = (name: string, second: unknown, third?: unknown) => {
      const options = (third === undefined ? {} : second) as LockOptions
      const work = (third ?? second) as () => unknown
      return new Promise((resolve, reject) => {
        const grant = () => {
          if (this.#closed.has(tab)) {
            this.#next(name)
            return
          }
          this.#held.set(name, { tab, take: () => reject(new DOMException('Stolen.', 'AbortError')) })
          void Promise.resolve(work()).then((value) => {
            if (this.#held.get(name)?.tab === tab) this.#next(name)
            resolve(value)
          })
        }
        options.signal?.addEventListener('abort', () => reject(new DOMException('Given up.', 'AbortError')))
        if (options.steal === true) {
          this.#held.get(name)?.take()
          queueMicrotask(grant)
        } else if (this.#held.has(name)) {
          this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), { tab, grant }])
        } else {
          this.#held.set(name, { tab, take: () => undefined })
          queueMicrotask(grant)
        }
      })
    }
    const query = () => Promise.resolve({ held: [...this.#held.keys()].map((name) => ({ name })), pending: [] })
    return { request, query }
  }

  close(tab: object): void {
    this.#closed.add(tab)
    for (const [name, held] of [...this.#held]) if (held.tab === tab) this.#next(name)
  }

  #next(name: string): void {
    this.#held.delete(name)
    const [next, ...others] = this.#waiting.get(name) ?? []
    this.#waiting.set(name, others)
    next?.grant()
  }
}

/** Whoever sleeps hears nothing and is not heard; with whoever is frozen it waits until the page goes on. */
interface Tab {
  isAsleep: boolean
  isFrozen?: boolean
}

/** A broadcast channel of one browser. What is said arrives later, in order, at all others that are awake. */
export class FakeAirs {
  readonly #airs = new Set<FakeAir>()

  of(tab: Tab): Air {
    const air = new FakeAir(tab, (saying) => {
      for (const other of this.#airs) if (other !== air) other.take(saying)
    })
    this.#airs.add(air)
    return air
  }

  /** The tab goes on where it was frozen. */
  thaw(tab: Tab): void {
    tab.isFrozen = false
    for (const air of this.#airs) if (air.tab === tab) air.thaw()
  }

  leave(tab: object): void {
    for (const air of this.#airs) if (air.tab === tab) air.close()
  }
}

class FakeAir implements Air {
  onmessage: Air['onmessage'] = null
  readonly tab: Tab
  readonly #unheard: Saying[] = []
  readonly #unsaid: Saying[] = []
  readonly #tell: (saying: Saying) => void
  #isClosed = false

  constructor(tab: Tab, tell: (saying: Saying) => void) {
    this.tab = tab
    this.#tell = tell
  }

  postMessage(saying: Saying): void {
    if (this.#isClosed || this.tab.isAsleep) return
    if (this.tab.isFrozen === true) this.#unsaid.push(saying)
    else this.#tell(structuredClone(saying))
  }

  take(saying: Saying): void {
    queueMicrotask(() => {
      if (this.#isClosed || this.tab.isAsleep) return
      if (this.tab.isFrozen === true) this.#unheard.push(saying)
      else this.onmessage?.({ data: saying } as MessageEvent<Saying>)
    })
  }

  thaw(): void {
    for (const saying of this.#unsaid.splice(0)) this.postMessage(saying)
    for (const saying of this.#unheard.splice(0)) this.take(saying)
  }

  close(): void {
    this.#isClosed = true
  }
}
