import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { BellOff, Check } from 'lucide-react'
import type { MouseEvent } from 'react'
import type { Notification } from '@/api/types'
import { Button, buttonLook } from '@/components/Button'
import { cx } from '@/components/cx'
import { ErrorState } from '@/components/ErrorState'
import { IconButton } from '@/components/IconButton'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { State } from '@/components/State'
import { When } from '@/components/When'
import { notifications } from './api'
import { KindIcon } from './KindIcon'
import { useRead } from './use-read'

/** What this person was told, newest first; opening one reads it. */
export function NotificationList() {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(notifications)
  const read = useRead()
  const items = data?.pages.flatMap((page) => page.items)

  if (!items)
    return error ? (
      <ErrorState error={error} title="Your notifications could not be loaded" onRetry={() => void refetch()} />
    ) : (
      <LoadingState label="Loading notifications" rows={5} />
    )
  if (items.length === 0)
    return (
      <State
        icon={BellOff}
        title="Nothing to tell you yet"
        action={
          <Link to="/settings/notifications" className={buttonLook({})}>
            Choose what you hear of
          </Link>
        }
      >
        When somebody mentions or answers you, or changes where you belong, you find it here.
      </State>
    )
  return (
    <div className="flex flex-col gap-3">
      {error && <Notice tone="warning">What is new may be missing: {describe(error)}</Notice>}
      <ol aria-label="Notifications" className="flex flex-col divide-y divide-line">
        {items.map((item) => (
          <Row key={item.id} item={item} onRead={() => read.mutate([item.id])} />
        ))}
      </ol>
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()} className="self-center">
          Show older ones
        </Button>
      )}
    </div>
  )
}

function Row({ item, onRead }: { item: Notification; onRead: () => void }) {
  const navigate = useNavigate()
  const isNew = item.readAt == null

  const open = (event: MouseEvent) => {
    if (isNew) onRead()
    // A new tab is the browser's business.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    void navigate({ href: item.link })
  }

  return (
    <li className="relative flex items-start gap-1">
      <a
        href={item.link}
        onClick={open}
        className="-mx-2 flex min-w-0 flex-1 gap-3 rounded-lg px-2 py-3 hover:bg-hover"
      >
        <span
          className={cx(
            'mt-0.5 flex size-8 shrink-0 items-center justify-center rounded-full',
            isNew ? 'bg-selected text-ink-selected' : 'bg-hover text-ink-soft',
          )}
        >
          <KindIcon kind={item.kind} />
        </span>
        <span className="flex min-w-0 flex-1 flex-col gap-0.5">
          <span className={cx('text-sm wrap-anywhere', isNew ? 'font-semibold' : 'text-ink-soft')}>
            {isNew && <span className="sr-only">New: </span>}
            {item.title}
          </span>
          {item.body != null && <span className="line-clamp-3 text-sm wrap-anywhere text-ink-soft">{item.body}</span>}
          <span className="text-xs text-ink-soft">
            <When at={item.createdAt} />
          </span>
        </span>
      </a>
      <span className="flex size-9 shrink-0 items-center justify-center self-center">
        {isNew && (
          <IconButton icon={Check} label={`Mark read: ${item.title}`} size="small" side="left" onClick={onRead} />
        )}
      </span>
    </li>
  )
}
