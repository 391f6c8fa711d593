import type { QueryClient } from '@tanstack/react-query'
import type { Message, Thread } from '@/api/types'
import { toast } from '@/components/toasts'
import * as api from './api'
import { threadChanges } from './changes'

/** What people do with threads and messages: shown at once by the outbox, taken back with a notice when the server says no (SY-4). */

export const rename = (thread: Thread, title: string): void => api.changeThread(thread, { title })

export function archive(thread: Thread): void {
  const archived = !thread.archived
  api.changeThread(thread, { archived })
  toast({
    message: archived ? `“${thread.title}” is archived.` : `“${thread.title}” is back.`,
    action: { label: 'Undo', run: () => api.changeThread(thread, { archived: !archived }) },
  })
}

/** Not before the server has done it: it cannot be taken back. */
export async function remove(cache: QueryClient, thread: Thread): Promise<void> {
  await api.deleteThread(thread.id)
  threadChanges.thread?.(cache, {
    channel: '',
    v: 0,
    op: 'delete',
    resource: 'thread',
    resourceId: thread.id,
    data: {},
    actor: null,
    cause: null,
  })
  toast({ tone: 'success', message: `“${thread.title}” was deleted.` })
}

/** Moves this person's marker, here at once and then on all devices. */
export const moveMarker = (threadId: string, to: number, back = false): void => api.sayRead(threadId, to, back)

/** Reacts, or takes it back when this person had. */
export function toggleReaction(message: Message, emoji: string, me: string): void {
  const had = message.reactions.find((group) => group.emoji === emoji)?.userIds.includes(me) === true
  api.react(message, emoji, had ? 'delete' : 'create')
}
