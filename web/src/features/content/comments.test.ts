import { expect, it } from 'vitest'
import type { ContentComment } from '@/api/types'
import { inTextOrder, isBehind, withComment } from './comments'

const comment = (id: string, given: Partial<ContentComment> = {}): ContentComment => ({
  id,
  contentId: 'item',
  threadId: `thread-${id}`,
  createdBy: 'ada',
  document: 3,
  from: 0,
  to: 4,
  quote: 'what',
  orphaned: false,
  resolved: false,
  resolvedBy: null,
  resolvedAt: null,
  version: 1,
  createdAt: '2026-11-01T12:00:00Z',
  ...given,
})

const idsOf = (comments: readonly ContentComment[]) => comments.map(({ id }) => id)

it('takes a comment once, what became of it, and its end', () => {
  const one = comment('one')
  const all = withComment([], { op: 'create', resourceId: 'one', data: one })
  expect(withComment(all, { op: 'create', resourceId: 'one', data: one })).toEqual([one])
  const done = comment('one', { resolved: true, version: 2 })
  expect(withComment(all, { op: 'update', resourceId: 'one', data: done })).toEqual([done])
  expect(withComment([done], { op: 'update', resourceId: 'one', data: one })).toEqual([done])
  expect(withComment([done], { op: 'delete', resourceId: 'one', data: {} })).toEqual([])
  expect(withComment([done], { op: 'delete', resourceId: 'another', data: {} })).toEqual([done])
})

it('lists comments as one comes across them in the text, and last those whose place is gone', () => {
  const gone = comment('gone', { from: 1, to: 1, orphaned: true })
  const later = comment('later', { from: 2, createdAt: '2026-11-02T12:00:00Z' })
  expect(idsOf(inTextOrder([gone, comment('far', { from: 9 }), later, comment('first', { from: 2 })]))).toEqual([
    'first',
    'later',
    'far',
    'gone',
  ])
})

it('knows when the text has gone on from where the comments are', () => {
  expect(isBehind([comment('one')], 3)).toBe(false)
  expect(isBehind([comment('one', { document: 4 }), comment('two')], 4)).toBe(true)
  expect(isBehind([], 4)).toBe(false)
})
