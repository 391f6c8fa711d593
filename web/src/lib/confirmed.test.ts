import { expect, it } from 'vitest'
import { confirmedChange } from './confirmed'
import type { Confirmed } from './outbox'

const done = (resource: string, v: number): Confirmed => ({
  outgoing: {
    id: 'o',
    channel: 'thread:1',
    op: 'create',
    resource,
    data: { body: 'hello' },
    writtenAt: 0,
    order: 0,
  },
  data: { id: 'o', body: 'hello' },
  v,
})

it('OB9 changes nothing where the channel has come past an answer, which may be one of a first time long ago', () => {
  const at = (v: number | undefined) => ({ versionOf: () => v })
  expect(confirmedChange(at(7), done('message', 8))).toMatchObject({
    v: 8,
    resourceId: 'o',
    cause: 'o',
    isAnswer: true,
  })
  expect(confirmedChange(at(undefined), done('message', 8))).toBeDefined()
  expect(confirmedChange(at(8), done('message', 8))).toBeUndefined()
  // The version of what has versions of its own says nothing about the channel.
  expect(confirmedChange(at(8), done('thread', 2))).toMatchObject({ v: 2 })
})
