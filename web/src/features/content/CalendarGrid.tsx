import { Plus } from 'lucide-react'
import { useEffect, useMemo, useRef, useState, type DragEvent, type KeyboardEvent } from 'react'
import type { ContentItem } from '@/api/types'
import { cx } from '@/components/cx'
import { dateOfDay, weekdayOf, type Day } from '@/lib/time-zone'
import { dayAfterKey, weeksOf } from './calendar'
import { isWeekend } from './calendar-words'
import { DayItem } from './DayItem'
import type { Calendar } from './use-calendar'

interface CalendarGridProps {
  planned: ReadonlyMap<Day, readonly ContentItem[]>
  span: 'month' | 'week'
  /** The day that the keys start from. */
  current: Day
  calendar: Calendar
  onCurrent: (day: Day) => void
  /** Shows everything of a day that has more than fits. */
  onMore: (day: Day) => void
  /** Absent for those who may only read. */
  onMove: ((item: ContentItem, day: Day) => void) | undefined
  onCreate: ((day: Day) => void) | undefined
}

interface Move {
  item: ContentItem
  from: Day
  to: Day
}

const NONE: readonly ContentItem[] = []
/** So many of a day fit into a month. */
const MOST_SHOWN = 3

/**
 * Weeks below one another. Arrows go from day to day, Tab goes on to what is on it; Space takes an item, arrows choose its day and
 * Enter puts it there, which is what the pointer does by dragging.
 */
export function CalendarGrid(props: CalendarGridProps) {
  const { planned, span, current, calendar, onCurrent, onMore, onMove, onCreate } = props
  const { first, words, today } = calendar
  const weeks = useMemo(() => weeksOf(current, span, first), [current, span, first])
  const grid = useRef<HTMLDivElement>(null)
  const [move, setMove] = useState<Move>()
  const [said, setSaid] = useState('')
  /** What takes the focus once it is there. */
  const next = useRef<string>(undefined)
  const month = dateOfDay(current).month

  useEffect(() => {
    if (next.current === undefined) return
    const target = grid.current?.querySelector<HTMLElement>(next.current)
    if (!target) return
    next.current = undefined
    target.focus()
  }, [current, move, planned])

  const put = (item: ContentItem, from: Day, to: Day) => {
    if (from === to) return
    onMove?.(item, to)
    setSaid(`“${item.title}” is now on ${words.whole(to)}.`)
  }

  const take = (item: ContentItem, from: Day) => {
    if (!onMove) return
    setMove({ item, from, to: from })
    onCurrent(from)
    next.current = cellOf(from)
    setSaid(`“${item.title}” is taken. Arrows choose the day, Enter puts it there, Escape leaves it.`)
  }

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const from = move?.to ?? current
    const to = dayAfterKey(event.key, from, first)
    if (to !== undefined) {
      event.preventDefault()
      next.current = cellOf(to)
      if (move) {
        setMove({ ...move, to })
        setSaid(words.whole(to))
      }
      onCurrent(to)
      return
    }
    if (move) {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault()
        next.current = `[data-item="${move.item.id}"]`
        put(move.item, move.from, move.to)
        setMove(undefined)
      } else if (event.key === 'Escape') {
        event.preventDefault()
        next.current = `[data-item="${move.item.id}"]`
        onCurrent(move.from)
        setMove(undefined)
        setSaid('Left where it was.')
      }
    } else if (event.key === 'Enter' && event.target === event.currentTarget.querySelector(cellOf(current))) {
      event.preventDefault()
      onCreate?.(current)
    }
  }

  return (
    <>
      {/* The focus is on one of its cells. */}
      {/* eslint-disable-next-line jsx-a11y/interactive-supports-focus */}
      <div
        ref={grid}
        role="grid"
        aria-label={words.monthAndYear(current)}
        onKeyDown={onKeyDown}
        className="flex min-h-0 flex-1 flex-col overflow-y-auto border-t border-line"
      >
        <div role="row" className="sticky top-0 z-10 grid shrink-0 grid-cols-7 border-b border-line bg-surface">
          {weeks[0]?.map((day) => {
            const weekday = words.weekdays[weekdayOf(day)]
            return (
              <div key={day} role="columnheader" className="px-2 py-1.5 text-xs font-medium text-ink-soft">
                <span aria-hidden>{weekday?.short}</span>
                <span className="sr-only">{weekday?.long}</span>
              </div>
            )
          })}
        </div>
        {weeks.map((week) => (
          <div key={week[0]} role="row" className="grid min-h-28 flex-1 grid-cols-7 border-b border-line">
            {week.map((day) => (
              <DayCell
                key={day}
                day={day}
                items={planned.get(day) ?? NONE}
                most={span === 'week' ? Infinity : MOST_SHOWN}
                calendar={calendar}
                isCurrent={day === current}
                isToday={day === today}
                isOutside={span === 'month' && dateOfDay(day).month !== month}
                isTarget={move?.to === day}
                taken={move?.item.id}
                onTake={onMove && take}
                onDrag={onMove && ((item) => setMove({ item, from: day, to: day }))}
                onOver={move && move.to !== day ? () => setMove({ ...move, to: day }) : undefined}
                onDrop={() => {
                  if (move) put(move.item, move.from, day)
                  setMove(undefined)
                }}
                onEnd={() => setMove(undefined)}
                onMore={onMore}
                onCreate={onCreate}
              />
            ))}
          </div>
        ))}
      </div>
      <p role="status" className="sr-only">
        {said}
      </p>
    </>
  )
}

