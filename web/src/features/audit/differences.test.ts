import { expect, it } from 'vitest'
import { differences } from './differences'

it('names each field that changed, came or went', () => {
  expect(differences({ name: 'A', role: 'editor', gone: 1 }, { name: 'A', role: 'admin', fresh: [1, 2] })).toEqual([
    { field: 'role', before: 'editor', after: 'admin' },
    { field: 'gone', before: '1', after: undefined },
    { field: 'fresh', before: undefined, after: '[1,2]' },
  ])
})

it('shows everything of what was made or deleted', () => {
  expect(differences(null, { name: 'A' })).toEqual([{ field: 'name', before: undefined, after: 'A' }])
  expect(differences({ name: 'A' }, undefined)).toEqual([{ field: 'name', before: 'A', after: undefined }])
})

it('tells an empty text from nothing', () => {
  expect(differences({ note: '' }, {})).toEqual([{ field: 'note', before: '', after: undefined }])
})
