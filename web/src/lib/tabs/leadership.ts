import { Store } from '@/lib/store'

/** The browser's locks; pages without https have none. */
export const browserLocks = (): LockManager | undefined =>
  typeof navigator !== 'undefined' && 'locks' in navigator ? navigator.locks : undefined

/**
 * Which of a browser's tabs acts for all: whoever holds the lock. It passes on by itself when that tab ends, however it
 * ends; from one that does not answer any more it is taken. Where there are no locks each tab acts for itself.
 */
export class Leadership {
  readonly isLeader = new Store(false)
  readonly #name: string
  readonly #locks: LockManager | undefined
  #scope = ''
  #ending: AbortController | undefined
  #release: () => void = () => undefined

  constructor(name: string, locks = browserLocks()) {
    this.#name = name
    this.#locks = locks
  }

  /** Whether others could be the leader at all. */
  get isShared(): boolean {
    return this.#locks !== undefined
  }

  /** Stands for it among the tabs of the same scope. */
  start(scope: string): void {
    if (this.#ending) return
    this.#scope = scope
    this.#ending = new AbortController()
    if (this.#locks) this.#stand(this.#locks, {})
    else this.isLeader.set(true)
  }

  /** The leader does not answer: this tab takes its place. */
  steal(): void {
    if (this.#ending && this.#locks && !this.isLeader.get()) this.#stand(this.#locks, { steal: true })
  }

  stop(): void {
    this.#ending?.abort()
    this.#ending = undefined
    this.#release()
    this.isLeader.set(false)
  }

  #stand(locks: LockManager, options: LockOptions): void {
    const ending = this.#ending
    if (!ending) return
    const hold = () =>
      new Promise<void>((release) => {
        if (ending.signal.aborted || this.isLeader.get()) return release()
        this.#release = release
        this.isLeader.set(true)
      })
    // A lock that is taken at once cannot be waited for, so those two exclude each other.
    const how = options.steal === true ? options : { signal: ending.signal }
    locks.request(`${this.#name}.${this.#scope}`, how, hold).catch(() => {
      // It was taken from this tab, which seemed to be dead; it stands again for when the other one ends.
      if (ending !== this.#ending || !this.isLeader.get()) return
      this.isLeader.set(false)
      this.#stand(locks, {})
    })
  }
}
