import { expect, it } from 'vitest'
import { dateOfDay, dayNumber, isoDay, parseDay, TimeZone, weekdayOf } from './time-zone'

const day = (text: string) => parseDay(text) ?? NaN
const berlin = new TimeZone('Europe/Berlin')
const shown = (zone: TimeZone, at: number) => `${isoDay(zone.dayOf(at))} ${zone.minuteOf(at) / 60}`

it('counts days as calendars do, over leap days and turns of the year', () => {
  expect(dateOfDay(day('2028-02-28') + 1)).toEqual({ year: 2028, month: 2, day: 29 })
  expect(dateOfDay(day('2026-12-31') + 1)).toEqual({ year: 2027, month: 1, day: 1 })
  expect(dayNumber({ year: 2026, month: 11, day: 27 })).toBe(day('2026-11-27'))
  expect([day('2026-11-27'), day('1969-12-28')].map(weekdayOf)).toEqual([5, 0])
  expect(parseDay('tomorrow')).toBeUndefined()
})

it('shows moments by the clocks of the zone, also on the days on which they are put back or forward', () => {
  // 2026-03-29 01:00 UTC: forward; 2026-10-25 01:00 UTC: back.
  expect(shown(berlin, Date.UTC(2026, 2, 29, 0, 59))).toMatch(/^2026-03-29 1\.98/)
  expect(shown(berlin, Date.UTC(2026, 2, 29, 1, 0))).toBe('2026-03-29 3')
  expect(shown(berlin, Date.UTC(2026, 9, 24, 22, 0))).toBe('2026-10-25 0')
  expect(shown(berlin, Date.UTC(2026, 9, 25, 0, 30))).toBe('2026-10-25 2.5')
  expect(shown(berlin, Date.UTC(2026, 9, 25, 1, 30))).toBe('2026-10-25 2.5')
  expect(shown(new TimeZone('Asia/Kathmandu'), Date.UTC(2026, 0, 1, 18, 15))).toBe('2026-01-02 0')
  expect(shown(new TimeZone('America/St_Johns'), Date.UTC(2026, 0, 1, 3, 0))).toBe('2025-12-31 23.5')
})

it('finds the moment that clocks show, the first of two and the next for one that is left out', () => {
  expect(berlin.moment(day('2026-07-01'), 9 * 60)).toBe(Date.UTC(2026, 6, 1, 7))
  expect(berlin.moment(day('2026-01-01'), 0)).toBe(Date.UTC(2025, 11, 31, 23))
  expect(berlin.moment(day('2026-10-25'), 150)).toBe(Date.UTC(2026, 9, 25, 0, 30))
  expect(berlin.moment(day('2026-03-29'), 150)).toBe(Date.UTC(2026, 2, 29, 1, 30))
  for (const minutes of [0, 119, 180, 200, 23 * 60])
    for (const date of ['2026-03-28', '2026-03-29', '2026-03-30', '2026-10-24', '2026-10-25', '2026-10-26'])
      expect(shown(berlin, berlin.moment(day(date), minutes))).toBe(`${date} ${minutes / 60}`)
})

it('is right in the zone of the device', () => {
  const here = new TimeZone('')
  const noon = new Date(2026, 5, 15, 12, 30)
  expect(shown(here, noon.getTime())).toBe('2026-06-15 12.5')
  expect(here.moment(day('2026-06-15'), 750)).toBe(noon.getTime())
})
