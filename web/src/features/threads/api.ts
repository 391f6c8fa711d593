import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/react-query'
import type { Mention, Message, Page, Thread } from '@/api/types'
import { credentials, http, outbox, realtime } from '@/lib/client'
import { threadChannel, userChannel, workspaceChannel } from '@/lib/channels'
import { newId } from '@/lib/ids'
import { everyPage } from '@/lib/paging'
import { untilAnswered } from '@/lib/problem'
import { loadLive, readAt, withChange, withNewer, withOlder, type History } from './history'
import type { Beginning } from './pending'
import { withThread } from './thread-list'

const PAGE = 100
const LARGEST_PAGE = 200

/** All threads of a workspace that one sees: those in use, and apart from them the archived ones, which few ask for. */
export const threadsOf = (workspaceId: string, archived = false) =>
  queryOptions({
    queryKey: ['workspaces', workspaceId, 'threads', { archived }],
    queryFn: async ({ signal }) => {
      const read = (cursor?: string) =>
        http.get<Page<Thread>>(`/api/workspaces/${workspaceId}/threads`, {
          signal,
          query: { archived, limit: LARGEST_PAGE, cursor },
        })
      const { value, changes } = await realtime.load(workspaceChannel(workspaceId), () => everyPage(read))
      return changes.reduce((threads, change) => withThread(threads, change, workspaceId), value)
    },
    staleTime: Infinity,
  })

/** Both lists of a workspace. */
export const threadListsOf = (workspaceId: string) => ['workspaces', workspaceId, 'threads'] as const

/** As many ids as one address holds. */
const IDS_A_REQUEST = 50

/** Some threads of a workspace as they are now, with what this person has not read in them. */
export async function someThreads(workspaceId: string, ids: readonly string[]): Promise<Thread[]> {
  const found: Thread[] = []
  for (let from = 0; from < ids.length; from += IDS_A_REQUEST) {
    const some = ids.slice(from, from + IDS_A_REQUEST)
    const query = new URLSearchParams([...some.map((id) => ['ids', id]), ['limit', String(IDS_A_REQUEST)]])
    found.push(...(await http.get<Page<Thread>>(`/api/workspaces/${workspaceId}/threads?${query.toString()}`)).items)
  }
  return found
}

export const threadWith = (threadId: string) =>
  queryOptions({
    queryKey: ['threads', threadId],
    queryFn: ({ signal }) => http.get<Thread>(`/api/threads/${threadId}`, { signal }),
    staleTime: Infinity,
  })

/**
 * The stretch of the history that is held. It is put there by {@link showLatest} and {@link showAround}; asked for
 * again, after continuity was lost, it is read anew from its first message on.
 */
export const historyOf = (threadId: string) =>
  queryOptions({
    queryKey: ['threads', threadId, 'messages'],
    queryFn: ({ client, signal }) => {
      const known = client.getQueryData<History>(['threads', threadId, 'messages'])
      return loading(threadId, () => (known ? readAgain(threadId, known, signal) : readLatest(threadId, signal)))
    },
    staleTime: Infinity,
    retry: untilAnswered,
    // Comparing hundreds of messages with themselves at each new one finds nothing.
    structuralSharing: false,
  })

/** What a thread begins with. */
export const firstOf = (threadId: string) =>
  queryOptions({
    queryKey: ['threads', threadId, 'first'],
    queryFn: async ({ signal }) => (await read(threadId, { after: 0, limit: 1 }, signal)).items[0] ?? null,
  })

export const messageWith = (messageId: string) =>
  queryOptions({
    queryKey: ['messages', messageId],
    queryFn: ({ signal }) => http.get<Message>(`/api/messages/${messageId}`, { signal }),
    staleTime: Infinity,
    retry: false,
  })

interface Stretch {
  before?: number
  after?: number
  limit?: number
}

const read = (threadId: string, { before, after, limit = PAGE }: Stretch, signal?: AbortSignal) =>
  http.get<Page<Message>>(`/api/threads/${threadId}/messages`, { signal, query: { limit, before, after } })

const loading = (threadId: string, load: () => Promise<History>) => loadLive(realtime, threadId, load)

async function readLatest(threadId: string, signal?: AbortSignal): Promise<History> {
  const { items, next } = await read(threadId, {}, signal)
  return { messages: items, hasOlder: next !== null, hasNewer: false }
}

async function readAround(threadId: string, version: number): Promise<History> {
  const [older, newer] = await Promise.all([
    read(threadId, { before: version, limit: PAGE / 2 }),
    read(threadId, { after: version - 1, limit: PAGE / 2 }),
  ])
  return { messages: [...older.items, ...newer.items], hasOlder: older.next !== null, hasNewer: newer.next !== null }
}

