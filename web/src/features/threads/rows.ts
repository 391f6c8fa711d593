import type { Message } from '@/api/types'
import type { Outgoing } from '@/lib/outbox'
import type { History } from './history'
import { continues, isSameDay } from './messages'
import { changesOf, reactionsOf, withChange, withReactions } from './pending'

/** One line of the list: a message, or one on its way, with what stands above it. */
export type Row = { key: string; isContinued: boolean; day?: string; isFirstUnread: boolean } & (
  | { message: Message; change?: Outgoing; outgoing?: undefined }
  | { outgoing: Outgoing; message?: undefined; change?: undefined }
)

/** What the list shows, from what is held. A day is named where it begins, and where the thread itself does. */
export function rowsOf(history: History, outgoing: readonly Outgoing[], meId: string, unreadFrom?: number): Row[] {
  const { messages, hasOlder, hasNewer } = history
  const firstUnread = unreadFrom === undefined ? undefined : messages.find(({ version }) => version >= unreadFrom)?.id
  const changes = changesOf(outgoing)
  const reactions = reactionsOf(outgoing)
  const rows: Row[] = messages.map((message, index) => {
    const change = changes.get(message.id)
    const above = messages[index - 1]
    const isNewDay = above ? !isSameDay(above.createdAt, message.createdAt) : !hasOlder
    return {
      key: message.id,
      message: withReactions(withChange(message, change), reactions.get(message.id), meId),
      ...(change && { change }),
      isContinued: message.id !== firstUnread && continues(above, message),
      isFirstUnread: message.id === firstUnread,
      ...(isNewDay && { day: message.createdAt }),
    }
  })
  // What is on its way belongs to the end, and is shown where the end is.
  if (hasNewer) return rows
  const last = messages.at(-1)
  const created = outgoing.filter(({ op, resource }) => op === 'create' && resource === 'message')
  created.forEach((entry, index) =>
    rows.push({
      key: entry.id,
      outgoing: entry,
      isContinued: index > 0 || last?.authorId === meId,
      isFirstUnread: false,
    }),
  )
  return rows
}
