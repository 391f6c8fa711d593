import { expect, it } from 'vitest'
import { columnsOf, hindrance } from './moves'
import { item } from './testing'

const editor = { mayWrite: true, mayApprove: false }
const admin = { mayWrite: true, mayApprove: true }
const move = (from: string, to: string, rights = admin) => hindrance(item('a', { status: from }), to, rights)

it('lets go what the server lets go', () => {
  expect(move('draft', 'in_review', editor)).toBeUndefined()
  expect(move('in_review', 'draft', editor)).toBeUndefined()
  expect(move('in_review', 'approved')).toBeUndefined()
  expect(move('approved', 'draft', editor)).toBeUndefined()
})

it('says why something cannot go there', () => {
  expect(move('draft', 'draft')).toContain('already')
  expect(move('draft', 'in_review', { mayWrite: false, mayApprove: false })).toContain('reading')
  expect(move('draft', 'approved')).toContain('review first')
  expect(move('in_review', 'approved', editor)).toContain('owners and admins')
  expect(move('approved', 'in_review')).toContain('already')
  expect(move('approved', 'scheduled')).toContain('publishing')
  expect(move('published', 'draft')).toContain('publishing')
})

it('shows a column for each step by hand, and those of publishing while they hold something', () => {
  expect(columnsOf([]).map(({ status }) => status)).toEqual(['draft', 'in_review', 'approved'])
  const columns = columnsOf([item('a'), item('b', { status: 'published' }), item('c', { status: 'paused' })])
  expect(columns.map(({ status, items }) => [status, items.length])).toEqual([
    ['draft', 1],
    ['in_review', 0],
    ['approved', 0],
    ['published', 1],
    ['paused', 1],
  ])
})
