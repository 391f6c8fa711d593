import type { ContentItem } from '@/api/types'

/** What one looks at of a workspace's content; it stands in the address, so that it can be kept and passed on. */
export interface ContentFilters {
  view?: 'board' | 'calendar'
  status?: string
  kind?: string
  label?: string
  /** A person's id, or `nobody`. */
  assignee?: string
  q?: string
  sort?: 'title' | 'planned' | 'created'
  /** How much the calendar shows; a month where nothing is said. */
  span?: 'week' | 'agenda'
  /** The day around which the calendar is. */
  on?: string
}

export const NOBODY = 'nobody'

const known = {
  view: ['board', 'calendar'],
  sort: ['title', 'planned', 'created'],
  span: ['week', 'agenda'],
} as const

const FREE = ['status', 'kind', 'label', 'assignee', 'q', 'on'] as const

/** Takes of an address what it understands. */
export function contentFilters(search: Record<string, unknown>): ContentFilters {
  const taken: Record<string, string> = {}
  for (const [name, choices] of Object.entries(known))
    if ((choices as readonly unknown[]).includes(search[name])) taken[name] = search[name] as string
  for (const name of FREE) {
    // The address may carry what looks like a number as one.
    const value = typeof search[name] === 'number' ? String(search[name]) : search[name]
    if (typeof value === 'string' && value !== '') taken[name] = value
  }
  return taken
}

/** The filters without how it is shown. */
export const narrowing = ({ status, kind, label, assignee }: ContentFilters): string[] =>
  [status, kind, label, assignee].filter((filter) => filter !== undefined)

export function matches(item: ContentItem, { status, kind, label, assignee, q }: ContentFilters): boolean {
  return (
    (status === undefined || item.status === status) &&
    (kind === undefined || item.kind === kind) &&
    (label === undefined || item.labels.includes(label)) &&
    (assignee === undefined || (item.assigneeId ?? NOBODY) === assignee) &&
    (q === undefined || says(item, q))
  )
}

/** Every word, anywhere in what the lists know of it. */
function says({ title, excerpt, labels }: ContentItem, q: string): boolean {
  const text = `${title}\n${excerpt}\n${labels.join('\n')}`.toLocaleLowerCase()
  return q
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

const LAST = '\uffff'

const orders: Readonly<Record<string, (one: ContentItem, other: ContentItem) => number>> = {
  title: (one, other) => one.title.localeCompare(other.title),
  // What has no date is planned for later than everything that has one.
  planned: (one, other) => compare(one.plannedAt ?? LAST, other.plannedAt ?? LAST),
  created: (one, other) => compare(other.createdAt, one.createdAt),
}

const newestChange = (one: ContentItem, other: ContentItem) => compare(other.updatedAt, one.updatedAt)

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

/** What the screen shows, in its order: what changed last first, unless one asked for another. */
export const listed = (items: readonly ContentItem[], filters: ContentFilters): ContentItem[] =>
  items.filter((item) => matches(item, filters)).sort(orders[filters.sort ?? ''] ?? newestChange)

/** Every label in use, by name. */
export const labelsOf = (items: readonly ContentItem[]): string[] =>
  [...new Set(items.flatMap(({ labels }) => labels))].sort((one, other) => one.localeCompare(other))
