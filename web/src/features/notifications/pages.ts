import type { InfiniteData } from '@tanstack/react-query'
import type { Notification, NotificationPage } from '@/api/types'

/** The pages that are held, and what changes do to them. Applying a change twice does no harm. */
export type Pages = InfiniteData<NotificationPage>

const inFirst = (pages: Pages, change: (first: NotificationPage) => NotificationPage): Pages => {
  const [first, ...others] = pages.pages
  return first ? { ...pages, pages: [change(first), ...others] } : pages
}

const holds = ({ pages }: Pages, id: string) => pages.some(({ items }) => items.some((item) => item.id === id))

export const withNotification = (pages: Pages, added: Notification): Pages =>
  holds(pages, added.id)
    ? pages
    : inFirst(pages, (first) => ({ ...first, items: [added, ...first.items], unread: first.unread + 1 }))

export function withoutNotification(pages: Pages, id: string): Pages {
  const gone = pages.pages.flatMap(({ items }) => items).find((item) => item.id === id)
  if (!gone) return pages
  const left = pages.pages.map((page) => ({ ...page, items: page.items.filter((item) => item.id !== id) }))
  return inFirst({ ...pages, pages: left }, (first) => ({
    ...first,
    unread: gone.readAt == null ? Math.max(0, first.unread - 1) : first.unread,
  }))
}

export interface ReadNews {
  ids?: string[]
  upTo?: string
  at: string
  unread: number
}

/** Ids grow with time, so that "up to this one" can be told by them. */
export function withRead(pages: Pages, { ids, upTo, at, unread }: ReadNews): Pages {
  const isMeant = ({ id }: Notification) => (ids ? ids.includes(id) : upTo === undefined || id <= upTo)
  const read = pages.pages.map((page) => ({
    ...page,
    items: page.items.map((item) => (item.readAt == null && isMeant(item) ? { ...item, readAt: at } : item)),
  }))
  return inFirst({ ...pages, pages: read }, (first) => ({ ...first, unread }))
}

export const unreadIn = (pages: Pages | undefined): number => pages?.pages[0]?.unread ?? 0
