import { describe, expect, it } from 'vitest'
import { bytesLeft, continues, excerptOf } from './messages'
import { message } from './testing'

describe('grouping', () => {
  it('joins what one person says within five minutes', () => {
    expect(continues(message(1), message(2))).toBe(true)
    expect(continues(message(1), message(7))).toBe(false)
    expect(continues(message(1), message(2, { authorId: 'bob' }))).toBe(false)
    expect(continues(undefined, message(1))).toBe(false)
  })

  it('starts anew with the day, and with a reply', () => {
    const lateEvening = new Date(2026, 10, 21, 23, 59).toISOString()
    const earlyMorning = new Date(2026, 10, 22, 0, 1).toISOString()
    expect(continues(message(1, { createdAt: lateEvening }), message(2, { createdAt: earlyMorning }))).toBe(false)
    expect(continues(message(1), message(2, { replyTo: 'm1' }))).toBe(false)
  })
})

describe('the limit', () => {
  it('counts bytes as they travel, not signs', () => {
    expect(bytesLeft('short')).toBe(Infinity)
    expect(bytesLeft('a'.repeat(100_000))).toBeGreaterThan(0)
    expect(bytesLeft('a'.repeat(102_400))).toBeLessThan(0)
    expect(bytesLeft('€'.repeat(34_000))).toBeLessThan(0)
    // A quotation mark and a line travel as two bytes.
    expect(bytesLeft('"\n'.repeat(26_000))).toBeLessThan(0)
  })
})

it('makes one line of a message', () => {
  expect(excerptOf('# Plan\n\n**first** `then`\n```\ncode\n```')).toBe('Plan first then …')
  expect(excerptOf('x'.repeat(200))).toHaveLength(140)
})
