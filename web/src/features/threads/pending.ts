import type { Message } from '@/api/types'
import { isOnItsWay, type Outgoing } from '@/lib/outbox'

/** What is confirmed lies in the cache; what this person wants changed lies over it, and goes when it is confirmed or refused. */

/** The newest intent for each message that is there. */
export function changesOf(outgoing: readonly Outgoing[]): ReadonlyMap<string, Outgoing> {
  const changes = new Map<string, Outgoing>()
  for (const entry of outgoing)
    if (entry.resource === 'message' && entry.resourceId !== undefined) changes.set(entry.resourceId, entry)
  return changes
}

/** A message as its person wants it. */
export function withChange(message: Message, change: Outgoing | undefined): Message {
  if (change?.op !== 'update' || !isOnItsWay(change)) return message
  return { ...message, body: String(change.data.body), editedAt: new Date(change.writtenAt).toISOString() }
}
