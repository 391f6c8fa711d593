import { expect, it } from 'vitest'
import type { ContentItem } from '@/api/types'
import { withItem } from './items'
import { item } from './testing'

const change = (op: 'create' | 'update' | 'delete', data: ContentItem) => ({
  op,
  resource: 'content',
  resourceId: data.id,
  data,
})

it('takes a new item once, without its text, and only into its own workspace', () => {
  const added = withItem([], change('create', item('a', { body: 'a long text' })), 'w')
  expect(added).toEqual([item('a')])
  expect(withItem(added, change('create', item('a')), 'w')).toHaveLength(1)
  expect(withItem(added, change('create', item('b', { workspaceId: 'other' })), 'w')).toBe(added)
})

it('keeps the newer of two states, and lets go what went into the trash', () => {
  const held = withItem([item('a')], change('update', item('a', { version: 3, title: 'new' })), 'w')
  expect(withItem(held, change('update', item('a', { version: 2, title: 'old' })), 'w')[0]?.title).toBe('new')
  expect(withItem(held, change('update', item('a', { version: 2, deletedAt: '2026-11-21T12:00:00Z' })), 'w')).toBe(held)
  expect(withItem(held, change('update', item('a', { version: 4, deletedAt: '2026-11-21T12:00:00Z' })), 'w')).toEqual(
    [],
  )
  expect(withItem(held, change('delete', item('a')), 'w')).toEqual([])
})
