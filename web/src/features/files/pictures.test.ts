import { expect, it } from 'vitest'
import { fileIn, sourceOf } from './pictures'

const page = {
  href: 'https://house.example/w/1/c/2',
  origin: 'https://house.example',
}
const id = '0199f1b2-0000-7000-8000-00000000abcd'

it('knows the files that are kept here, and takes nothing from elsewhere for one', () => {
  expect(fileIn(sourceOf(id), page)).toBe(id)
  expect(fileIn(`https://house.example${sourceOf(id)}`, page)).toBe(id)
  expect(fileIn(`${sourceOf(id)}?download=true`, page)).toBe(id)
  for (const other of [
    `https://elsewhere.example${sourceOf(id)}`,
    `//elsewhere.example${sourceOf(id)}`,
    `/api/files/${id}`,
    '/api/files/../me/content',
    'data:image/png;base64,AAAA',
    'https://',
    'tree.png',
  ])
    expect(fileIn(other, page)).toBeUndefined()
})
