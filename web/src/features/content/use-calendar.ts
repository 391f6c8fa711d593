import { useMemo } from 'react'
import { preferences } from '@/lib/preferences'
import { useNow } from '@/lib/react/use-now'
import { useStore } from '@/lib/react/use-store'
import { TimeZone, type Day } from '@/lib/time-zone'
import { firstWeekday } from './calendar'
import { calendarWords, type CalendarWords } from './calendar-words'

export interface Calendar {
  zone: TimeZone
  words: CalendarWords
  /** The day that weeks begin with. */
  first: number
  today: Day
}

/** The reader's calendar: zone, language and week, as they were chosen. */
export function useCalendar(): Calendar {
  const { timeZone, locale, weekStart } = useStore(preferences)
  const now = useNow(60_000)
  const zone = useMemo(() => new TimeZone(timeZone), [timeZone])
  const words = useMemo(() => calendarWords(locale), [locale])
  const first = useMemo(() => firstWeekday({ weekStart, locale }), [weekStart, locale])
  const today = zone.dayOf(now)
  return useMemo(() => ({ zone, words, first, today }), [zone, words, first, today])
}
