import { Link } from '@tanstack/react-router'
import { Hash, Lock, Pencil } from 'lucide-react'
import type { Thread } from '@/api/types'
import { Count } from '@/components/Badge'
import { cx } from '@/components/cx'
import { drafts } from '@/lib/client'
import { useStore } from '@/lib/react/use-store'
import { ThreadMenu } from './ThreadMenu'
import { hasUnread } from './thread-list'

interface ThreadLinkProps {
  thread: Thread
  isCurrent: boolean
  mayWrite: boolean
  mayDelete: boolean
}

/** A thread in the list: what is unread stands out, and what can be done with it is at its end. */
export function ThreadLink({ thread, isCurrent, mayWrite, mayDelete }: ThreadLinkProps) {
  const Icon = thread.participants === null ? Hash : Lock
  const isUnread = hasUnread(thread)
  const hasDraft = useStore(drafts.begun).has(thread.id) && !isCurrent
  return (
    <li
      className={cx(
        'group/thread relative flex items-center rounded-lg pr-1',
        isCurrent ? 'bg-selected text-ink-selected' : 'hover:bg-hover',
      )}
    >
      <Link
        to="/w/$workspaceId/t/$threadId"
        params={{ workspaceId: thread.workspaceId, threadId: thread.id }}
        aria-current={isCurrent ? 'page' : undefined}
        className={cx(
          'flex min-h-row min-w-0 flex-1 items-center gap-2 rounded-lg pl-2.5 text-sm max-md:min-h-12 max-md:text-base',
          (isCurrent || isUnread) && 'font-semibold',
        )}
      >
        <Icon aria-hidden className={cx('size-4 shrink-0', !isCurrent && 'text-ink-soft')} />
        <span className="truncate">{thread.title}</span>
        {thread.participants !== null && <span className="sr-only">, private</span>}
        {hasDraft && (
          <span title="You have begun to write here" className="shrink-0 text-ink-soft">
            <Pencil aria-hidden className="size-3.5" />
            <span className="sr-only">draft</span>
          </span>
        )}
        <span className="ml-auto pl-1 group-focus-within/thread:hidden pointer-fine:group-hover/thread:hidden">
          {(thread.mentions ?? 0) > 0 && (
            <span className="mr-1 rounded-full bg-warning-ground px-1.5 text-2xs font-semibold text-warning">
              <span aria-hidden>@</span>
              <span className="sr-only">
                {thread.mentions === 1 ? 'mentions you, ' : `mentions you ${thread.mentions} times, `}
              </span>
            </span>
          )}
          <Count value={thread.unread ?? 0} strong of="unread" />
        </span>
      </Link>
      {/* There for everybody who looks for it, without a place of its own in each row. */}
      <span className="shrink-0 pointer-fine:absolute pointer-fine:right-1 pointer-fine:opacity-0 pointer-fine:group-focus-within/thread:opacity-100 pointer-fine:group-hover/thread:opacity-100">
        <ThreadMenu thread={thread} mayWrite={mayWrite} mayDelete={mayDelete} inList />
      </span>
    </li>
  )
}
