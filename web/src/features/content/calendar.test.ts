import { expect, it, vi } from 'vitest'
import { isoDay, parseDay, TimeZone } from '@/lib/time-zone'
import { addMonths, byDay, dayAfterKey, firstWeekday, onDay, turned, weeksOf } from './calendar'
import { item } from './testing'

const day = (text: string) => parseDay(text) ?? NaN
const berlin = new TimeZone('Europe/Berlin')
const ends = (weeks: number[][]) => [weeks.length, isoDay(weeks[0]?.[0] ?? NaN), isoDay(weeks.at(-1)?.[6] ?? NaN)]

it('begins weeks as the person chose, or as their language has it', () => {
  expect(firstWeekday({ weekStart: 'saturday', locale: 'de' })).toBe(6)
  expect(firstWeekday({ weekStart: 'locale', locale: 'de-DE' })).toBe(1)
  expect(firstWeekday({ weekStart: 'locale', locale: 'en-US' })).toBe(0)
})

it('shows a month in whole weeks, from four to six of them', () => {
  expect(ends(weeksOf(day('2026-11-27'), 'month', 1))).toEqual([6, '2026-10-26', '2026-12-06'])
  expect(ends(weeksOf(day('2026-11-27'), 'month', 0))).toEqual([5, '2026-11-01', '2026-12-05'])
  expect(ends(weeksOf(day('2027-02-01'), 'month', 1))).toEqual([4, '2027-02-01', '2027-02-28'])
  expect(ends(weeksOf(day('2026-12-31'), 'week', 6))).toEqual([1, '2026-12-26', '2027-01-01'])
})

it('turns to the neighbouring month or week over the turn of a year', () => {
  expect(isoDay(addMonths(day('2026-12-31'), 2))).toBe('2027-02-28')
  expect(isoDay(addMonths(day('2026-01-15'), -1))).toBe('2025-12-15')
  expect(isoDay(turned(day('2026-12-31'), 'month', 1))).toBe('2027-01-01')
  expect(isoDay(turned(day('2026-12-31'), 'week', 1))).toBe('2027-01-07')
})

it('leads where the keys of a calendar lead', () => {
  const from = day('2026-11-27')
  const keys = ['ArrowLeft', 'ArrowDown', 'Home', 'End', 'PageDown']
  expect(keys.map((key) => isoDay(dayAfterKey(key, from, 1) ?? NaN))).toEqual([
    '2026-11-26',
    '2026-12-04',
    '2026-11-23',
    '2026-11-29',
    '2026-12-27',
  ])
  expect(dayAfterKey('x', from, 1)).toBeUndefined()
})

it('puts what is planned on the day that the clocks of its reader show, the earliest first', () => {
  const late = item('late', { plannedAt: '2026-11-27T23:30:00Z' })
  const early = item('early', { plannedAt: '2026-11-27T23:00:00Z' })
  const days = byDay([late, item('none'), early], berlin)
  expect([...days].map(([at, items]) => [isoDay(at), ...items.map(({ id }) => id)])).toEqual([
    ['2026-11-28', 'early', 'late'],
  ])
})

it('keeps the time by the clock when something is moved over the night in which the clocks change', () => {
  const nine = '2026-10-24T07:00:00.000Z'
  expect(onDay(nine, day('2026-10-25'), berlin)).toBe('2026-10-25T08:00:00.000Z')
  expect(onDay('2026-03-28T01:30:00.000Z', day('2026-03-29'), berlin)).toBe('2026-03-29T01:30:00.000Z')
  expect(onDay(null, day('2026-07-01'), berlin)).toBe('2026-07-01T07:00:00.000Z')
})

it('has the month of a thousand items quickly', () => {
  const many = Array.from({ length: 1_000 }, (_, i) =>
    item(`i${i}`, { plannedAt: new Date(Date.UTC(2026, 9, 1) + i * 3_600_000).toISOString() }),
  )
  const asked = vi.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts')
  expect([...byDay(many, new TimeZone('Europe/Berlin')).values()].flat()).toHaveLength(1_000)
  // The ends of each day, and each moment of the one on which the clocks change.
  expect(asked.mock.calls.length).toBeLessThan(200)
})
