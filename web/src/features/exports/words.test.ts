import { describe, expect, it } from 'vitest'
import { contentsOf, wordOf } from './words'

describe('the words of archives', () => {
  it('name what is inside', () => {
    expect(contentsOf({ members: 1, messages: 12, threads: 3, webhooks: 0 })).toBe('3 threads, 12 messages, 1 member')
  })

  it('show a state that is new to them', () => {
    expect(wordOf('resting')).toEqual({ tone: 'unknown', text: 'resting' })
  })
})
