import { Link } from '@tanstack/react-router'
import { CalendarClock, CalendarX2, Plus } from 'lucide-react'
import { useState } from 'react'
import type { ContentItem } from '@/api/types'
import { Button } from '@/components/Button'
import { IconButton } from '@/components/IconButton'
import { Popover } from '@/components/Popover'
import { State } from '@/components/State'
import { TextField } from '@/components/TextField'
import { isoDay, parseDay, type Day } from '@/lib/time-zone'
import { KindIcon } from './KindIcon'
import { StatusBadge } from './StatusBadge'
import type { Calendar } from './use-calendar'

interface AgendaProps {
  planned: ReadonlyMap<Day, readonly ContentItem[]>
  from: Day
  /** The first day that is not shown. */
  until: Day
  calendar: Calendar
  onMove: ((item: ContentItem, day: Day) => void) | undefined
  onCreate: ((day: Day) => void) | undefined
}

/** A month as a list of its days; those without anything are left out. */
export function Agenda({ planned, from, until, calendar, onMove, onCreate }: AgendaProps) {
  const { words, today } = calendar
  const days = [...planned].filter(([day]) => day >= from && day < until).sort(([one], [other]) => one - other)
  const start = today >= from && today < until ? today : from
  if (days.length === 0)
    return (
      <State
        icon={CalendarX2}
        title={`Nothing is planned for ${words.monthAndYear(from)}`}
        action={onCreate && <Button onClick={() => onCreate(start)}>Plan something</Button>}
      >
        What has a planned date is shown on its day.
      </State>
    )
  return (
    <div
      role="region"
      aria-label={words.monthAndYear(from)}
      tabIndex={0}
      className="min-h-0 flex-1 overflow-y-auto border-t border-line -outline-offset-2"
    >
      {days.map(([day, items]) => (
        <section key={day} aria-label={words.whole(day)} className="border-b border-line px-4 py-3 max-md:px-3">
          <div className="flex min-h-8 items-center gap-2">
            <h3 className="text-sm font-semibold">
              {words.short(day)}
              {day === today && <span className="text-accent-ink"> · Today</span>}
            </h3>
            {onCreate && (
              <IconButton
                icon={Plus}
                size="small"
                label={`New content on ${words.whole(day)}`}
                onClick={() => onCreate(day)}
              />
            )}
          </div>
          <ul className="flex flex-col">
            {items.map((item) => (
              <AgendaRow key={item.id} item={item} day={day} calendar={calendar} onMove={onMove} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

interface AgendaRowProps {
  item: ContentItem
  day: Day
  calendar: Calendar
  onMove: ((item: ContentItem, day: Day) => void) | undefined
}

function AgendaRow({ item, day, calendar, onMove }: AgendaRowProps) {
  const { id, workspaceId, kind, title, status, plannedAt } = item
  const { zone, words } = calendar
  const [isMoving, setIsMoving] = useState(false)
  return (
    <li className="flex items-center gap-2">
      <Link
        to="/w/$workspaceId/c/$itemId"
        params={{ workspaceId, itemId: id }}
        data-item={id}
        className="flex min-h-11 min-w-0 flex-1 items-center gap-2.5 rounded-lg px-2 text-sm hover:bg-hover"
      >
        <span className="w-14 shrink-0 text-xs text-ink-soft tabular-nums">
          {words.time(zone.minuteOf(Date.parse(plannedAt ?? '')))}
        </span>
        <KindIcon kind={kind} />
        <span className="min-w-0 flex-1 truncate font-medium">{title}</span>
        <StatusBadge status={status} />
      </Link>
      {onMove && (
        <Popover
          label="Another day"
          align="end"
          open={isMoving}
          onOpenChange={setIsMoving}
          trigger={
            <Button variant="quiet" size="icon" aria-label={`Move ${title} to another day`}>
              <CalendarClock aria-hidden className="size-4.5" />
            </Button>
          }
        >
          <form
            className="flex flex-col gap-3"
            onSubmit={(event) => {
              event.preventDefault()
              const to = parseDay(new FormData(event.currentTarget).get('day') as string)
              setIsMoving(false)
              if (to !== undefined && to !== day) onMove(item, to)
            }}
          >
            <TextField label="Another day" type="date" name="day" required defaultValue={isoDay(day)} />
            <Button type="submit" variant="primary">
              Move it there
            </Button>
          </form>
        </Popover>
      )}
    </li>
  )
}
