import { afterEach, expect, it } from 'vitest'
import { ago, dateAndTime, exactTime } from './dates'
import { applyPreferences } from './preferences'

afterEach(() => applyPreferences({}))

it('writes times in the zone and the language of the reader', () => {
  applyPreferences({ timeZone: 'Asia/Tokyo', locale: 'de-DE' })
  expect(dateAndTime('2026-03-01T20:05:00Z')).toBe('02.03.2026, 05:05')
  applyPreferences({ timeZone: 'America/New_York', locale: 'en-US' })
  expect(exactTime('2026-03-01T20:05:00Z')).toContain('Sunday, March 1, 2026')
})

it('tells near times by their distance', () => {
  applyPreferences({ timeZone: 'UTC', locale: 'en-GB' })
  const now = Date.parse('2026-03-10T12:00:00Z')
  expect(ago('2026-03-10T11:59:40Z', now)).toBe('this minute')
  expect(ago('2026-03-10T11:43:00Z', now)).toBe('17 minutes ago')
  expect(ago('2026-03-10T03:00:00Z', now)).toBe('9 hours ago')
  expect(ago('2026-03-09T03:00:00Z', now)).toBe('yesterday')
  expect(ago('2026-02-01T03:00:00Z', now)).toBe('1 Feb 2026')
})
