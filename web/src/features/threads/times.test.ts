import { afterEach, expect, it } from 'vitest'
import { applyPreferences } from '@/lib/preferences'
import { dayNumber, dayOf, timeOf } from './times'

afterEach(() => applyPreferences({}))

it('has the days and times of the zone that the reader has chosen', () => {
  applyPreferences({ timeZone: 'Asia/Tokyo', locale: 'de-DE' })
  expect(timeOf('2026-03-01T20:05:00Z')).toBe('05:05')
  expect(dayNumber('2026-03-01T20:05:00Z')).toBe(dayNumber('2026-03-02T02:00:00Z'))
  expect(dayOf('2026-03-01T20:05:00Z', Date.parse('2026-03-02T02:00:00Z'))).toBe('Today')
  expect(dayOf('2026-03-01T10:00:00Z', Date.parse('2026-03-02T02:00:00Z'))).toBe('Yesterday')
  expect(dayOf('2026-03-01T20:05:00Z', Date.parse('2026-03-20T02:00:00Z'))).toBe('Montag, 2. März')
})

it('names the year when it is another one in the zone of the reader', () => {
  const at = '2025-12-31T16:00:00Z'
  const now = Date.parse('2026-02-01T12:00:00Z')
  applyPreferences({ timeZone: 'Asia/Tokyo', locale: 'en-US' })
  expect(dayOf(at, now)).toBe('Thursday, January 1')
  applyPreferences({ timeZone: 'America/New_York', locale: 'en-US' })
  expect(dayOf(at, now)).toBe('Wednesday, December 31, 2025')
})
