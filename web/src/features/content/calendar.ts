import type { ContentItem } from '@/api/types'
import type { Preferences } from '@/lib/preferences'
import { dateOfDay, dayNumber, weekdayOf, type Day, type TimeZone } from '@/lib/time-zone'

export type Span = 'month' | 'week' | 'agenda'

/** The day that weeks begin with, 0 for Sunday: as the person chose it, or as their language has it. */
export function firstWeekday({ weekStart, locale }: Pick<Preferences, 'weekStart' | 'locale'>): number {
  if (weekStart !== 'locale') return { sunday: 0, monday: 1, saturday: 6 }[weekStart]
  const language = new Intl.Locale(locale === '' ? navigator.language : locale) as Intl.Locale & WeekInfo
  // 1 is Monday there, and 7 Sunday. Where a browser does not know, most of the world's weeks begin with Monday.
  return (language.getWeekInfo?.() ?? language.weekInfo ?? { firstDay: 1 }).firstDay % 7
}

interface WeekInfo {
  getWeekInfo?: () => { firstDay: number }
  weekInfo?: { firstDay: number }
}

export const startOfWeek = (day: Day, first: number): Day => day - ((weekdayOf(day) - first + 7) % 7)

export const startOfMonth = (day: Day): Day => dayNumber({ ...dateOfDay(day), day: 1 })

const lengthOfMonth = (year: number, month: number) =>
  dayNumber({ year, month: month + 1, day: 1 }) - dayNumber({ year, month, day: 1 })

/** The same day some months away, or the last one of a month that has none. */
export function addMonths(day: Day, by: number): Day {
  const date = dateOfDay(day)
  const months = date.year * 12 + date.month - 1 + by
  const [year, month] = [Math.floor(months / 12), (months % 12) + 1]
  return dayNumber({ year, month, day: Math.min(date.day, lengthOfMonth(year, month)) })
}

/** The weeks on screen: of a month all that it has a part in. */
export function weeksOf(day: Day, span: 'month' | 'week', first: number): Day[][] {
  const start = startOfWeek(span === 'week' ? day : startOfMonth(day), first)
  const end = span === 'week' ? start + 7 : startOfMonth(addMonths(startOfMonth(day), 1))
  const weeks: Day[][] = []
  for (let week = start; week < end; week += 7) weeks.push(Array.from({ length: 7 }, (_, i) => week + i))
  return weeks
}

/** The neighbouring page of the calendar. */
export const turned = (day: Day, span: Span, by: 1 | -1): Day =>
  span === 'week' ? day + 7 * by : addMonths(startOfMonth(day), by)

/** What is planned, by its day, the earliest first. */
export function byDay(items: readonly ContentItem[], zone: TimeZone): Map<Day, ContentItem[]> {
  const days = new Map<Day, ContentItem[]>()
  const planned = items.flatMap((item) => (item.plannedAt === null ? [] : [{ item, at: Date.parse(item.plannedAt) }]))
  planned.sort((one, other) => one.at - other.at || (one.item.id < other.item.id ? -1 : 1))
  for (const { item, at } of planned) {
    const day = zone.dayOf(at)
    const known = days.get(day)
    if (known) known.push(item)
    else days.set(day, [item])
  }
  return days
}

/** Who has no time for something yet begins in the morning. */
export const MORNING = 9 * 60

/** The moment on another day at the same time by the clock, also where there is another offset by then. */
export function onDay(plannedAt: string | null, day: Day, zone: TimeZone): string {
  const minute = plannedAt === null ? MORNING : zone.minuteOf(Date.parse(plannedAt))
  return new Date(zone.moment(day, minute)).toISOString()
}

/** Where an arrow leads. */
export function dayAfterKey(key: string, day: Day, first: number): Day | undefined {
  switch (key) {
    case 'ArrowLeft':
      return day - 1
    case 'ArrowRight':
      return day + 1
    case 'ArrowUp':
      return day - 7
    case 'ArrowDown':
      return day + 7
    case 'Home':
      return startOfWeek(day, first)
    case 'End':
      return startOfWeek(day, first) + 6
    case 'PageUp':
      return addMonths(day, -1)
    case 'PageDown':
      return addMonths(day, 1)
    default:
      return undefined
  }
}
