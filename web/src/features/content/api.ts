import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type {
  ContentAuthorship,
  ContentComment,
  ContentItem,
  ContentRevision,
  ContentRevisionDetails,
  Page,
} from '@/api/types'
import { contentChannel, workspaceChannel } from '@/lib/channels'
import { http, outbox, realtime } from '@/lib/client'
import { newId } from '@/lib/ids'
import { everyPage } from '@/lib/paging'
import { untilAnswered } from '@/lib/problem'
import { withComment } from './comments'
import { newer, withItem, withoutBody } from './items'

const LARGEST_PAGE = 200

/** Everything in a workspace that is not in the trash, without the texts. */
export const contentOf = (workspaceId: string) =>
  queryOptions({
    queryKey: ['workspaces', workspaceId, 'content'],
    queryFn: async ({ signal }) => {
      const read = (cursor?: string) =>
        http.get<Page<ContentItem>>(`/api/workspaces/${workspaceId}/content`, {
          signal,
          query: { limit: LARGEST_PAGE, cursor },
        })
      const { value, changes } = await realtime.load(workspaceChannel(workspaceId), () => everyPage(read))
      return changes.reduce((items, change) => withItem(items, change, workspaceId), value.map(withoutBody))
    },
    staleTime: Infinity,
  })

/** What is in the trash. */
export const trashOf = (workspaceId: string) =>
  queryOptions({
    queryKey: ['workspaces', workspaceId, 'trash'],
    queryFn: ({ signal }) =>
      everyPage((cursor) =>
        http.get<Page<ContentItem>>(`/api/workspaces/${workspaceId}/content`, {
          signal,
          query: { trash: true, limit: LARGEST_PAGE, cursor },
        }),
      ),
    staleTime: Infinity,
  })

/** One item, with its text as it was when it was asked for: who writes in it follows the document itself. */
export const itemWith = (id: string) =>
  queryOptions({
    queryKey: ['content', id],
    queryFn: async ({ signal }) => {
      const { value, changes } = await realtime.load(contentChannel(id), () =>
        http.get<ContentItem>(`/api/content/${id}`, { signal }),
      )
      const own = changes.filter(
        ({ resource, resourceId, op }) => resource === 'content' && resourceId === id && op !== 'delete',
      )
      return own.reduce((item, { data }) => newer(item, data as ContentItem), value)
    },
    staleTime: Infinity,
  })

/** What a link to an item shows of it; who may not see it gets nothing. */
export const summaryOf = (id: string) =>
  queryOptions({
    queryKey: ['content', id, 'summary'],
    queryFn: async ({ signal }) => withoutBody(await http.get<ContentItem>(`/api/content/${id}`, { signal })),
    staleTime: 5 * 60_000,
    retry: untilAnswered,
  })

/** As it is now, whatever is held. */
export const freshItem = (id: string): Promise<ContentItem> => http.get<ContentItem>(`/api/content/${id}`)

/** The history, newest first: what one person did at one sitting is one step. */
export const sittingsOf = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['content', id, 'revisions'],
    queryFn: ({ signal, pageParam }) =>
      http.get<Page<ContentRevision>>(`/api/content/${id}/revisions`, {
        signal,
        query: { by: 'sitting', limit: 50, ...(pageParam !== '' && { cursor: pageParam }) },
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  })

/** A revision never changes. */
export const revisionOf = (id: string, n: number) =>
  queryOptions({
    queryKey: ['content', id, 'revisions', n],
    queryFn: ({ signal }) => http.get<ContentRevisionDetails>(`/api/content/${id}/revisions/${n}`, { signal }),
    staleTime: Infinity,
  })

const MOST_TRIES = 4

/** Who wrote what, with the text that it is about. */
export const authorshipOf = (id: string) =>
  queryOptions({
    queryKey: ['content', id, 'authorship'],
    queryFn: async ({ signal }) => {
      // Somebody may write between the two answers.
      for (let tries = 1; ; tries++) {
        const [{ document, spans }, item] = await Promise.all([
          http.get<ContentAuthorship>(`/api/content/${id}/authorship`, { signal }),
          http.get<ContentItem>(`/api/content/${id}`, { signal }),
        ])
        if (document === item.document || tries === MOST_TRIES) return { spans, body: item.body ?? '' }
      }
    },
    // The text goes on while one looks.
    gcTime: 0,
  })

