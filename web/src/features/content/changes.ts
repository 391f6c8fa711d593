import type { QueryClient } from '@tanstack/react-query'
import type { ContentItem } from '@/api/types'
import type { ChangeHandlers } from '@/lib/changes'
import { idIn } from '@/lib/channels'
import type { Change } from '@/lib/realtime/protocol'
import { Store } from '@/lib/store'
import { commentsOn, contentOf, itemWith, sittingsOf, summaryOf, trashOf } from './api'
import { isBehind, withComment } from './comments'
import { isInTrash, newer, withItem, withoutBody } from './items'

/** An approval that a change ended while the item was on screen. */
export interface Voided {
  itemId: string
  approvedBy: string | null
  changedBy: string | null
  /** Somebody took it back, and nothing else changed. */
  isTakenBack: boolean
}

export const voided = new Store<Voided | undefined>(undefined)

export const contentChanges: ChangeHandlers<QueryClient> = {
  content: (cache, change) => {
    const { op, resourceId } = change
    noteVoiding(cache, change)
    // A deletion does not say where the item was, so each list looks for it.
    for (const queryKey of listsIn(cache, 'content'))
      cache.setQueryData<ContentItem[]>(queryKey, (known) => known && withItem(known, change, String(queryKey[1])))
    followTrash(cache, change)
    if (op === 'delete') {
      void cache.invalidateQueries({ queryKey: summaryOf(resourceId).queryKey, exact: true })
      void cache.invalidateQueries({ queryKey: itemWith(resourceId).queryKey, exact: true })
      return
    }
    cache.setQueryData(itemWith(resourceId).queryKey, (known) => known && newer(known, change.data as ContentItem))
    cache.setQueryData(summaryOf(resourceId).queryKey, (known) => known && newer(known, change.data as ContentItem))
    void cache.invalidateQueries({ queryKey: sittingsOf(resourceId).queryKey, exact: true })
    followPlaces(cache, change.data as ContentItem)
  },

  comment: (cache, change) => putComment(cache, idIn(change.channel), change),
}

/** Applies what became of a comment to what is held. */
export function putComment(
  cache: QueryClient,
  contentId: string,
  change: Pick<Change, 'op' | 'resourceId' | 'data'>,
): void {
  cache.setQueryData(commentsOn(contentId).queryKey, (known) => known && withComment(known, change))
}

/** Nobody tells where comments went with the text; who has any asks again when it changed. */
function followPlaces(cache: QueryClient, { id, document }: ContentItem): void {
  const { queryKey } = commentsOn(id)
  if (isBehind(cache.getQueryData(queryKey) ?? [], document)) void cache.invalidateQueries({ queryKey, exact: true })
}

const listsIn = (cache: QueryClient, name: 'content' | 'trash') =>
  cache
    .getQueriesData({ predicate: ({ queryKey }) => queryKey[0] === 'workspaces' && queryKey[2] === name })
    .map(([queryKey]) => queryKey)

/** What is deleted may be in the trash now, or gone for good: who looks there asks again. */
function followTrash(cache: QueryClient, { op, resourceId, data }: Change): void {
  for (const queryKey of listsIn(cache, 'trash')) {
    const known = cache.getQueryData<ContentItem[]>(queryKey)
    const isKnown = known?.some(({ id }) => id === resourceId) === true
    if (op === 'delete' || isKnown || isInTrash(data as ContentItem))
      void cache.invalidateQueries({ queryKey, exact: true })
  }
}

function noteVoiding(cache: QueryClient, { op, resourceId, data, actor }: Change): void {
  if (op !== 'update') return
  const known = cache.getQueryData(itemWith(resourceId).queryKey)
  const item = data as Partial<ContentItem>
  if (known?.approval == null || (item.version ?? 0) <= known.version || item.approval !== null) return
  const isTakenBack = item.hash != null && item.hash === known.hash
  voided.set({ itemId: resourceId, approvedBy: known.approval.by, changedBy: actor, isTakenBack })
}

/** Puts what a request answered where it is held, without waiting for the news of it. */
export function putItem(cache: QueryClient, item: ContentItem): void {
  cache.setQueryData(itemWith(item.id).queryKey, (known) => (known ? newer(known, item) : item))
  cache.setQueryData(
    contentOf(item.workspaceId).queryKey,
    (known) =>
      known &&
      withItem(
        known,
        { op: 'update', resource: 'content', resourceId: item.id, data: withoutBody(item) },
        item.workspaceId,
      ),
  )
  void cache.invalidateQueries({ queryKey: trashOf(item.workspaceId).queryKey })
}
