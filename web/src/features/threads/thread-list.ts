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

/** What the sidebar shows: the newest first, without the archived. */
export const listed = (threads: readonly Thread[]): Thread[] =>
  threads.filter((thread) => !thread.archived).sort((one, other) => other.createdAt.localeCompare(one.createdAt))
