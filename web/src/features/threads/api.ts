import { infiniteQueryOptions, queryOptions, type InfiniteData } from '@tanstack/react-query'
import type { Message, Page, Thread } from '@/api/types'
import { http, outbox, realtime } from '@/lib/client'
import { threadChannel, workspaceChannel } from '@/lib/channels'
import { newId } from '@/lib/ids'
import type { Outgoing } from '@/lib/outbox'
import { everyPage } from '@/lib/paging'
import { withChange } from './messages'
import { withThread } from './thread-list'

export const MESSAGES_A_PAGE = 50

/** All threads of a workspace that one sees and that are not archived. */
export const threadsOf = (workspaceId: string) =>
  queryOptions({
    queryKey: ['workspaces', workspaceId, 'threads'],
    queryFn: async ({ signal }) => {
      const read = (cursor?: string) =>
        http.get<Page<Thread>>(`/api/workspaces/${workspaceId}/threads`, {
          signal,
          query: { archived: false, limit: 200, cursor },
        })
      const { value, changes } = await realtime.load(workspaceChannel(workspaceId), () => everyPage(read))
      return changes.reduce((threads, change) => withThread(threads, change, workspaceId), value)
    },
    staleTime: Infinity,
  })

export const threadWith = (threadId: string) =>
  queryOptions({
    queryKey: ['threads', threadId],
    queryFn: ({ signal }) => http.get<Thread>(`/api/threads/${threadId}`, { signal }),
    staleTime: Infinity,
  })

/** The newest page first; within a page the newest message is last. A page before the first is asked for by the oldest version known. */
export const messagesIn = (threadId: string) =>
  infiniteQueryOptions({
    queryKey: ['threads', threadId, 'messages'],
    queryFn: async ({ signal, pageParam }) => {
      const { value, changes } = await realtime.load(threadChannel(threadId), () =>
        http.get<Page<Message>>(`/api/threads/${threadId}/messages`, {
          signal,
          query: { limit: MESSAGES_A_PAGE, before: pageParam },
        }),
      )
      const isNewest = pageParam === undefined
      return changes.reduce((messages, change) => withChange(messages, change, isNewest), value.items)
    },
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => (page.length < MESSAGES_A_PAGE ? undefined : page[0]?.version),
    staleTime: Infinity,
  })

export type MessagePages = InfiniteData<Message[]>

export const createThread = (workspaceId: string, title: string) =>
  http.post<Thread>(`/api/workspaces/${workspaceId}/threads`, { id: newId(), title })

/** Shown at once as pending; the outbox sees to the rest. */
export const sendMessage = (threadId: string, body: string): Outgoing =>
  outbox.add(threadChannel(threadId), 'message', { body })
