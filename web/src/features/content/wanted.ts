import type { ContentItem } from '@/api/types'
import { isOnItsWay, type Outgoing } from '@/lib/outbox'

/** What an approval is bound to; a change of any of it voids the approval. */
const APPROVED = ['title', 'body', 'kind', 'variants', 'media'] as const

const isOfContent = ({ resource }: Outgoing) => resource === 'content'

/** An item as its person wants it: what waits to be done lies over what is confirmed, and goes when it is done or refused. */
export function asWanted(item: ContentItem, waiting: readonly Outgoing[]): ContentItem {
  let wanted = item
  for (const entry of waiting)
    if (isOfContent(entry) && entry.op === 'update' && entry.resourceId === item.id && isOnItsWay(entry))
      wanted = { ...withFields(wanted, entry.data), updatedAt: new Date(entry.writtenAt).toISOString() }
  return wanted
}

/** The item with some fields changed, and with what the server makes of that. */
export function withFields(item: ContentItem, fields: Readonly<Record<string, unknown>>): ContentItem {
  const isVoided = item.approval !== null && APPROVED.some((name) => name in fields)
  const isApproved = (fields.status ?? item.status) === 'approved'
  return {
    ...item,
    ...(fields as Partial<ContentItem>),
    ...(isVoided && { status: 'draft' }),
    ...((isVoided || !isApproved) && { approval: null }),
  }
}

/** An item that exists on this device only. */
export function itemOf({ resourceId, id, data, writtenAt }: Outgoing, me: string): ContentItem {
  const { body, ...fields } = data as Partial<ContentItem> & { body?: string }
  const at = new Date(writtenAt).toISOString()
  return {
    id: resourceId ?? id,
    workspaceId: '',
    kind: 'post',
    title: '',
    status: 'draft',
    excerpt: body?.slice(0, 200) ?? '',
    labels: [],
    assigneeId: null,
    media: [],
    variants: [],
    plannedAt: null,
    threadId: null,
    version: 1,
    document: 0,
    head: 0,
    hash: '',
    approval: null,
    createdBy: me,
    createdAt: at,
    updatedAt: at,
    ...fields,
    body: body ?? '',
  }
}

/** The wish by which an item came to be that the server does not have yet. */
export const creationOf = (waiting: readonly Outgoing[], id: string): Outgoing | undefined =>
  waiting.find((entry) => isOfContent(entry) && entry.op === 'create' && (entry.resourceId ?? entry.id) === id)

/** A workspace's content as this person wants it. */
export function allWanted(
  items: readonly ContentItem[],
  waiting: readonly Outgoing[],
  workspaceId: string,
  me: string,
): readonly ContentItem[] {
  const wishes = waiting.filter((entry) => isOfContent(entry) && isOnItsWay(entry))
  if (wishes.length === 0) return items
  const known = new Set(items.map(({ id }) => id))
  const gone = new Set(wishes.flatMap(({ op, resourceId }) => (op === 'delete' ? [resourceId] : [])))
  const created = wishes
    .filter(({ op, data }) => op === 'create' && data.workspaceId === workspaceId)
    .map((entry) => itemOf(entry, me))
    .filter(({ id }) => !known.has(id))
  const touched = new Set(wishes.map(({ resourceId }) => resourceId))
  return [...items, ...created]
    .filter(({ id }) => !gone.has(id))
    .map((item) => (touched.has(item.id) ? asWanted(item, wishes) : item))
}
