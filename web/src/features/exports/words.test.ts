import { describe, expect, it } from 'vitest'
import { contentsOf, sizeOf, wordOf } from './words'

describe('the words of archives', () => {
  it('say sizes as file managers do', () => {
    expect([0, 999, 1500, 1_048_576, 250_000_000, 4_294_967_296].map(sizeOf)).toEqual([
      '0 B',
      '999 B',
      '1.5 KB',
      '1 MB',
      '250 MB',
      '4.3 GB',
    ])
  })

  it('name what is inside', () => {
    expect(contentsOf({ members: 1, messages: 12, threads: 3, webhooks: 0 })).toBe('3 threads, 12 messages, 1 member')
  })

  it('show a state that is new to them', () => {
    expect(wordOf('resting')).toEqual({ tone: 'unknown', text: 'resting' })
  })
})
