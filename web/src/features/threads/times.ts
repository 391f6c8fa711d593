import { exactTime, timeOfDay } from '@/lib/dates'
import { preferences } from '@/lib/preferences'

/** Times of messages, in the reader's time zone and as his language writes them. */

export const timeOf = timeOfDay
export const exactTimeOf = exactTime

const formats = new Map<string, Intl.DateTimeFormat>()

function format(options: Intl.DateTimeFormatOptions, language?: string): Intl.DateTimeFormat {
  const { locale, timeZone } = preferences.get()
  const key = JSON.stringify([language ?? locale, timeZone, options])
  let made = formats.get(key)
  if (!made) {
    made = new Intl.DateTimeFormat(language ?? (locale === '' ? undefined : locale), {
      ...options,
      ...(timeZone !== '' && { timeZone }),
    })
    formats.set(key, made)
  }
  return made
}

/** The day of the reader's calendar, to be compared with others. */
export function dayNumber(at: string | number): string {
  const day = new Date(at)
  // The device's own zone needs no formatter, and there may be hundreds of messages.
  if (preferences.get().timeZone === '') return `${day.getFullYear()}-${day.getMonth() + 1}-${day.getDate()}`
  return format({ year: 'numeric', month: 'numeric', day: 'numeric' }, 'en-US').format(day)
}

const DAY = 24 * 60 * 60_000

export function dayOf(at: string, now: number): string {
  const day = dayNumber(at)
  if (day === dayNumber(now)) return 'Today'
  if (day === dayNumber(now - DAY)) return 'Yesterday'
  // At the turn of the year the device may be in another year than the reader's zone.
  const isThisYear = yearOf(at) === yearOf(now)
  return format({ weekday: 'long', month: 'long', day: 'numeric', ...(!isThisYear && { year: 'numeric' }) }).format(
    new Date(at),
  )
}

const yearOf = (at: string | number) => format({ year: 'numeric' }, 'en-US').format(new Date(at))
