import { describe, expect, it } from 'vitest'
import type { Message } from '@/api/types'
import {
  baseOf,
  covers,
  indexAt,
  MOST_HELD,
  readAt,
  trimmed,
  unreadAfter,
  withChange,
  withNewer,
  withOlder,
  type History,
} from './history'
import { message } from './testing'

const change = (op: 'create' | 'update' | 'delete', data: Message) => ({
  op,
  resource: 'message',
  resourceId: data.id,
  v: data.version,
  data,
})

const history = (versions: number[], more: Partial<History> = {}): History => ({
  messages: versions.map((version) => message(version)),
  hasOlder: false,
  hasNewer: false,
  ...more,
})

const versionsOf = ({ messages }: History) => messages.map(({ version }) => version)
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe('a change of the messages', () => {
  const held = history([1, 2, 4])

  it('adds a new one in its place, once', () => {
    const added = withChange(held, change('create', message(3)))
    expect(versionsOf(added)).toEqual([1, 2, 3, 4])
    expect(withChange(added, change('create', message(3)))).toBe(added)
  })

  it('adds nothing to a stretch that does not reach the end', () => {
    const old = history([1, 2], { hasNewer: true })
    expect(withChange(old, change('create', message(9)))).toBe(old)
  })

  it('does not undo an edit when an older create is applied again', () => {
    const edited = withChange(held, change('update', message(2, { body: 'edited' })))
    expect(withChange(edited, change('create', message(2))).messages[1]?.body).toBe('edited')
  })

  it('is not undone by what it overtook, and tells which version of a text it holds', () => {
    const read = { ...held, messages: readAt(held.messages, 10) }
    const acknowledged = withChange(read, { ...change('update', message(2, { body: 'mine' })), v: 12 })
    const late = withChange(acknowledged, { ...change('update', message(2, { body: 'theirs' })), v: 11 })
    expect(late.messages.map(({ body }) => body)).toEqual(['message 1', 'mine', 'message 4'])
    expect(late.messages.map(baseOf)).toEqual([10, 12, 10])
    expect(baseOf(message(4))).toBe(4)
  })

  it('removes, and is not surprised by what it does not hold', () => {
    expect(versionsOf(withChange(held, change('delete', message(2))))).toEqual([1, 4])
    expect(withChange(held, change('delete', message(7)))).toBe(held)
    expect(withChange(held, change('update', message(7)))).toBe(held)
  })

  it('keeps what it holds bounded while nobody reads', () => {
    let growing = history([])
    for (let version = 1; version <= 5_000; version++) growing = withChange(growing, change('create', message(version)))
    expect(growing.messages.length).toBeLessThanOrEqual(2_000)
    expect(growing.messages.at(-1)?.version).toBe(5_000)
    expect(growing.hasOlder).toBe(true)
  })
})

describe('a stretch of the history', () => {
  it('grows at both ends without repeating what it holds', () => {
    const middle = history([5, 6], { hasOlder: true, hasNewer: true })
    const grown = withNewer(
      withOlder(middle, [message(3), message(4), message(5)], true),
      [message(6), message(7)],
      false,
    )
    expect(versionsOf(grown)).toEqual([3, 4, 5, 6, 7])
    expect(grown).toMatchObject({ hasOlder: true, hasNewer: false })
  })

  it('drops what is far away, and knows that it did', () => {
    const long = history(range(1, MOST_HELD + 50))
    expect(trimmed(long, 'start')).toMatchObject({ hasOlder: true, hasNewer: false })
    expect(trimmed(long, 'start').messages[0]?.version).toBe(51)
    expect(trimmed(long, 'end')).toMatchObject({ hasOlder: false, hasNewer: true })
    expect(trimmed(long, 'end').messages.at(-1)?.version).toBe(MOST_HELD)
    const short = history([1, 2])
    expect(trimmed(short, 'start')).toBe(short)
  })

  it('knows which places it covers', () => {
    const middle = history([10, 20], { hasOlder: true, hasNewer: true })
    expect([9, 10, 15, 20, 21].map((version) => covers(middle, version))).toEqual([false, true, true, true, false])
    expect(covers(history([10, 20]), 1)).toBe(true)
    expect(covers(history([10, 20]), 99)).toBe(true)
    expect(covers(history([]), 1)).toBe(true)
  })

  it('finds a message by its version, and the next one when it is gone', () => {
    const { messages } = history([10, 20, 30])
    expect([5, 20, 21, 99].map((version) => indexAt(messages, version))).toEqual([0, 1, 2, 2])
  })

  it('counts what is unread only where it reaches from the marker to the end', () => {
    const held = history([10, 20, 30], { hasOlder: true })
    held.messages[1] = message(20, { authorId: 'me' })
    expect(unreadAfter(held, 10, 'me')).toBe(1)
    expect(unreadAfter(held, 30, 'me')).toBe(0)
    expect(unreadAfter(held, 5, 'me')).toBeUndefined()
    expect(unreadAfter({ ...held, hasNewer: true }, 10, 'me')).toBeUndefined()
    expect(unreadAfter(undefined, 10, 'me')).toBeUndefined()
  })
})
