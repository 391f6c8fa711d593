import { describe, expect, it } from 'vitest'
import type { Message } from '@/api/types'
import { continues, withChange } from './messages'

const message = (version: number, more: Partial<Message> = {}): Message => ({
  id: `m${version}`,
  threadId: 't',
  authorId: 'ada',
  body: `message ${version}`,
  replyTo: null,
  attachments: [],
  version,
  createdAt: new Date(Date.UTC(2026, 10, 21, 12, version)).toISOString(),
  editedAt: null,
  ...more,
})

const change = (op: 'create' | 'update' | 'delete', data: Message) => ({
  op,
  resource: 'message',
  resourceId: data.id,
  data,
})

describe('a change of the messages', () => {
  const page = [message(1), message(2), message(4)]

  it('adds a new one in its place, once', () => {
    const added = withChange(page, change('create', message(3)), true)
    expect(added.map((one) => one.version)).toEqual([1, 2, 3, 4])
    expect(withChange(added, change('create', message(3)), true)).toBe(added)
  })

  it('adds nothing to an older page', () => {
    expect(withChange(page, change('create', message(9)), false)).toBe(page)
  })

  it('does not undo an edit when an older create is applied again', () => {
    const edited = withChange(page, change('update', message(2, { body: 'edited' })), true)
    expect(withChange(edited, change('create', message(2)), true)[1]?.body).toBe('edited')
  })

  it('removes, and is not surprised by what it does not hold', () => {
    expect(withChange(page, change('delete', message(2)), true)).toHaveLength(2)
    expect(withChange(page, change('delete', message(7)), true)).toBe(page)
    expect(withChange(page, change('update', message(7)), true)).toBe(page)
  })
})

describe('grouping', () => {
  it('joins what one person says within five minutes', () => {
    expect(continues(message(1), message(2))).toBe(true)
    expect(continues(message(1), message(7))).toBe(false)
    expect(continues(message(1), message(2, { authorId: 'bob' }))).toBe(false)
    expect(continues(undefined, message(1))).toBe(false)
  })

  it('starts anew with the day', () => {
    const lateEvening = new Date(2026, 10, 21, 23, 59).toISOString()
    const earlyMorning = new Date(2026, 10, 22, 0, 1).toISOString()
    expect(continues(message(1, { createdAt: lateEvening }), message(2, { createdAt: earlyMorning }))).toBe(false)
  })
})
