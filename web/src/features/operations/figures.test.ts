import { describe, expect, it } from 'vitest'
import { ageText, countText, failuresOf, rateOf } from './figures'

const now = Date.parse('2026-11-27T12:10:00Z')
const minute = (at: string, done: number, retried = 0, died = 0) => ({ at, done, retried, died, waitMs: 0, runMs: 0 })

describe('figures of queues', () => {
  it('tell the rate of the last five minutes and all failures', () => {
    const queue = {
      minutes: [
        minute('2026-11-27T11:30:00Z', 500, 1, 1),
        minute('2026-11-27T12:07:00Z', 20, 3),
        minute('2026-11-27T12:09:00Z', 6),
      ],
    }
    expect(rateOf(queue, now)).toBe(5.2)
    expect(failuresOf(queue)).toBe(5)
  })

  it('say where counting stopped', () => {
    expect(countText(10_000)).toBe('10,000')
    expect(countText(10_001)).toBe('10,000+')
  })

  it.each([
    ['2026-11-27T12:09:30Z', '30 s'],
    ['2026-11-27T12:00:00Z', '10 min'],
    ['2026-11-27T09:00:00Z', '3 h'],
    ['2026-11-20T09:00:00Z', '7 d'],
    ['2026-11-27T12:10:05Z', '0 s'],
  ])('say how old %s is', (since, text) => expect(ageText(since, now)).toBe(text))
})
