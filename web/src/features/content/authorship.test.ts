import { expect, it } from 'vitest'
import { piecesOf, sharesOf } from './authorship'

it('cuts the text where the author changes, and counts what each of them wrote', () => {
  const pieces = piecesOf('Hello, world!', [
    { length: 5, authorId: 'ada', n: 1 },
    { length: 2, authorId: 'ada', n: 2 },
    { length: 5, authorId: 'grace', n: 3 },
    { length: 1, authorId: null, n: 2 },
  ])
  expect(pieces).toEqual([
    { text: 'Hello, ', authorId: 'ada' },
    { text: 'world', authorId: 'grace' },
    { text: '!', authorId: null },
  ])
  expect(sharesOf(pieces)).toEqual([
    { authorId: 'ada', percent: 54 },
    { authorId: 'grace', percent: 38 },
    { authorId: null, percent: 8 },
  ])
  expect(sharesOf([])).toEqual([])
})

it('shares out the whole text, however it is rounded', () => {
  const thirds = ['ada', 'grace', 'bob'].map((authorId) => ({ text: 'xyz', authorId }))
  expect(sharesOf(thirds).map(({ percent }) => percent)).toEqual([34, 33, 33])
})
