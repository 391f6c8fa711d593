import { expect, it } from 'vitest'
import { namesOfFiles, plainOf } from './plain'
import { item } from './testing'

it('tells files of the same name from each other, and what is not known', () => {
  const names = namesOfFiles([
    { id: 'id-111111', name: 'plan.png' },
    { id: 'id-222222', name: 'plan.png' },
    { id: 'id-333333', name: 'film.mp4' },
    { id: 'id-444444', name: undefined },
  ])
  expect([...names.values()]).toEqual([
    'plan.png, 111111',
    'plan.png, 222222',
    'film.mp4',
    'A file that is not here, 444444',
  ])
})

it('says everything that is approved, the media by name in their order', () => {
  const media = [
    { fileId: 'b', alt: 'A tree' },
    { fileId: 'a', alt: '' },
  ]
  const names = new Map([
    ['a', 'plan.png'],
    ['b', 'tree.png'],
  ])
  expect(plainOf(item('x', { title: 'Launch', body: 'Soon.', media }), names)).toBe(
    'Post: Launch\n\nSoon.\n\n[tree.png] A tree\n\n[plan.png]',
  )
})
