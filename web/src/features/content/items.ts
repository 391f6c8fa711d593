import type { ContentItem } from '@/api/types'
import type { Change } from '@/lib/realtime/protocol'

export type ContentChange = Pick<Change, 'op' | 'resource' | 'resourceId' | 'data'>

/** Changes may be applied again, or come by two channels; an item's version tells which one is the last. Lists know no bodies. */
export const newer = (known: ContentItem, item: ContentItem): ContentItem =>
  item.version >= known.version ? { ...known, ...item } : known

export const isInTrash = ({ deletedAt }: ContentItem): boolean => deletedAt != null

/** What lists hold of an item: everything but its text, of which there may be a megabyte. */
export function withoutBody({ body: _, ...item }: ContentItem): ContentItem {
  return item
}

/** A workspace's content after a change of one item; one that is already in changes nothing. */
export function withItem(
  items: ContentItem[],
  { op, resource, resourceId, data }: ContentChange,
  workspaceId: string,
): ContentItem[] {
  if (resource !== 'content') return items
  const at = items.findIndex(({ id }) => id === resourceId)
  const held = items[at]
  if (op === 'delete') return held ? items.toSpliced(at, 1) : items
  const item = withoutBody(data as ContentItem)
  if (isInTrash(item)) return held && item.version >= held.version ? items.toSpliced(at, 1) : items
  if (held) return items.with(at, newer(held, item))
  return item.workspaceId === workspaceId ? [...items, item] : items
}
