import type { Message } from '@/api/types'
import type { Change } from '@/lib/realtime/protocol'

/**
 * The messages of a page after a change. New messages belong to the newest page only; a create that is known
 * already is left as it is, because what is held may be newer (edited since).
 */
export function withChange(
  messages: Message[],
  change: Pick<Change, 'op' | 'resource' | 'resourceId' | 'data'>,
  isNewest: boolean,
): Message[] {
  if (change.resource !== 'message') return messages
  const known = messages.findIndex((message) => message.id === change.resourceId)
  switch (change.op) {
    case 'create':
      return known >= 0 || !isNewest ? messages : inOrder(messages, change.data as Message)
    case 'update':
      return known < 0 ? messages : messages.with(known, change.data as Message)
    case 'delete':
      return known < 0 ? messages : messages.toSpliced(known, 1)
  }
}

/** An acknowledgement may come before the broadcast of an earlier message of somebody else. */
function inOrder(messages: Message[], message: Message): Message[] {
  const before = messages.findLastIndex((one) => one.version < message.version)
  return messages.toSpliced(before + 1, 0, message)
}

const GROUP_WITHIN = 5 * 60_000

/** Whether a message continues the one above it: same author, same day, soon after. It then needs no name of its own. */
export function continues(above: Message | undefined, message: Message): boolean {
  if (!above) return false
  return (
    above.authorId === message.authorId &&
    isSameDay(above.createdAt, message.createdAt) &&
    Date.parse(message.createdAt) - Date.parse(above.createdAt) < GROUP_WITHIN
  )
}

/** By the reader's calendar, not the server's. */
export const isSameDay = (one: string, other: string): boolean =>
  new Date(one).toDateString() === new Date(other).toDateString()
