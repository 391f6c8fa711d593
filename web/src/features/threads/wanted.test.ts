import { expect, it } from 'vitest'
import type { Outgoing } from '@/lib/outbox'
import { message, thread } from './testing'
import { withReactions } from './pending'
import { asWanted, together } from './wanted'

const wish = (resource: string, data: Outgoing['data'], more: Partial<Outgoing> = {}): Outgoing => ({
  channel: 'thread:t',
  op: 'update',
  resource,
  resourceId: 't',
  data,
  id: 'o',
  writtenAt: 0,
  order: 0,
  ...more,
})

it('shows a thread as its person wants it, until it is refused', () => {
  const known = thread('t', { title: 'Old' })
  const wishes = [wish('thread', { title: 'New' }), wish('thread', { archived: true })]
  expect(asWanted(known, wishes)).toMatchObject({ title: 'New', archived: true })
  expect(asWanted(known, [wish('thread', { title: 'New' }, { failure: 'No.' })])).toBe(known)
  expect(asWanted(known, [wish('thread', { title: 'New' }, { resourceId: 'other' })])).toBe(known)
})

it('lets the furthest marker stand, and one that is to go back', () => {
  const known = thread('t', { head: 9, readTo: 5, unread: 4 })
  expect(asWanted(known, [wish('readMarker', { version: 9 })])).toMatchObject({ readTo: 9, unread: 0, mentions: 0 })
  expect(asWanted(known, [wish('readMarker', { version: 4 })])).toBe(known)
  const back = asWanted(known, [wish('readMarker', { version: 2, back: true })], () => 7)
  expect(back).toMatchObject({ readTo: 2, unread: 7 })
})

it('holds each thread once, as it is known best', () => {
  const [older, newer] = [thread('t', { title: 'Older' }), thread('t', { version: 2, title: 'Newer' })]
  expect(together([older, thread('u')], undefined, [newer]).map(({ title }) => title)).toEqual(['Newer', 'u'])
})

it('shows reactions that wait on their message, in the order they were wanted', () => {
  const like = (op: 'create' | 'delete') =>
    wish('reaction', { messageId: 'm1', emoji: '👍' }, { op, resourceId: `r-${op}` })
  const groups = (wishes: Outgoing[]) => withReactions(message(1), wishes, 'ada').reactions
  expect(groups([like('create')])).toEqual([{ emoji: '👍', userIds: ['ada'] }])
  expect(groups([like('create'), like('delete')])).toEqual([])
  expect(groups([{ ...like('create'), failure: 'No.' }])).toEqual([])
})