async function readAgain(threadId: string, known: History, signal: AbortSignal): Promise<History> {
  const [first, last] = [known.messages[0], known.messages.at(-1)]
  if (!first || !last) return readLatest(threadId, signal)
  let history: History = { messages: [], hasOlder: known.hasOlder, hasNewer: true }
  for (let after = first.version - 1; history.hasNewer; after = history.messages.at(-1)?.version ?? after) {
    const page = await read(threadId, { after, limit: LARGEST_PAGE }, signal)
    history = withNewer(history, page.items, page.next !== null)
    if (history.messages.length >= known.messages.length && after >= last.version) break
  }
  return history
}

/** Holds the end of the thread. */
export async function showLatest(cache: QueryClient, threadId: string): Promise<void> {
  const history = await loading(threadId, () => readLatest(threadId))
  cache.setQueryData(historyOf(threadId).queryKey, history)
}

/** Holds what is around a place, with as much before it as after it. */
export async function showAround(cache: QueryClient, threadId: string, version: number): Promise<void> {
  const history = await loading(threadId, () => readAround(threadId, version))
  cache.setQueryData(historyOf(threadId).queryKey, history)
}

export async function extend(cache: QueryClient, threadId: string, towards: 'older' | 'newer'): Promise<void> {
  const { queryKey } = historyOf(threadId)
  const known = cache.getQueryData(queryKey)
  const edge = towards === 'older' ? known?.messages[0] : known?.messages.at(-1)
  if (!known || !edge) return
  const {
    value: page,
    changes,
    since,
  } = await realtime.load(threadChannel(threadId), () =>
    read(threadId, towards === 'older' ? { before: edge.version } : { after: edge.version }),
  )
  cache.setQueryData(queryKey, (now) => {
    // Meanwhile the reader may have gone elsewhere.
    const isStillThere = now && (towards === 'older' ? now.messages[0] : now.messages.at(-1))?.id === edge.id
    if (!isStillThere) return now
    const grown = (towards === 'older' ? withOlder : withNewer)(now, readAt(page.items, since), page.next !== null)
    return changes.reduce(withChange, grown)
  })
}

export const createThread = (workspaceId: string, title: string, participants: readonly string[]) =>
  http.post<Thread>(`/api/workspaces/${workspaceId}/threads`, {
    id: newId(),
    title,
    ...(participants.length > 0 && { participants }),
  })

/** Shown at once; of each field the last writer's stands. */
export function changeThread(thread: Thread, change: { title?: string; archived?: boolean }): void {
  outbox.add({
    channel: threadChannel(thread.id),
    op: 'update',
    resource: 'thread',
    resourceId: thread.id,
    base: thread.version,
    data: change,
    folds: 'fields',
    ...(change.title === undefined && { ifRefused: 'notice' }),
  })
}

export const deleteThread = (threadId: string) => http.delete(`/api/threads/${threadId}`)

/** `back`: what comes after the version is to be unread again. */
export function sayRead(threadId: string, version: number, back: boolean): void {
  if (credentials.userId === undefined) return
  outbox.add({
    channel: userChannel(credentials.userId),
    op: 'update',
    resource: 'readMarker',
    resourceId: threadId,
    data: { version, ...(back && { back }) },
    folds: 'furthest',
    ifRefused: 'nothing',
  })
}

/** Shown at once as pending; the outbox sees to the rest. Resolves when it is kept on the device. */
export const sendMessage = (
  threadId: string,
  body: string,
  replyTo?: string,
  attachments: readonly string[] = [],
): Promise<boolean> =>
  outbox.add({
    channel: threadChannel(threadId),
    op: 'create',
    resource: 'message',
    data: { body, ...(replyTo !== undefined && { replyTo }), ...(attachments.length > 0 && { attachments }) },
  }).kept

export function react({ id, threadId }: Message, emoji: string, op: 'create' | 'delete'): void {
  const channel = threadChannel(threadId)
  outbox.add({ channel, op, resource: 'reaction', data: { messageId: id, emoji }, ifRefused: 'notice' })
}

/** Where this person is mentioned in a workspace, the newest first. */
export const mentionsIn = (workspaceId: string) =>
  infiniteQueryOptions({
    queryKey: ['mentions', workspaceId],
    queryFn: ({ signal, pageParam }) =>
      http.get<Page<Mention>>('/api/me/mentions', {
        signal,
        query: { workspaceId, limit: 30, ...(pageParam !== '' && { cursor: pageParam }) },
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  })

/** Shown at once on top of the message. */
export const editMessage = ({ id, threadId }: Message, body: string, begun: Beginning): Promise<boolean> =>
  outbox.add({
    channel: threadChannel(threadId),
    op: 'update',
    resource: 'message',
    resourceId: id,
    ...begun,
    data: { body },
  }).kept

/** Gone once the server has done it: it cannot be taken back. */
export const deleteMessage = ({ id, threadId }: Message, begun: Beginning): Promise<boolean> =>
  outbox.add({
    channel: threadChannel(threadId),
    op: 'delete',
    resource: 'message',
    resourceId: id,
    ...begun,
    data: {},
  }).kept
