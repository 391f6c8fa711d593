import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useMemo } from 'react'
import type { ContentItem } from '@/api/types'
import { Button } from '@/components/Button'
import { cx } from '@/components/cx'
import { IconButton } from '@/components/IconButton'
import { useIsPhone } from '@/lib/react/use-media'
import { isoDay, parseDay, type Day } from '@/lib/time-zone'
import { Agenda } from './Agenda'
import { changeItem } from './api'
import { byDay, onDay, startOfMonth, turned, type Span } from './calendar'
import { CalendarGrid } from './CalendarGrid'
import type { ContentFilters } from './filters'
import { beginning } from './new-item'
import { useCalendar } from './use-calendar'

interface CalendarViewProps {
  items: readonly ContentItem[]
  filters: ContentFilters
  onFilters: (filters: ContentFilters) => void
  mayWrite: boolean
}

const spans: readonly { span: Span; label: string }[] = [
  { span: 'month', label: 'Month' },
  { span: 'week', label: 'Week' },
  { span: 'agenda', label: 'Agenda' },
]

/** What is planned, by the days of the reader. A phone has no room for a grid and shows the days below one another. */
export function CalendarView({ items, filters, onFilters, mayWrite }: CalendarViewProps) {
  const calendar = useCalendar()
  const { zone, words, today } = calendar
  const isPhone = useIsPhone()
  const span = isPhone ? 'agenda' : (filters.span ?? 'month')
  const current = parseDay(filters.on ?? '') ?? today
  const planned = useMemo(() => byDay(items, zone), [items, zone])

  const goTo = (day: Day) => onFilters({ ...filters, on: isoDay(day) })
  const choose = (next: Span, on: Day = current) => {
    const { span: _, ...others } = filters
    onFilters({ ...others, ...(next !== 'month' && { span: next }), on: isoDay(on) })
  }
  const move = (item: ContentItem, day: Day) => changeItem(item, { plannedAt: onDay(item.plannedAt, day, zone) })
  const create = mayWrite ? (day: Day) => beginning.set({ plannedAt: onDay(null, day, zone) }) : undefined

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex shrink-0 flex-wrap items-center gap-2 px-4 py-2 max-md:px-2">
        <IconButton icon={ChevronLeft} label="Back" size="small" onClick={() => goTo(turned(current, span, -1))} />
        <Button size="small" onClick={() => goTo(today)}>
          Today
        </Button>
        <IconButton icon={ChevronRight} label="Forward" size="small" onClick={() => goTo(turned(current, span, 1))} />
        <h2 aria-live="polite" className="min-w-0 flex-1 truncate px-1 text-sm font-semibold">
          {words.monthAndYear(current)}
        </h2>
        {!isPhone && (
          <div role="group" aria-label="How much is shown" className="flex rounded-lg border border-line p-0.5">
            {spans.map(({ span: one, label }) => (
              <button
                key={one}
                type="button"
                aria-pressed={one === span}
                onClick={() => choose(one)}
                className={cx(
                  'min-h-control-small rounded-md px-2.5 text-xs font-medium',
                  one === span ? 'bg-selected text-ink-selected' : 'text-ink-soft hover:bg-hover hover:text-ink',
                )}
              >
                {label}
              </button>
            ))}
          </div>
        )}
      </div>
      {span === 'agenda' ? (
        <Agenda
          planned={planned}
          from={startOfMonth(current)}
          until={turned(current, 'month', 1)}
          calendar={calendar}
          onMove={mayWrite ? move : undefined}
          onCreate={create}
        />
      ) : (
        <CalendarGrid
          planned={planned}
          span={span}
          current={current}
          calendar={calendar}
          onCurrent={goTo}
          onMore={(day) => choose('week', day)}
          onMove={mayWrite ? move : undefined}
          onCreate={create}
        />
      )}
    </div>
  )
}
