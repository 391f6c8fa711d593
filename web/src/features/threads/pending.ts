import type { Message } from '@/api/types'
import { isOnItsWay, type Outgoing } from '@/lib/outbox'
import { baseOf, type HeldMessage } from './history'
import { withReaction } from './reactions'

/** What is confirmed lies in the cache; what this person wants changed lies over it, and goes when it is confirmed or refused. */

/** The newest intent for each message that is there. */
export function changesOf(outgoing: readonly Outgoing[]): ReadonlyMap<string, Outgoing> {
  const changes = new Map<string, Outgoing>()
  for (const entry of outgoing)
    if (entry.resource === 'message' && entry.resourceId !== undefined) changes.set(entry.resourceId, entry)
  return changes
}

/** What was on screen when somebody began to change it: the version of its text, and the change under way that is shown on top of it. */
export interface Beginning {
  base?: number
  follows?: string
}

export function beginningOf(message: HeldMessage | undefined, change: Outgoing | undefined): Beginning {
  if (!message) return {}
  const isOnTop = change?.op === 'update' && isOnItsWay(change)
  return { base: (isOnTop ? change.base : undefined) ?? baseOf(message), ...(isOnTop && { follows: change.id }) }
}

/** A message as its person wants it. */
export function withChange(message: Message, change: Outgoing | undefined): Message {
  if (change?.op !== 'update' || !isOnItsWay(change)) return message
  return { ...message, body: String(change.data.body), editedAt: new Date(change.writtenAt).toISOString() }
}

/** What this person answers messages with and takes back, by message, as long as it is on its way. */
export function reactionsOf(outgoing: readonly Outgoing[]): ReadonlyMap<string, readonly Outgoing[]> {
  const wanted = new Map<string, Outgoing[]>()
  for (const entry of outgoing)
    if (entry.resource === 'reaction') {
      const id = String(entry.data.messageId)
      wanted.set(id, [...(wanted.get(id) ?? []), entry])
    }
  return wanted
}

/** A message with the reactions that its reader wants there. */
export function withReactions<T extends Message>(message: T, wanted: readonly Outgoing[] | undefined, me: string): T {
  return (wanted ?? []).filter(isOnItsWay).reduce((shown, { op, data }) => {
    const reaction = { messageId: message.id, emoji: String(data.emoji), userId: me }
    return op === 'update' ? shown : { ...shown, ...withReaction(shown, reaction, op) }
  }, message)
}
