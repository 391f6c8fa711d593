import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Hash, MessagesSquare } from 'lucide-react'
import { Button } from '@/components/Button'
import { describe } from '@/components/problem-form'
import { Skeleton } from '@/components/Skeleton'
import { threadsOf } from './api'
import { listed } from './thread-list'

interface ThreadListProps {
  workspaceId: string
  /** Absent for those who may only read. */
  onCreate?: (() => void) | undefined
}

export function ThreadList({ workspaceId, onCreate }: ThreadListProps) {
  const { data, error, refetch } = useQuery({ ...threadsOf(workspaceId), select: listed })

  if (!data && error)
    return (
      <div className="flex flex-col items-start gap-2 px-3 py-2 text-sm">
        <p className="text-danger">{describe(error)}</p>
        <Button size="small" onClick={() => void refetch()}>
          Try again
        </Button>
      </div>
    )

  if (!data)
    return (
      <div role="status" aria-label="Loading threads" className="flex flex-col gap-2 px-3 py-1">
        {[72, 55, 64, 48].map((width) => (
          <div key={width} style={{ width: `${width}%` }} className="py-1.5">
            <Skeleton className="h-4" />
          </div>
        ))}
      </div>
    )

  if (data.length === 0)
    return (
      <div className="flex flex-col items-start gap-3 rounded-xl border border-dashed border-line-control p-4 text-sm">
        <MessagesSquare aria-hidden className="size-5 text-accent-ink" />
        <p className="text-ink-soft">
          {onCreate ? 'No threads yet. The first one gives your team a place to talk.' : 'No threads yet.'}
        </p>
        {onCreate && (
          <Button size="small" variant="primary" onClick={onCreate}>
            Start a thread
          </Button>
        )}
      </div>
    )

  return (
    <ul className="flex flex-col gap-px">
      {data.map((thread) => (
        <li key={thread.id}>
          <Link
            to="/w/$workspaceId/t/$threadId"
            params={{ workspaceId, threadId: thread.id }}
            className="flex min-h-9 items-center gap-2 rounded-lg px-2.5 text-sm max-md:min-h-12 max-md:text-base"
            activeProps={{ className: 'bg-selected font-medium text-ink-selected' }}
            inactiveProps={{ className: 'text-ink hover:bg-hover' }}
          >
            <Hash aria-hidden className="size-4 shrink-0 text-ink-soft" />
            <span className="truncate">{thread.title}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
