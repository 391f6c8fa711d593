import type { Thread } from '@/api/types'
import type { Change } from '@/lib/realtime/protocol'

type ThreadChange = Pick<Change, 'op' | 'resource' | 'resourceId' | 'data'>

/** A workspace's threads after a change of one of them; a change that is already in changes nothing. */
export function withThread(
  threads: Thread[],
  { op, resource, resourceId, data }: ThreadChange,
  workspaceId: string,
): Thread[] {
  if (resource !== 'thread') return threads
  const known = threads.findIndex((thread) => thread.id === resourceId)
  if (op === 'delete') return known < 0 ? threads : threads.toSpliced(known, 1)

  const thread = data as Thread
  const held = threads[known]
  if (held) return threads.with(known, newer(held, thread))
  return thread.workspaceId === workspaceId ? [...threads, thread] : threads
}

/** Changes may be applied again, or come by two channels; a thread's own version tells which one is the last. */
export const newer = (known: Thread, thread: Thread): Thread =>
  thread.version >= known.version ? { ...known, ...thread } : known

export type ThreadFilter = 'active' | 'unread' | 'archived'

export const hasUnread = (thread: Thread): boolean => (thread.unread ?? 0) > 0

/** What the sidebar shows: where something was said last first. */
export function listed(threads: readonly Thread[], filter: ThreadFilter = 'active'): Thread[] {
  const isShown = (thread: Thread) =>
    filter === 'archived' ? thread.archived : !thread.archived && (filter === 'active' || hasUnread(thread))
  return threads.filter(isShown).sort((one, other) => lastMovedAt(other).localeCompare(lastMovedAt(one)))
}

const lastMovedAt = (thread: Thread) => thread.lastMessageAt ?? thread.createdAt
