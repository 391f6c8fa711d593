import { expect, it } from 'vitest'
import { contentFilters, labelsOf, listed, narrowing } from './filters'
import { item } from './testing'

it('takes from the address what it knows and leaves out what is empty', () => {
  expect(
    contentFilters({ view: 'board', sort: 'length', status: 'draft', q: 2026, label: '', page: 'x', span: ['week'] }),
  ).toEqual({ view: 'board', status: 'draft', q: '2026' })
  expect(narrowing({ view: 'board', q: 'x', label: 'launch' })).toEqual(['launch'])
})

const items = [
  item('a', { title: 'Spring launch', labels: ['launch', 'spring'], updatedAt: '2026-11-21T12:00:00Z' }),
  item('b', { title: 'Ábaco', kind: 'article', assigneeId: 'ada', updatedAt: '2026-11-22T12:00:00Z' }),
  item('c', {
    title: 'Zebra',
    status: 'in_review',
    excerpt: 'The launch of a zebra',
    plannedAt: '2026-12-01T09:00:00Z',
  }),
]
const found = (filters: Parameters<typeof listed>[1]) => listed(items, filters).map(({ id }) => id)

it('shows what answers all that is asked for, what changed last first', () => {
  expect(found({})).toEqual(['b', 'a', 'c'])
  expect(found({ q: 'LAUNCH spring' })).toEqual(['a'])
  expect(found({ q: 'launch' })).toEqual(['a', 'c'])
  expect(found({ label: 'launch', status: 'in_review' })).toEqual([])
  expect(found({ assignee: 'nobody' })).toEqual(['a', 'c'])
  expect(found({ assignee: 'ada', kind: 'article' })).toEqual(['b'])
})

it('sorts by title as people do, and what is not planned after what is', () => {
  expect(found({ sort: 'title' })).toEqual(['b', 'a', 'c'])
  expect(found({ sort: 'planned' })[0]).toBe('c')
})

it('knows every label in use once', () => expect(labelsOf([...items, ...items])).toEqual(['launch', 'spring']))
