import { expect, it } from 'vitest'
import { mediaOf, moved, withAlt, withFile, withoutFile } from './media'

const media = ['a', 'b', 'c'].map((fileId) => ({ fileId, alt: '' }))
const order = (some: readonly { fileId: string }[]) => some.map(({ fileId }) => fileId).join('')

it('moves a file to the place of another, and not beyond the ends', () => {
  expect(order(moved(media, 'a', 1))).toBe('bac')
  expect(order(moved(media, 'a', 2))).toBe('bca')
  expect(order(moved(media, 'c', 0))).toBe('cab')
  expect(order(moved(media, 'c', 3))).toBe('abc')
  expect(order(moved(media, 'a', -1))).toBe('abc')
  expect(order(moved(media, 'gone', 0))).toBe('abc')
})

it('holds each file once', () => {
  expect(order(withFile(media, 'd'))).toBe('abcd')
  expect(order(withFile(media, 'b'))).toBe('abc')
  expect(order(withoutFile(media, 'b'))).toBe('ac')
})

it('says what a file shows, and keeps what the others show', () => {
  expect(withAlt(media, 'b', 'A tree').map(({ alt }) => alt)).toEqual(['', 'A tree', ''])
  expect(mediaOf({ media: [{ fileId: 'a', alt: null }, { fileId: null }] })).toEqual([{ fileId: 'a', alt: '' }])
})
