import { expect, it } from 'vitest'
import { kindOf, textOf, waitingWords } from './words'

it('counts one change and many', () => {
  expect(waitingWords(1)).toBe('1 change waits on this device')
  expect(waitingWords(3)).toBe('3 changes wait on this device')
})

it('names what waits', () => {
  expect(kindOf({ op: 'create', resource: 'message' })).toBe('New message')
  expect(kindOf({ op: 'update', resource: 'thread' })).toBe('Change of a thread')
  expect(kindOf({ op: 'create', resource: 'content' })).toBe('New content item')
  expect(kindOf({ op: 'update', resource: 'content' })).toBe('Change of a content item')
  expect(textOf({ title: 'Launch' })).toBe('Launch')
  expect(textOf({ archived: true })).toBe('')
})
