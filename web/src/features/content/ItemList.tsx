import { Link } from '@tanstack/react-router'
import { CalendarClock, CloudUpload } from 'lucide-react'
import { memo, useRef } from 'react'
import { Virtualizer } from 'virtua'
import type { ContentItem } from '@/api/types'
import { Avatar } from '@/components/Avatar'
import { outbox } from '@/lib/client'
import { ago, dateOf } from '@/lib/dates'
import { isOnItsWay } from '@/lib/outbox'
import { useStore } from '@/lib/react/use-store'
import { KindIcon } from './KindIcon'
import type { NameOf } from './people'
import { StatusBadge } from './StatusBadge'

interface ItemListProps {
  items: readonly ContentItem[]
  nameOf: NameOf
  label: string
}

/** About how high a row is, until it is there to be measured. */
const ROW = 57

/** Items below one another; only those on screen exist. */
export function ItemList({ items, nameOf, label }: ItemListProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const waiting = useStore(outbox.entries)
  const unsent = new Set(
    waiting.flatMap((entry) => (entry.resource === 'content' && isOnItsWay(entry) ? [entry.resourceId] : [])),
  )
  return (
    <div
      ref={scroller}
      role="region"
      aria-label={label}
      data-scroll-restoration-id="content"
      className="min-h-0 flex-1 overflow-y-auto"
    >
      <Virtualizer scrollRef={scroller} as="ul" item="li" itemSize={ROW} data={items}>
        {(item) => (
          <ItemRow key={item.id} item={item} assignee={nameOf(item.assigneeId)} isUnsent={unsent.has(item.id)} />
        )}
      </Virtualizer>
    </div>
  )
}

interface ItemRowProps {
  item: ContentItem
  assignee: string
  isUnsent: boolean
}

const MOST_LABELS = 3

const ItemRow = memo(function ItemRow({ item, assignee, isUnsent }: ItemRowProps) {
  const { id, workspaceId, kind, title, labels, status, plannedAt, assigneeId, updatedAt } = item
  return (
    <Link
      to="/w/$workspaceId/c/$itemId"
      params={{ workspaceId, itemId: id }}
      className="flex min-h-14 items-center gap-x-3 gap-y-1.5 border-b border-line px-4 py-2 text-sm -outline-offset-2 hover:bg-hover max-md:flex-wrap max-md:px-3"
    >
      <span className="flex min-w-0 flex-1 items-center gap-2.5 max-md:basis-full">
        <KindIcon kind={kind} />
        <span className="min-w-0 truncate font-medium">{title}</span>
        {isUnsent && <Unsent />}
      </span>
      <span className="flex min-w-0 items-center gap-1.5 max-md:order-last max-md:empty:hidden">
        {labels.slice(0, MOST_LABELS).map((label) => (
          <Label key={label} name={label} />
        ))}
        {labels.length > MOST_LABELS && <span className="text-xs text-ink-soft">+{labels.length - MOST_LABELS}</span>}
      </span>
      <span className="flex w-28 shrink-0 items-center gap-1 text-xs text-ink-soft tabular-nums max-md:order-2 max-md:w-auto max-md:empty:hidden">
        {plannedAt !== null && (
          <>
            <CalendarClock aria-hidden className="size-3.5" />
            <span className="sr-only">planned for </span>
            {dateOf(plannedAt)}
          </>
        )}
      </span>
      <span className="flex w-22 shrink-0 max-md:order-1 max-md:w-auto">
        <StatusBadge status={status} />
      </span>
      <span className="flex w-7 shrink-0 justify-center max-md:hidden">
        {assigneeId !== null && (
          <span title={assignee}>
            <Avatar id={assigneeId} name={assignee} size="small" />
            <span className="sr-only">{assignee} works on it</span>
          </span>
        )}
      </span>
      <time dateTime={updatedAt} className="w-24 shrink-0 text-end text-xs text-ink-soft max-lg:hidden">
        {ago(updatedAt)}
      </time>
    </Link>
  )
})

export const Label = ({ name }: { name: string }) => (
  <span className="inline-flex h-5 max-w-32 min-w-0 items-center rounded-md border border-line px-1.5 text-xs text-ink-soft">
    <span className="truncate">{name}</span>
  </span>
)

export const Unsent = () => (
  <span title="Waits on this device" className="inline-flex shrink-0 text-ink-soft">
    <CloudUpload aria-hidden className="size-3.5" />
    <span className="sr-only">, waits on this device</span>
  </span>
)
