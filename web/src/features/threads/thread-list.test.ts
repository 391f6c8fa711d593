import { expect, it } from 'vitest'
import type { Thread } from '@/api/types'
import { thread } from './testing'
import { listed, withThread } from './thread-list'

const change = (op: 'create' | 'update' | 'delete', data: Thread) => ({
  op,
  resource: 'thread',
  resourceId: data.id,
  data,
})

it('takes a new thread once, and only into its own workspace', () => {
  const added = withThread([thread('a')], change('create', thread('bb')), 'w')
  expect(added.map(({ id }) => id)).toEqual(['a', 'bb'])
  expect(withThread(added, change('create', thread('bb')), 'w')).toHaveLength(2)
  expect(withThread(added, change('create', thread('c', { workspaceId: 'other' })), 'w')).toBe(added)
})

it('keeps the newer of two states of a thread', () => {
  const renamed = withThread([thread('a')], change('update', thread('a', { version: 3, title: 'new' })), 'w')
  expect(withThread(renamed, change('update', thread('a', { version: 2, title: 'old' })), 'w')[0]?.title).toBe('new')
})

it('lists the newest first and leaves out the archived, which come back when they are unarchived', () => {
  const archived = withThread(
    [thread('a'), thread('bb')],
    change('update', thread('bb', { version: 2, archived: true })),
    'w',
  )
  expect(listed(archived).map(({ id }) => id)).toEqual(['a'])
  const back = withThread(archived, change('update', thread('bb', { version: 3 })), 'w')
  expect(listed(back).map(({ id }) => id)).toEqual(['bb', 'a'])
  expect(withThread(back, change('delete', thread('a')), 'w').map(({ id }) => id)).toEqual(['bb'])
})

it('puts first where something was said last, and counts a thread without messages from its creation', () => {
  const threads = [
    thread('a', { lastMessageAt: '2026-11-21T13:00:00.000Z' }),
    thread('b', { lastMessageAt: '2026-11-21T14:00:00.000Z' }),
    thread('c', { createdAt: '2026-11-21T13:30:00.000Z' }),
  ]
  expect(listed(threads).map(({ id }) => id)).toEqual(['b', 'c', 'a'])
})

it('shows what is unread, or what is archived, when asked to', () => {
  const threads = [thread('a', { unread: 2 }), thread('b', { unread: 0 }), thread('c', { unread: 3, archived: true })]
  expect(listed(threads, 'unread').map(({ id }) => id)).toEqual(['a'])
  expect(listed(threads, 'archived').map(({ id }) => id)).toEqual(['c'])
})
