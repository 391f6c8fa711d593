import type { QueryClient } from '@tanstack/react-query'
import type { Thread } from '@/api/types'
import type { ChangeHandlers } from '@/lib/changes'
import { idIn } from '@/lib/channels'
import type { Change } from '@/lib/realtime/protocol'
import { messagesIn, threadsOf, threadWith, type MessagePages } from './api'
import { withChange } from './messages'
import { newer, withThread } from './thread-list'

export const threadChanges: ChangeHandlers<QueryClient> = {
  message: (cache, change) => {
    cache.setQueryData(messagesIn(idIn(change.channel)).queryKey, (known) => known && withMessage(known, change))
  },

  thread: (cache, change) => {
    const { resourceId } = change
    if (change.op === 'delete') void cache.invalidateQueries({ queryKey: threadWith(resourceId).queryKey, exact: true })
    else cache.setQueryData(threadWith(resourceId).queryKey, (known) => known && newer(known, change.data as Thread))

    // A deletion does not say whose list the thread was in, so each list looks for it.
    for (const [queryKey] of cache.getQueriesData({ predicate: ({ queryKey }) => isThreadList(queryKey) }))
      cache.setQueryData<Thread[]>(queryKey, (known) => known && withThread(known, change, String(queryKey[1])))
  },
}

const isThreadList = (queryKey: readonly unknown[]) => queryKey[0] === 'workspaces' && queryKey[2] === 'threads'

function withMessage(known: MessagePages, change: Change): MessagePages {
  const pages = known.pages.map((page, index) => withChange(page, change, index === 0))
  return pages.every((page, index) => page === known.pages[index]) ? known : { ...known, pages }
}

/** Puts a thread that was just created here into its list, without waiting for the news of it. */
export function addThread(cache: QueryClient, thread: Thread): void {
  cache.setQueryData(threadWith(thread.id).queryKey, thread)
  cache.setQueryData(
    threadsOf(thread.workspaceId).queryKey,
    (known) =>
      known &&
      withThread(known, { op: 'create', resource: 'thread', resourceId: thread.id, data: thread }, thread.workspaceId),
  )
}
