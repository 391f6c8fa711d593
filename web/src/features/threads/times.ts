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
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return format({ weekday: 'long', month: 'long', day: 'numeric', ...(!isThisYear && { year: 'numeric' }) }).format(
    new Date(at),
  )
}