const cellOf = (day: Day) => `[data-day="${day}"]`

interface DayCellProps {
  day: Day
  items: readonly ContentItem[]
  most: number
  calendar: Calendar
  isCurrent: boolean
  isToday: boolean
  isOutside: boolean
  isTarget: boolean
  taken: string | undefined
  onTake: ((item: ContentItem, from: Day) => void) | undefined
  onDrag: ((item: ContentItem) => void) | undefined
  onOver: (() => void) | undefined
  onDrop: () => void
  onEnd: () => void
  onMore: (day: Day) => void
  onCreate: ((day: Day) => void) | undefined
}

function DayCell(props: DayCellProps) {
  const { day, items, most, calendar, isCurrent, isToday, isOutside, isTarget, taken } = props
  const { onTake, onDrag, onOver, onDrop, onEnd, onMore, onCreate } = props
  const { words } = calendar
  const shown = items.length > most ? items.slice(0, most) : items
  const name = `${words.whole(day)}, ${items.length === 0 ? 'nothing' : items.length === 1 ? '1 item' : `${items.length} items`}`

  const onDragOver = (event: DragEvent) => {
    event.preventDefault()
    onOver?.()
  }

  return (
    <div
      role="gridcell"
      aria-selected={isCurrent}
      tabIndex={isCurrent ? 0 : -1}
      data-day={day}
      onDragOver={onDragOver}
      onDrop={(event) => {
        event.preventDefault()
        onDrop()
      }}
      className={cx(
        'group/day relative flex min-w-0 flex-col gap-0.5 border-r border-line p-1 -outline-offset-2 last:border-r-0',
        isTarget ? 'bg-selected' : isOutside ? 'bg-ground' : isWeekend(day) ? 'bg-ground/50' : '',
      )}
    >
      <span className="flex h-6 items-center justify-between">
        <span
          className={cx(
            'flex h-5 min-w-5 items-center justify-center rounded-full px-1 text-xs tabular-nums',
            isToday ? 'bg-accent font-semibold text-on-accent' : isOutside ? 'text-ink-soft' : 'font-medium',
          )}
        >
          <span className="sr-only">{name}</span>
          <span aria-hidden>{dateOfDay(day).day}</span>
        </span>
        {onCreate && (
          // The keyboard has Enter on the day itself.
          <button
            type="button"
            tabIndex={-1}
            aria-label={`New content on ${words.whole(day)}`}
            onClick={() => onCreate(day)}
            className="flex size-6 items-center justify-center rounded-md text-ink-soft opacity-0 group-hover/day:opacity-100 hover:bg-hover hover:text-ink focus-visible:opacity-100"
          >
            <Plus aria-hidden className="size-3.5" />
          </button>
        )}
      </span>
      {shown.map((item) => (
        <DayItem
          key={item.id}
          item={item}
          calendar={calendar}
          isTaken={item.id === taken}
          isReachable={isCurrent}
          onTake={onTake && ((one) => onTake(one, day))}
          onDrag={onDrag}
          onEnd={onEnd}
        />
      ))}
      {items.length > shown.length && (
        <button
          type="button"
          tabIndex={isCurrent ? 0 : -1}
          onClick={() => onMore(day)}
          className="min-h-6 rounded-md px-1.5 text-start text-xs text-ink-soft hover:bg-hover hover:text-ink"
        >
          +{items.length - shown.length} more
        </button>
      )}
    </div>
  )
}
