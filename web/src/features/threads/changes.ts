import type { QueryClient } from '@tanstack/react-query'
import type { Message, Thread } from '@/api/types'
import type { ChangeHandlers } from '@/lib/changes'
import { idIn } from '@/lib/channels'
import { credentials, drafts } from '@/lib/client'
import type { StoredDraft } from '@/lib/drafts'
import { Store } from '@/lib/store'
import { historyOf, mentionsIn, messageWith, someThreads, threadsOf, threadWith } from './api'
import { mentionsAfter, unreadAfter, withChange } from './history'
import { withReaction, type ReactionData } from './reactions'
import { newer, withThread } from './thread-list'

export const threadChanges: ChangeHandlers<QueryClient> = {
  message: (cache, change) => {
    const threadId = idIn(change.channel)
    cache.setQueryData(historyOf(threadId).queryKey, (known) => known && withChange(known, change))
    if (change.op === 'update') cache.setQueryData(messageWith(change.resourceId).queryKey, change.data as Message)
    if (change.op === 'delete') void cache.resetQueries({ queryKey: messageWith(change.resourceId).queryKey })
    if (change.op === 'create') said(cache, threadId, change.data as Message)
  },

  reaction: (cache, change) => {
    // Nothing is said of one that was gone already.
    if ((change.data as Partial<ReactionData>).messageId === undefined) return
    cache.setQueryData(historyOf(idIn(change.channel)).queryKey, (known) => known && withChange(known, change))
    const reaction = change.data as ReactionData
    cache.setQueryData(messageWith(reaction.messageId).queryKey, (known) =>
      known && change.op !== 'update' ? withReaction(known, reaction, change.op) : known,
    )
  },

  // How many there are follows from what is read; the news says that it is time to ask.
  mention: (cache, change) => {
    const { threadId, workspaceId, authorId } = change.data as MentionNews
    void cache.invalidateQueries({ queryKey: mentionsIn(workspaceId).queryKey })
    void refreshThreads(cache, workspaceId, [threadId]).catch(() => undefined)
    if (change.op === 'create') mentionNews.set({ messageId: change.resourceId, threadId, workspaceId, authorId })
  },

  thread: (cache, change) => {
    const { resourceId } = change
    if (change.op === 'delete') void cache.invalidateQueries({ queryKey: threadWith(resourceId).queryKey, exact: true })
    else cache.setQueryData(threadWith(resourceId).queryKey, (known) => known && newer(known, change.data as Thread))

    // A deletion does not say whose list the thread was in, so each list looks for it.
    for (const queryKey of threadLists(cache))
      cache.setQueryData<Thread[]>(queryKey, (known) => known && withThread(known, change, String(queryKey[1])))
  },

  readMarker: (cache, change) => {
    const { version } = change.data as { version: number }
    const known = knownThread(cache, change.resourceId)
    // An answer may be one from before another device read on, or moved it back.
    if (change.isAnswer && known && version < (known.readTo ?? 0))
      void refreshThreads(cache, known.workspaceId, [known.id]).catch(() => undefined)
    else markerMoved(cache, change.resourceId, version)
  },

  draft: (_, change) => drafts.received(change.data as StoredDraft),
}

interface MentionNews {
  threadId: string
  workspaceId: string
  authorId: string
}

/** The newest mention that came while this page was open. */
export const mentionNews = new Store<(MentionNews & { messageId: string }) | undefined>(undefined)

const isThreadList = (queryKey: readonly unknown[]) => queryKey[0] === 'workspaces' && queryKey[2] === 'threads'

const threadLists = (cache: QueryClient) =>
  cache.getQueriesData({ predicate: ({ queryKey }) => isThreadList(queryKey) }).map(([queryKey]) => queryKey)

/** Changes a thread wherever it is held. */
export function updateThread(cache: QueryClient, threadId: string, change: (thread: Thread) => Thread): void {
  cache.setQueryData(threadWith(threadId).queryKey, (known) => known && change(known))
  for (const queryKey of threadLists(cache))
    cache.setQueryData<Thread[]>(queryKey, (known) => {
      if (!known) return known
      const index = known.findIndex((thread) => thread.id === threadId)
      const held = known[index]
      return held ? known.with(index, change(held)) : known
    })
}

/** The thread as it is held in any of the places. */
export function knownThread(cache: QueryClient, threadId: string): Thread | undefined {
  for (const queryKey of threadLists(cache)) {
    const found = cache.getQueryData<Thread[]>(queryKey)?.find((thread) => thread.id === threadId)
    if (found) return found
  }
  return cache.getQueryData(threadWith(threadId).queryKey)
}

/** Asks the server what is unread in some threads, and how they are. */
export async function refreshThreads(cache: QueryClient, workspaceId: string, ids: readonly string[]): Promise<void> {
  for (const thread of await someThreads(workspaceId, ids))
    updateThread(cache, thread.id, (known) => newer(known, thread))
}

/** Something was said in a thread that is followed here: it goes up in the list and counts without asking. */
function said(cache: QueryClient, threadId: string, { version, createdAt, authorId }: Message): void {
  updateThread(cache, threadId, (thread) =>
    version <= thread.head
      ? thread
      : {
          ...thread,
          head: version,
          lastMessageAt: createdAt,
          unread: (thread.unread ?? 0) + (authorId === credentials.userId ? 0 : 1),
        },
  )
}

/** How far this person has read, here or on another device. Counts what is held; what is not held, the server counts. */
export function markerMoved(cache: QueryClient, threadId: string, version: number): void {
  const known = knownThread(cache, threadId)
  if (!known) return
  const held = cache.getQueryData(historyOf(threadId).queryKey)
  const unread = version >= known.head ? 0 : unreadAfter(held, version, credentials.userId)
  updateThread(cache, threadId, (thread) => ({
    ...thread,
    readTo: version,
    unread: unread ?? thread.unread,
    mentions: mentionsAfter(held, version, credentials.userId) ?? (unread === 0 ? 0 : thread.mentions),
  }))
  void cache.invalidateQueries({ queryKey: mentionsIn(known.workspaceId).queryKey })
  if (unread === undefined) void refreshThreads(cache, known.workspaceId, [threadId]).catch(() => undefined)
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
