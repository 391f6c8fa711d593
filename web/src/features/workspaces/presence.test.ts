import { describe, expect, it } from 'vitest'
import { presenceText } from './presence'

const now = Date.UTC(2026, 10, 27, 12)

describe('presenceText', () => {
  it('says who is here, when somebody was, and nothing of whom nobody knows', () => {
    expect(presenceText(true, new Date(now).toISOString(), now)).toBe('Online')
    expect(presenceText(false, null, now)).toBeUndefined()
    expect(presenceText(false, new Date(now - 5 * 60_000).toISOString(), now)).toBe('Active 5 minutes ago')
  })
})
