import { Link } from '@tanstack/react-router'
import type { ContentItem } from '@/api/types'
import { cx } from '@/components/cx'
import type { Calendar } from './use-calendar'
import { nameOfKind, nameOfStatus, toneOfStatus } from './words'

const edges: Readonly<Record<string, string>> = {
  neutral: 'border-l-line-control',
  warning: 'border-l-warning',
  accent: 'border-l-accent',
  info: 'border-l-info',
  success: 'border-l-success',
  danger: 'border-l-danger',
  unknown: 'border-l-unknown',
}

interface DayItemProps {
  item: ContentItem
  calendar: Calendar
  isTaken: boolean
  /** Whether Tab comes here: of a whole month only to what is on the current day. */
  isReachable: boolean
  onTake: ((item: ContentItem) => void) | undefined
  onDrag: ((item: ContentItem) => void) | undefined
  onEnd: () => void
}

/** What is planned for a day: its time and the first words, with its status at the edge. */
export function DayItem({ item, calendar, isTaken, isReachable, onTake, onDrag, onEnd }: DayItemProps) {
  const { id, workspaceId, kind, title, status, plannedAt } = item
  const { zone, words } = calendar
  const time = words.time(zone.minuteOf(Date.parse(plannedAt ?? '')))
  return (
    <Link
      to="/w/$workspaceId/c/$itemId"
      params={{ workspaceId, itemId: id }}
      preload={false}
      data-item={id}
      tabIndex={isReachable ? 0 : -1}
      title={`${time} ${title} (${nameOfKind(kind)}, ${nameOfStatus(status)})`}
      draggable={onDrag !== undefined}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = 'move'
        event.dataTransfer.setData('text/plain', title)
        onDrag?.(item)
      }}
      onDragEnd={onEnd}
      onKeyDown={(event) => {
        if (event.key !== ' ' || !onTake) return
        event.preventDefault()
        event.stopPropagation()
        onTake(item)
      }}
      className={cx(
        'flex min-h-6 min-w-0 items-center gap-1 rounded-md border border-l-3 border-line bg-surface px-1.5 text-xs hover:bg-hover',
        edges[toneOfStatus(status)],
        isTaken && 'ring-2 ring-accent',
      )}
    >
      <span className="shrink-0 text-ink-soft tabular-nums">{time}</span>
      <span className="min-w-0 truncate font-medium">{title}</span>
      <span className="sr-only">, {nameOfStatus(status)}</span>
    </Link>
  )
}