/** What is said about places in the text. The places are those of the version that each names. */
export const commentsOn = (id: string) =>
  queryOptions({
    queryKey: ['content', id, 'comments'],
    queryFn: async ({ signal }) => {
      const read = (cursor?: string) =>
        http.get<Page<ContentComment>>(`/api/content/${id}/comments`, {
          signal,
          query: { limit: LARGEST_PAGE, cursor },
        })
      const { value, changes } = await realtime.load(contentChannel(id), () => everyPage(read))
      return changes.filter(({ resource }) => resource === 'comment').reduce(withComment, value)
    },
    staleTime: Infinity,
  })

export interface NewComment {
  /** Made by whoever asks, so that asking again makes no second one. */
  id: string
  document: number
  from: number
  to: number
  body: string
}

/** Not a wish in the outbox: where it belongs has to be found in the text as it is now. */
export const createComment = (contentId: string, comment: NewComment): Promise<ContentComment> =>
  http.post<ContentComment>(`/api/content/${contentId}/comments`, comment)

export const resolveComment = (commentId: string, resolved: boolean): Promise<ContentComment> =>
  http.patch<ContentComment>(`/api/comments/${commentId}`, { resolved })

export const deleteComment = (commentId: string): Promise<void> => http.delete(`/api/comments/${commentId}`)

export interface NewItem {
  workspaceId: string
  kind: string
  title: string
  plannedAt?: string
  status?: string
}

/** Shown at once, and its id is known at once: one goes on with it, also without a network. */
export function createItem(wanted: NewItem): string {
  const id = newId()
  outbox.add({
    channel: contentChannel(id),
    op: 'create',
    resource: 'content',
    resourceId: id,
    data: { ...wanted },
  })
  return id
}

export type Fields = Partial<
  Pick<ContentItem, 'title' | 'kind' | 'labels' | 'assigneeId' | 'plannedAt' | 'variants' | 'media' | 'status' | 'body'>
>

/** Shown at once; of each field the last writer's stands. */
export function changeItem({ id, version }: ContentItem, fields: Fields): void {
  outbox.add({
    channel: contentChannel(id),
    op: 'update',
    resource: 'content',
    resourceId: id,
    base: version,
    data: fields,
    folds: 'fields',
    // What somebody has written stays as a record when it is refused; a move on the board is taken back.
    ...(fields.title === undefined &&
      fields.variants === undefined &&
      fields.media === undefined &&
      fields.body === undefined && { ifRefused: 'notice' }),
  })
}

/** Only what was read is approved: the hash names it. */
export const approve = (id: string, hash: string): Promise<ContentItem> =>
  http.patch<ContentItem>(`/api/content/${id}`, { status: 'approved', hash })

/** Into the trash, from where it can be had back. */
export function trashItem({ id }: ContentItem): void {
  outbox.add({
    channel: contentChannel(id),
    op: 'delete',
    resource: 'content',
    resourceId: id,
    data: {},
    ifRefused: 'notice',
  })
}

export const restoreItem = (id: string): Promise<ContentItem> => http.post<ContentItem>(`/api/content/${id}/restore`)

export const deleteForGood = (id: string): Promise<void> =>
  http.delete(`/api/content/${id}`, { query: { permanently: true } })

/** As a file to keep. */
export const exportItem = (id: string, media = false): Promise<Blob> =>
  http.download(`/api/content/${id}/export`, media ? { query: { media } } : {})

/** Makes a draft of a file of Markdown. `id`: made by whoever asks, so that asking again makes no second one. */
export const importItem = (workspaceId: string, file: { id: string; name: string; markdown: string }) =>
  http.post<ContentItem>(`/api/workspaces/${workspaceId}/content/import`, file)

/** The same of an archive of one with its media. */
export const importArchive = (
  workspaceId: string,
  { id, name, archive }: { id: string; name: string; archive: Blob },
) =>
  http.upload<ContentItem>(
    `/api/workspaces/${workspaceId}/content/import`,
    new Blob([archive], { type: 'application/zip' }),
    { query: { id, name } },
  )

export const restoreRevision = (id: string, n: number): Promise<ContentItem> =>
  http.post<ContentItem>(`/api/content/${id}/revisions/${n}/restore`)
