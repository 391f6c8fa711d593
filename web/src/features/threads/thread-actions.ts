import type { QueryClient } from '@tanstack/react-query'
import type { Message, Thread } from '@/api/types'
import { describe } from '@/components/problem-form'
import { toast } from '@/components/toasts'
import * as api from './api'
import { markerMoved, refreshThreads, threadChanges, updateThread } from './changes'
import { newer, withThread } from './thread-list'

/** What people do with threads and messages: shown at once, taken back with a notice when the server says no (SY-4). */

type ThreadPatch = Parameters<typeof api.patchThread>[1]

async function change(cache: QueryClient, thread: Thread, patch: ThreadPatch, failed: string): Promise<boolean> {
  const before = { title: thread.title, archived: thread.archived }
  place(cache, { ...thread, ...patch })
  try {
    const now = await api.patchThread(thread.id, patch)
    updateThread(cache, thread.id, (known) => newer(known, now))
    return true
  } catch (error) {
    place(cache, { ...thread, ...before })
    toast({ tone: 'danger', message: `${failed} ${describe(error)}` })
    return false
  }
}

/** Shows a thread in the list it now belongs in; the one it left passes it over by itself. */
function place(cache: QueryClient, thread: Thread): void {
  updateThread(cache, thread.id, () => thread)
  for (const archived of [false, true])
    cache.setQueryData(
      api.threadsOf(thread.workspaceId, archived).queryKey,
      (known) =>
        known &&
        withThread(
          known,
          { op: 'update', resource: 'thread', resourceId: thread.id, data: thread },
          thread.workspaceId,
        ),
    )
}

export const rename = (cache: QueryClient, thread: Thread, title: string) =>
  change(cache, thread, { title }, 'The thread keeps its name.')

export async function archive(cache: QueryClient, thread: Thread): Promise<void> {
  const archived = !thread.archived
  const done = await change(
    cache,
    thread,
    { archived },
    archived ? 'The thread was not archived.' : 'The thread was not brought back.',
  )
  if (!done) return
  toast({
    message: archived ? `“${thread.title}” is archived.` : `“${thread.title}” is back.`,
    action: {
      label: 'Undo',
      run: () => void change(cache, { ...thread, archived }, { archived: !archived }, 'That could not be undone.'),
    },
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
export async function moveMarker(
  cache: QueryClient,
  thread: Pick<Thread, 'id' | 'workspaceId'>,
  to: number,
  back = false,
): Promise<void> {
  markerMoved(cache, thread.id, to)
  try {
    await api.sayRead(thread.id, to, back)
  } catch {
    // Read again next time; what is shown goes back to what the server knows.
    await refreshThreads(cache, thread.workspaceId, [thread.id]).catch(() => undefined)
  }
}

/** Reacts, or takes it back when this person had: shown at once, undone with a notice when the server says no. */
export async function toggleReaction(cache: QueryClient, message: Message, emoji: string, me: string): Promise<void> {
  const had = message.reactions.find((group) => group.emoji === emoji)?.userIds.includes(me) === true
  const show = (op: 'create' | 'delete') =>
    threadChanges.reaction?.(cache, {
      channel: `thread:${message.threadId}`,
      v: 0,
      op,
      resource: 'reaction',
      resourceId: message.id,
      data: { messageId: message.id, emoji, userId: me },
      actor: null,
      cause: null,
    })
  show(had ? 'delete' : 'create')
  try {
    await (had ? api.takeReactionBack(message.id, emoji) : api.react(message.id, emoji))
  } catch (error) {
    show(had ? 'create' : 'delete')
    toast({ tone: 'danger', message: `Your reaction was not saved. ${describe(error)}` })
  }
}
