import type { QueryClient } from '@tanstack/react-query'
import type { Thread } from '@/api/types'
import type { ChangeHandlers } from '@/lib/changes'
import { idIn } from '@/lib/channels'
import type { Change } from '@/lib/realtime/protocol'
import { messagesIn, threadsOf, threadWith, type MessagePages, type ThreadPages } from './api'
import { withChange } from './messages'
import { newer, withThreadChange } from './thread-lists'

export const threadChanges: ChangeHandlers<QueryClient> = {
  message: (cache, change) => {
    cache.setQueryData(messagesIn(idIn(change.channel)).queryKey, (known) => known && withMessage(known, change))
  },

  thread: (cache, change) => {
    const { resourceId } = change
    if (change.op === 'delete') void cache.invalidateQueries({ queryKey: threadWith(resourceId).queryKey, exact: true })
    else cache.setQueryData(threadWith(resourceId).queryKey, (known) => known && newer(known, change.data as Thread))

    // A change told on the thread's own channel does not say whose list it is in, so it is looked for in each.
    for (const [queryKey] of cache.getQueriesData({ predicate: ({ queryKey }) => isThreadList(queryKey) }))
      cache.setQueryData<ThreadPages>(queryKey, (known) => known && withThread(known, change, queryKey))
  },
}

const isThreadList = (queryKey: readonly unknown[]) => queryKey[0] === 'workspaces' && queryKey[2] === 'threads'

function withMessage(known: MessagePages, change: Change): MessagePages {
  const pages = known.pages.map((page, index) => withChange(page, change, index === 0))
  return pages.every((page, index) => page === known.pages[index]) ? known : { ...known, pages }
}

function withThread(known: ThreadPages, change: Change, queryKey: readonly unknown[]): ThreadPages {
  const isNew =
    change.op === 'create' && !known.pages.some((page) => page.items.some((one) => one.id === change.resourceId))
  if (isNew && queryKey[1] !== (change.data as Thread).workspaceId) return known
  return {
    ...known,
    pages: known.pages.map((page, index) => ({
      ...page,
      items: withThreadChange(page.items, change, isNew && index === 0),
    })),
  }
}

/** Puts a thread that was just created here into its list, without waiting for the news of it. */
export function addThread(cache: QueryClient, thread: Thread): void {
  cache.setQueryData(threadWith(thread.id).queryKey, thread)
  const { queryKey } = threadsOf(thread.workspaceId)
  cache.setQueryData(queryKey, (known) => {
    if (!known || known.pages.some((page) => page.items.some((one) => one.id === thread.id))) return known
    const [first, ...others] = known.pages
    return first && { ...known, pages: [{ ...first, items: [thread, ...first.items] }, ...others] }
  })
}
