import type { Grant } from '@/lib/credentials'
import { browserLocks } from './leadership'
import { hasOthers, live } from './liveness'

/** What the tabs of one browser tell each other; it stays in memory and in this origin. */
export type TabMessage =
  | { kind: 'granted'; grant: Grant }
  /** A new tab asks those who hold a token to hand it over. */
  | { kind: 'asking' }
  | { kind: 'ended' }

/** The other tabs that share this browser's session, so that one of them acts for all. */
export interface Tabs {
  /** Runs this while no other tab does; `signal` gives up waiting for one's turn. */
  alone<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>
  tell(message: TabMessage): void
  /** Whether there is somebody to ask. */
  hasOthers(): Promise<boolean>
  listen(listener: (message: TabMessage) => void): void
}

/** For programs that are alone with their session. */
export const noTabs: Tabs = {
  alone: (work) => work(),
  tell: () => undefined,
  hasOthers: () => Promise.resolve(false),
  listen: () => undefined,
}

const NAME = 'renexus.session'

/**
 * How long the turn is kept after the work: a message to the other tabs may take longer than the lock does, and who
 * gets the lock without having heard would do the work again.
 */
const LINGER = 100

/** Tabs of a browser: a Web Lock decides whose turn it is, a broadcast channel carries the outcome. */
export function browserTabs(): Tabs {
  const channel = new BroadcastChannel(NAME)
  // A page on plain http has no locks. Then each tab renews for itself, which the server allows within 10 s.
  const locks = browserLocks()
  void live()
  return {
    alone: (work, signal) => (locks ? inTurn(locks, work, signal) : work()),
    tell: (message) => channel.postMessage(message),
    hasOthers,
    listen: (listener) => {
      channel.onmessage = ({ data }: MessageEvent<TabMessage>) => listener(data)
    },
  }
}

function inTurn<T>(locks: LockManager, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    locks
      .request(NAME, { signal }, async () => {
        await work().then(resolve, reject)
        await new Promise((done) => setTimeout(done, LINGER))
      })
      .catch(reject)
  })
}
