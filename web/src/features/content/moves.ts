import type { ContentItem } from '@/api/types'
import { nameOfStatus, statuses } from './words'

/** What somebody may do with content. */
export interface Rights {
  mayWrite: boolean
  mayApprove: boolean
}

/** Those that people decide themselves; the others come from publishing. */
const BY_HAND = ['draft', 'in_review', 'approved']

/** Why an item cannot go to this status, for the person who tries; undefined when it can. */
export function hindrance({ status }: ContentItem, to: string, { mayWrite, mayApprove }: Rights): string | undefined {
  if (to === status) return `It is in “${nameOfStatus(to)}” already.`
  if (!mayWrite) return 'Your role allows reading only.'
  if (!BY_HAND.includes(to)) return `Nothing is moved to “${nameOfStatus(to)}” by hand: publishing does that.`
  if (!BY_HAND.includes(status)) return `What is in “${nameOfStatus(status)}” is moved by publishing only.`
  if (to === 'approved') {
    if (status === 'draft') return 'Ask for a review first: only what is in review can be approved.'
    if (!mayApprove) return 'Approving is for owners and admins.'
  }
  if (status === 'approved' && to === 'in_review')
    return 'It is approved already. Make it a draft to have it reviewed again.'
  return undefined
}

export interface Column {
  status: string
  items: ContentItem[]
}

/** The board: one column for each status. Those of publishing are there while something is in them. */
export function columnsOf(items: readonly ContentItem[]): Column[] {
  const columns = new Map<string, ContentItem[]>(statuses.map((status) => [status, []]))
  for (const item of items) {
    const column = columns.get(item.status)
    if (column) column.push(item)
    else columns.set(item.status, [item])
  }
  return [...columns]
    .filter(([status, own]) => BY_HAND.includes(status) || own.length > 0)
    .map(([status, own]) => ({ status, items: own }))
}
