import { describe, expect, it } from 'vitest'
import type { Notification } from '@/api/types'
import { unreadIn, withNotification, withoutNotification, withRead, type Pages } from './pages'

const one = (id: string, readAt?: string): Notification => ({
  id,
  kind: 'mention',
  title: id,
  body: null,
  link: '/',
  workspaceId: null,
  actorId: null,
  actorName: null,
  createdAt: '2026-11-27T10:00:00.000Z',
  readAt: readAt ?? null,
})

const pages = (unread: number, ...lists: Notification[][]): Pages => ({
  pages: lists.map((items) => ({ items, next: null, unread })),
  pageParams: lists.map(() => undefined),
})

const at = '2026-11-27T11:00:00.000Z'

describe('pages of notifications', () => {
  it('take a new one on top, once', () => {
    const held = pages(1, [one('b')], [one('a', at)])
    const after = withNotification(withNotification(held, one('c')), one('c'))
    expect(after.pages.map(({ items }) => items.map(({ id }) => id))).toEqual([['c', 'b'], ['a']])
    expect(unreadIn(after)).toBe(2)
  })

  it('lose one that went, and count it only when it was not read', () => {
    const held = pages(1, [one('b')], [one('a', at)])
    expect(unreadIn(withoutNotification(held, 'a'))).toBe(1)
    const after = withoutNotification(withoutNotification(held, 'b'), 'b')
    expect(after.pages[0]?.items).toEqual([])
    expect(unreadIn(after)).toBe(0)
  })

  it('read those that are named, or all up to one, or all', () => {
    const held = pages(3, [one('c'), one('b')], [one('a')])
    const read = (after: Pages) =>
      after.pages.flatMap(({ items }) => items.filter(({ readAt }) => readAt === at).map(({ id }) => id))
    expect(read(withRead(held, { ids: ['b'], at, unread: 2 }))).toEqual(['b'])
    expect(read(withRead(held, { upTo: 'b', at, unread: 1 }))).toEqual(['b', 'a'])
    const all = withRead(held, { at, unread: 0 })
    expect(read(all)).toEqual(['c', 'b', 'a'])
    expect(unreadIn(all)).toBe(0)
  })

  it('know of nothing unread before they are loaded', () => {
    expect(unreadIn(undefined)).toBe(0)
  })
})
