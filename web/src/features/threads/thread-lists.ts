import type { Thread } from '@/api/types'
import type { Change } from '@/lib/realtime/protocol'

type ThreadChange = Pick<Change, 'op' | 'resource' | 'resourceId' | 'data'>

/** The threads of a page after a change of one of them; a new thread belongs to the first page. */
export function withThreadChange(
  threads: Thread[],
  { op, resource, resourceId, data }: ThreadChange,
  isFirst: boolean,
): Thread[] {
  if (resource !== 'thread') return threads
  const known = threads.findIndex((thread) => thread.id === resourceId)
  if (op === 'delete') return known < 0 ? threads : threads.toSpliced(known, 1)

  const thread = data as Thread
  const held = threads[known]
  if (held) return threads.with(known, newer(held, thread))
  return op === 'create' && isFirst ? [thread, ...threads] : threads
}

/** Changes may be applied again, or come by two channels; a thread's own version tells which one is the last. */
export const newer = (known: Thread, thread: Thread): Thread =>
  thread.version >= known.version ? { ...known, ...thread } : known
