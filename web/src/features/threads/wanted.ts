import type { Thread } from '@/api/types'
import type { Outgoing } from '@/lib/outbox'
import { isOnItsWay } from '@/lib/outbox'

/** Says of a thread how much would be unread from a place on; undefined where that is not known here. */
type CountUnread = (thread: Thread, version: number) => number | undefined

/** A thread as its person wants it: what waits to be done lies over what is confirmed, and goes when it is done or refused. */
export function asWanted(thread: Thread, waiting: readonly Outgoing[], countUnread?: CountUnread): Thread {
  let wanted = thread
  for (const entry of waiting) {
    if (entry.resourceId !== thread.id || entry.op !== 'update' || !isOnItsWay(entry)) continue
    if (entry.resource === 'thread') wanted = { ...wanted, ...(entry.data as Partial<Thread>) }
    else if (entry.resource === 'readMarker') wanted = asRead(wanted, entry.data as unknown as Marker, countUnread)
  }
  return wanted
}

interface Marker {
  version: number
  back?: boolean
}

function asRead(thread: Thread, { version, back }: Marker, countUnread?: CountUnread): Thread {
  // The furthest of all devices stands.
  if (back !== true && version <= (thread.readTo ?? 0)) return thread
  const unread = version >= thread.head ? 0 : countUnread?.(thread, version)
  return {
    ...thread,
    readTo: version,
    unread: unread ?? thread.unread,
    mentions: unread === 0 ? 0 : thread.mentions,
  }
}

/** Every thread once, as it is known best. */
export function together(...lists: readonly (readonly Thread[] | undefined)[]): Thread[] {
  const best = new Map<string, Thread>()
  for (const thread of lists.flatMap((list) => list ?? [])) {
    const known = best.get(thread.id)
    if (!known || known.version < thread.version) best.set(thread.id, thread)
  }
  return [...best.values()]
}
