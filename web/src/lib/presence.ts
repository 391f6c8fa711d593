import type { Realtime } from './realtime/realtime'
import type { Payload } from './realtime/protocol'
import { Store } from './store'

interface Someone {
  userId: string
}

const NOBODY: ReadonlySet<string> = new Set()

/** Who is here after a message of presence; undefined when it is about something else. */
export function withPresence(here: ReadonlySet<string>, payload: Payload): ReadonlySet<string> | undefined {
  if (payload.op !== 'presence') return undefined
  const people = (name: string) => (Array.isArray(payload[name]) ? (payload[name] as Someone[]) : [])
  const next = new Set(Array.isArray(payload.state) ? people('state').map(({ userId }) => userId) : here)
  for (const { userId } of people('join')) next.add(userId)
  for (const { userId } of people('leave')) next.delete(userId)
  return next
}

interface Room {
  here: Store<ReadonlySet<string>>
  watchers: number
  leave: () => void
}

/** Who is present on channels, for as long as somebody here looks. A cut connection knows of nobody. */
export class Presences {
  readonly #realtime: Realtime
  readonly #rooms = new Map<string, Room>()

  constructor(realtime: Realtime) {
    this.#realtime = realtime
  }

  /** Nobody, while nobody watches. */
  of(channel: string): ReadonlySet<string> {
    return this.#rooms.get(channel)?.here.get() ?? NOBODY
  }

  watch(channel: string, changed: () => void): () => void {
    const room = this.#rooms.get(channel) ?? this.#open(channel)
    room.watchers++
    const unsubscribe = room.here.subscribe(changed)
    return () => {
      unsubscribe()
      if (--room.watchers > 0) return
      room.leave()
      this.#rooms.delete(channel)
    }
  }

  #open(channel: string): Room {
    const here = new Store(NOBODY)
    const endings = [
      this.#realtime.subscribe(channel, {
        presence: true,
        ephemeral: (payload) => {
          const next = withPresence(here.get(), payload)
          if (next) here.set(next)
        },
      }),
      this.#realtime.state.subscribe(() => {
        if (this.#realtime.state.get().status !== 'connected') here.set(NOBODY)
      }),
    ]
    const room = { here, watchers: 0, leave: () => endings.forEach((end) => end()) }
    this.#rooms.set(channel, room)
    return room
  }
}
