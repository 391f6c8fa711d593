import { preferences } from './preferences'

/** Times in the reader's time zone and as the reader's language writes them (OR-3). */

const formats = new Map<string, Intl.DateTimeFormat>()

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const { locale, timeZone } = preferences.get()
  const key = JSON.stringify([locale, timeZone, options])
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(locale === '' ? undefined : locale, {
    ...options,
    ...(timeZone !== '' && { timeZone }),
  })
  formats.set(key, made)
  return made
}

type Moment = string | number | Date

export const dateOf = (at: Moment): string => format({ dateStyle: 'medium' }).format(new Date(at))

export const timeOfDay = (at: Moment): string => format({ timeStyle: 'short' }).format(new Date(at))

export const dateAndTime = (at: Moment): string =>
  format({ dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at))

/** Down to the second, with the zone: for those who compare it with something. */
export const exactTime = (at: Moment): string => format({ dateStyle: 'full', timeStyle: 'long' }).format(new Date(at))

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Near times by their distance, far ones by their date. */
export function ago(at: Moment, now = Date.now()): string {
  const passed = now - new Date(at).getTime()
  if (passed < 0 || passed >= 7 * DAY) return dateOf(at)
  const { locale } = preferences.get()
  const relative = new Intl.RelativeTimeFormat(locale === '' ? undefined : locale, { numeric: 'auto' })
  if (passed < MINUTE) return relative.format(0, 'minute')
  if (passed < HOUR) return relative.format(-Math.floor(passed / MINUTE), 'minute')
  if (passed < DAY) return relative.format(-Math.floor(passed / HOUR), 'hour')
  return relative.format(-Math.floor(passed / DAY), 'day')
}
