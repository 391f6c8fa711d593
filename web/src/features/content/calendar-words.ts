import { dateOfDay, utcOf, weekdayOf, type Day } from '@/lib/time-zone'

/** Names of days and months in one language, asked for once: a month has 42 days, and each of them says what it is called. */
export interface CalendarWords {
  /** From Sunday on. */
  weekdays: readonly { short: string; long: string }[]
  monthAndYear: (day: Day) => string
  /** “Friday 27 November 2026” */
  whole: (day: Day) => string
  /** “Fri 27 Nov” */
  short: (day: Day) => string
  time: (minute: number) => string
}

const SUNDAY = 3

/** @param locale A language tag; empty for the browser's. */
export function calendarWords(locale: string): CalendarWords {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(locale === '' ? undefined : locale, {
      ...options,
      timeZone: 'UTC',
    })
    const written = new Map<number, string>()
    return (at: number) => {
      const known = written.get(at)
      if (known !== undefined) return known
      const text = formatter.format(at)
      written.set(at, text)
      return text
    }
  }
  const [short, long] = [format({ weekday: 'short' }), format({ weekday: 'long' })]
  const month = format({ month: 'long', year: 'numeric' })
  const whole = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
  const brief = format({ weekday: 'short', day: 'numeric', month: 'short' })
  const time = format({ timeStyle: 'short' })
  return {
    weekdays: Array.from({ length: 7 }, (_, i) => ({ short: short(utcOf(SUNDAY + i)), long: long(utcOf(SUNDAY + i)) })),
    monthAndYear: (day) => month(utcOf(day - dateOfDay(day).day + 1)),
    whole: (day) => whole(utcOf(day)),
    short: (day) => brief(utcOf(day)),
    time: (minute) => time(minute * 60_000),
  }
}

export const isWeekend = (day: Day): boolean => [0, 6].includes(weekdayOf(day))
