import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { MessagesSquare } from 'lucide-react'
import { useEffect, useMemo } from 'react'
import { Count } from '@/components/Badge'
import { Button } from '@/components/Button'
import { cx } from '@/components/cx'
import { describe } from '@/components/problem-form'
import { Skeleton } from '@/components/Skeleton'
import { titleUnread } from '@/lib/title'
import { threadsOf } from './api'
import { useWanted } from './use-wanted'
import { together } from './wanted'
import { useThreadFilter } from './filters'
import { ThreadLink } from './ThreadLink'
import { hasUnread, listed, type ThreadFilter } from './thread-list'

interface ThreadListProps {
  workspaceId: string
  me?: string
  mayWrite?: boolean
  mayModerate?: boolean
  /** Absent for those who may only read. */
  onCreate?: (() => void) | undefined
}

export function ThreadList({ workspaceId, me, mayWrite, mayModerate = false, onCreate }: ThreadListProps) {
  const [filter, choose] = useThreadFilter(workspaceId)
  const isArchive = filter === 'archived'
  const inUse = useQuery(threadsOf(workspaceId))
  const archived = useQuery({ ...threadsOf(workspaceId, true), enabled: isArchive || inUse.data?.length === 0 })
  const { data: confirmed, error, refetch } = isArchive ? archived : inUse
  // What is to be archived, or brought back, is still in the list it leaves.
  const all = useMemo(() => together(inUse.data, archived.data), [inUse.data, archived.data])
  const data = useWanted(confirmed && all)
  const { threadId: current } = useParams({ strict: false })
  const threads = useMemo(() => {
    // A thread that was read just now stays where it is until one leaves it.
    const kept = data?.find((thread) => thread.id === current && !thread.archived)
    const shown = listed(data ?? [], filter)
    return filter === 'unread' && kept && !hasUnread(kept) ? [...shown, kept] : shown
  }, [data, filter, current])
  const unreadThreads = useMemo(() => listed(data ?? [], 'unread').length, [data])
  useEffect(() => {
    titleUnread(unreadThreads)
    return () => titleUnread(0)
  }, [unreadThreads])

  if (!data)
    return error ? (
      <div className="flex flex-col items-start gap-2 px-3 py-2 text-sm">
        <p className="text-danger">{describe(error)}</p>
        <Button size="small" onClick={() => void refetch()}>
          Try again
        </Button>
      </div>
    ) : (
      <LoadingThreads />
    )

  return (
    <>
      <Filters chosen={filter} unread={unreadThreads} onChoose={choose} />
      {threads.length === 0 ? (
        <NoThreads filter={filter} hasArchive={(archived.data?.length ?? 0) > 0} onCreate={onCreate} />
      ) : (
        <ul className="flex flex-col gap-px">
          {threads.map((thread) => (
            <ThreadLink
              key={thread.id}
              thread={thread}
              isCurrent={thread.id === current}
              mayWrite={mayWrite ?? onCreate !== undefined}
              mayDelete={mayModerate || (onCreate !== undefined && thread.createdBy === me)}
            />
          ))}
        </ul>
      )}
    </>
  )
}

const names: Readonly<Record<ThreadFilter, string>> = { active: 'Active', unread: 'Unread', archived: 'Archived' }

interface FiltersProps {
  chosen: ThreadFilter
  unread: number
  onChoose: (filter: ThreadFilter) => void
}

const Filters = ({ chosen, unread, onChoose }: FiltersProps) => (
  <div role="group" aria-label="Which threads" className="flex gap-1 px-1 pb-2">
    {(['active', 'unread', 'archived'] as const).map((filter) => (
      <button
        key={filter}
        type="button"
        aria-pressed={chosen === filter}
        onClick={() => onChoose(filter)}
        className={cx(
          'flex min-h-control-small items-center gap-1.5 rounded-full px-2.5 text-xs font-medium',
          chosen === filter ? 'bg-selected text-ink-selected' : 'text-ink-soft hover:bg-hover hover:text-ink',
        )}
      >
        {names[filter]}
        {filter === 'unread' && <Count value={unread} of="threads" />}
      </button>
    ))}
  </div>
)

interface NoThreadsProps {
  filter: ThreadFilter
  hasArchive: boolean
  onCreate: (() => void) | undefined
}

function NoThreads({ filter, hasArchive, onCreate }: NoThreadsProps) {
  if (filter !== 'active')
    return (
      <p className="px-2.5 py-2 text-sm text-ink-soft">
        {filter === 'unread' ? 'You have read everything.' : 'Nothing is archived.'}
      </p>
    )
  if (hasArchive) return <p className="px-2.5 py-2 text-sm text-ink-soft">Every thread is archived.</p>
  return (
    <div className="flex flex-col items-start gap-3 rounded-xl border border-dashed border-line-control p-4 text-sm">
      <MessagesSquare aria-hidden className="size-5 text-accent-ink" />
      <p className="text-ink-soft">
        {onCreate ? 'No threads yet. The first one gives your team a place to talk.' : 'No threads yet.'}
      </p>
      {onCreate && (
        // Beside a centre the first steps stand there.
        <Button size="small" variant="primary" onClick={onCreate} className="md:hidden">
          Start a thread
        </Button>
      )}
    </div>
  )
}

const LoadingThreads = () => (
  <div role="status" aria-label="Loading threads" className="flex flex-col gap-2 px-3 py-1">
    {[72, 55, 64, 48].map((width) => (
      <div key={width} style={{ width: `${width}%` }} className="py-1.5">
        <Skeleton className="h-4" />
      </div>
    ))}
  </div>
)
