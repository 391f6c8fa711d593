import type {
  ContentAuthorship,
  ContentComment,
  ContentItem,
  ContentRevision,
  ContentRevisionDetails,
  CreateComment,
  CreateContent,
  Page,
  PatchContent,
} from '@/api/types'
import type { Http, RequestOptions } from './http'
import { newId } from './ids'
import { everyPage } from './paging'

/** Which items, all that apply at once. */
export interface ContentFilter {
  status?: string
  label?: string
  assignee?: string
  kind?: string
  /** Characters of the title. */
  q?: string
  /** What is in the trash, in place of the rest. */
  trash?: boolean
  /** Planned at or after this time. */
  from?: string
  /** Planned before this time. */
  to?: string
}

export interface PageRequest {
  limit?: number
  /** The `next` of the page before. */
  cursor?: string
  signal?: AbortSignal
}

/** Content items: their texts, review, history and comments. Changes of them arrive on `contentChannel(id)`, and on `workspaceChannel(id)` for lists. */
export class ContentApi {
  readonly #http: Http

  constructor(http: Http) {
    this.#http = http
  }

  /** One page of a workspace's items, last changed first, without their texts. */
  list(workspaceId: string, filter: ContentFilter = {}, page: PageRequest = {}): Promise<Page<ContentItem>> {
    return this.#http.get(`/api/workspaces/${workspaceId}/content`, paged(page, { ...filter }))
  }

  /** All of them, page by page. */
  listAll(workspaceId: string, filter: ContentFilter = {}, signal?: AbortSignal): Promise<ContentItem[]> {
    return everyPage((cursor) =>
      this.list(workspaceId, filter, { ...(cursor && { cursor }), ...(signal && { signal }) }),
    )
  }

  /** Makes an item; it has an id of its own, so that repeating the call makes one item. */
  create(workspaceId: string, item: CreateContent): Promise<ContentItem> {
    return this.#http.post(`/api/workspaces/${workspaceId}/content`, { ...item, id: item.id ?? newId() })
  }

  /** One item with its text. */
  get(id: string, signal?: AbortSignal): Promise<ContentItem> {
    return this.#http.get(`/api/content/${id}`, { signal })
  }

  /**
   * Changes an item: its fields, its whole text, its status; what is left out stays. With a version only if it is still at
   * that one, else `precondition_failed`.
   */
  patch(id: string, change: PatchContent, version?: number): Promise<ContentItem> {
    return this.#http.patch(`/api/content/${id}`, change, version === undefined ? {} : { version })
  }

  /** Approves exactly what was read; `conflict` when it was changed meanwhile. */
  approve(read: ContentItem): Promise<ContentItem> {
    return this.patch(read.id, { status: 'approved', hash: read.hash ?? null })
  }

  /** Into the trash, from where it can be had back. */
  delete(id: string): Promise<void> {
    return this.#http.delete(`/api/content/${id}`)
  }

  /** Removes an item that is in the trash for good, with its history; admins may. */
  deleteForGood(id: string): Promise<void> {
    return this.#http.delete(`/api/content/${id}`, { query: { permanently: true } })
  }

  /** Back from the trash. */
  restore(id: string): Promise<ContentItem> {
    return this.#http.post(`/api/content/${id}/restore`)
  }

  /** One page of an item's history, newest first; `bySitting` shows what one person did in a row as one step. */
  revisions(id: string, page: PageRequest & { bySitting?: boolean } = {}): Promise<Page<ContentRevision>> {
    return this.#http.get(`/api/content/${id}/revisions`, paged(page, { by: page.bySitting ? 'sitting' : undefined }))
  }

  /** An item as it was after a revision. */
  revision(id: string, n: number): Promise<ContentRevisionDetails> {
    return this.#http.get(`/api/content/${id}/revisions/${n}`)
  }

  /** Makes an item what it was after a revision, as a change like any other. */
  restoreRevision(id: string, n: number): Promise<ContentItem> {
    return this.#http.post(`/api/content/${id}/revisions/${n}/restore`)
  }

  /** Who wrote which stretch of the text. */
  authorship(id: string): Promise<ContentAuthorship> {
    return this.#http.get(`/api/content/${id}/authorship`)
  }

  /** One page of the comments on an item, oldest first, where they are now. */
  comments(id: string, page: PageRequest = {}): Promise<Page<ContentComment>> {
    return this.#http.get(`/api/content/${id}/comments`, paged(page))
  }

  /** Comments on a stretch of the text at a version of it; the answer names the thread that it opens. */
  comment(id: string, comment: CreateComment): Promise<ContentComment> {
    return this.#http.post(`/api/content/${id}/comments`, { ...comment, id: comment.id ?? newId() })
  }

  /** Says that a comment is done, or that it is not. */
  resolveComment(commentId: string, resolved: boolean): Promise<ContentComment> {
    return this.#http.patch(`/api/comments/${commentId}`, { resolved })
  }

  /** Deletes a comment with its thread. */
  deleteComment(commentId: string): Promise<void> {
    return this.#http.delete(`/api/comments/${commentId}`)
  }

  /** As a Markdown file. */
  export(id: string): Promise<Blob> {
    return this.#http.download(`/api/content/${id}/export`)
  }

  /** Makes an item of a Markdown file, a draft whatever it was. */
  import(workspaceId: string, markdown: string, name?: string): Promise<ContentItem> {
    return this.#http.post(`/api/workspaces/${workspaceId}/content/import`, { id: newId(), name, markdown })
  }
}

const paged = ({ limit, cursor, signal }: PageRequest, query: RequestOptions['query'] = {}): RequestOptions => ({
  query: { ...query, limit, cursor },
  signal,
})
