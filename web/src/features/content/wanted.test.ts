import { expect, it } from 'vitest'
import { item, wish } from './testing'
import { allWanted, asWanted, creationOf } from './wanted'

it('shows an item as its person wants it, until it is refused', () => {
  const known = item('a', { title: 'Old' })
  expect(asWanted(known, [wish({ title: 'New' }), wish({ labels: ['x'] })])).toMatchObject({
    title: 'New',
    labels: ['x'],
  })
  expect(asWanted(known, [wish({ title: 'New' }, { failure: 'No.' })])).toBe(known)
  expect(asWanted(known, [wish({ title: 'New' }, { resourceId: 'b' })])).toBe(known)
  expect(asWanted(known, [wish({ title: 'New' }, { resource: 'thread' })])).toBe(known)
})

it('knows that a change of what was approved voids the approval, and that others do not', () => {
  const approved = item('a', { status: 'approved', approval: { by: 'grace', at: '2026-11-21T12:00:00Z' } })
  expect(asWanted(approved, [wish({ variants: [] })])).toMatchObject({ status: 'draft', approval: null })
  expect(asWanted(approved, [wish({ status: 'draft' })])).toMatchObject({ status: 'draft', approval: null })
  expect(asWanted(approved, [wish({ plannedAt: null, labels: ['x'] })])).toMatchObject({ status: 'approved' })
})

const creation = wish({ workspaceId: 'w', kind: 'article', title: 'Fresh' }, { op: 'create', resourceId: 'n' })

it('shows what was made here before the server has it, with what was changed of it since, and once', () => {
  const wishes = [creation, wish({ title: 'Fresher' }, { resourceId: 'n' })]
  const shown = allWanted([item('a')], wishes, 'w', 'ada')
  expect(shown.map(({ id, title, kind }) => [id, title, kind])).toEqual([
    ['a', 'a', 'post'],
    ['n', 'Fresher', 'article'],
  ])
  expect(allWanted([item('n')], wishes, 'w', 'ada')).toHaveLength(1)
  expect(allWanted([], wishes, 'other', 'ada')).toHaveLength(0)
  expect(creationOf(wishes, 'n')).toBe(creation)
})

it('takes back what was refused: a creation, a move and a deletion', () => {
  const all = [item('a')]
  const failure = { failure: 'Not allowed.' }
  expect(allWanted(all, [wish({}, { op: 'delete' })], 'w', 'ada')).toEqual([])
  expect(allWanted(all, [wish({}, { op: 'delete', ...failure })], 'w', 'ada')).toBe(all)
  expect(allWanted(all, [{ ...creation, ...failure }], 'w', 'ada')).toBe(all)
  expect(allWanted(all, [wish({ status: 'in_review' }, failure)], 'w', 'ada')).toBe(all)
})
