/** Days as numbers, counted from 1970-01-01 on the calendar of whoever reads: arithmetic with them knows no daylight saving. */
export type Day = number

export const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

export interface CalendarDate {
  year: number
  /** 1 to 12. */
  month: number
  day: number
}

export const dayNumber = ({ year, month, day }: CalendarDate): Day => Math.round(Date.UTC(year, month - 1, day) / DAY)

export function dateOfDay(day: Day): CalendarDate {
  const date = new Date(day * DAY)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

/** 0 is Sunday. */
export const weekdayOf = (day: Day): number => (((day + 4) % 7) + 7) % 7

/** The day as the server and the fields of forms write it: 2026-11-27. */
export const isoDay = (day: Day): string => new Date(day * DAY).toISOString().slice(0, 10)

export function parseDay(text: string): Day | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  const at = Date.parse(`${text}T00:00:00Z`)
  return Number.isNaN(at) ? undefined : Math.round(at / DAY)
}

/** The moment at which this day begins in UTC, for formatters that are told to write in UTC. */
export const utcOf = (day: Day): number => day * DAY

/**
 * The wall clocks of a time zone. `Intl` is asked about the ends of a day and not about each moment in it: in a month there are
 * thousands of moments, and a formatter takes longer for one than everything else that is done with it.
 */
export class TimeZone {
  readonly #offsetAt: (at: number) => number
  readonly #days = new Map<number, number | undefined>()

  /** An IANA name; empty for the device's own zone. */
  constructor(name: string) {
    this.#offsetAt = name === '' ? offsetOfDevice : offsetsOf(name)
  }

  dayOf(at: number): Day {
    return Math.floor((at + this.offset(at)) / DAY)
  }

  /** Minutes since midnight, as clocks show them. */
  minuteOf(at: number): number {
    const local = at + this.offset(at)
    return Math.floor((local - Math.floor(local / DAY) * DAY) / MINUTE)
  }

  /**
   * The moment at which clocks show this. Of an hour that comes twice it is the first; one that is left out is taken as much later as
   * the clocks are put forward.
   */
  moment(day: Day, minute: number): number {
    const local = day * DAY + minute * MINUTE
    const [before, after] = [this.offset(local - DAY), this.offset(local + DAY)]
    const early = local - before
    if (before === after || this.offset(early) === before) return early
    const late = local - after
    return this.offset(late) === after ? late : early
  }

  /** How far the clocks are ahead of UTC, in milliseconds. */
  offset(at: number): number {
    const utcDay = Math.floor(at / DAY)
    if (!this.#days.has(utcDay)) {
      const [first, last] = [this.#offsetAt(utcDay * DAY), this.#offsetAt((utcDay + 1) * DAY - MINUTE)]
      this.#days.set(utcDay, first === last ? first : undefined)
    }
    return this.#days.get(utcDay) ?? this.#offsetAt(at)
  }
}

const offsetOfDevice = (at: number) => -new Date(at).getTimezoneOffset() * MINUTE

function offsetsOf(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (at) => {
    const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
    for (const { type, value } of format.formatToParts(at)) shown[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000
  }
}
