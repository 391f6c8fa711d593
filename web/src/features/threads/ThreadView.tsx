import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Lock, SearchX } from 'lucide-react'
import { useMemo, type ReactNode } from 'react'
import type { Attachment, Thread } from '@/api/types'
import { ErrorState } from '@/components/ErrorState'
import { ScreenHeader } from '@/components/ScreenHeader'
import { Skeleton } from '@/components/Skeleton'
import { State } from '@/components/State'
import { threadChannel } from '@/lib/channels'
import { outbox } from '@/lib/client'
import type { Outgoing } from '@/lib/outbox'
import { Problem } from '@/lib/problem'
import { useChannel } from '@/lib/react/use-channel'
import { useStore } from '@/lib/react/use-store'
import { useTitle } from '@/lib/react/use-title'
import { historyOf, threadWith } from './api'
import type { ComposerFiles, Inserts } from './Composer'
import type { History } from './history'
import type { Author } from './MessageRow'
import { OpenThread } from './OpenThread'
import { openingOf } from './opening'
import { ThreadMenu } from './ThreadMenu'
import { useHistory } from './use-history'
import { useWantedThread } from './use-wanted'

export interface ThreadViewProps {
  threadId: string
  workspaceId: string
  /** The message that the address names, by version or id. */
  link?: string | undefined
  me: Author
  /** Everybody in the workspace; whoever of them sees the thread can be mentioned in it. */
  people: readonly Author[]
  authorOf: (userId: string | null) => Author
  mayWrite: boolean
  mayModerate: boolean
  files: ComposerFiles
  inserts?: Inserts
  /** The same function each time: hundreds of rows compare it. */
  showAttachments: (attachments: readonly Attachment[]) => ReactNode
  /** It stands beside what it is about, and needs neither a title nor a menu. */
  isPart?: boolean
  back?: ReactNode
  status?: ReactNode
  /** The address names no message any more. */
  onUnlink: () => void
  /** The thread was deleted from here. */
  onDeleted: () => void
}

/** One thread, live. Give it the thread's id as its key: a draft and a place in the history belong to one thread. */
export function ThreadView(props: ThreadViewProps) {
  const { threadId, link, me, authorOf, mayWrite, mayModerate, isPart = false, back, status, onDeleted } = props
  const cache = useQueryClient()
  const channel = threadChannel(threadId)
  const reload = () => {
    void cache.invalidateQueries({ queryKey: threadWith(threadId).queryKey, exact: true })
    void cache.invalidateQueries({ queryKey: historyOf(threadId).queryKey })
  }
  useChannel(channel, { reset: reload, lost: reload })

  const { data: known, ...threadQuery } = useQuery(threadWith(threadId))
  const thread = useWantedThread(known)
  useTitle(isPart ? undefined : thread?.title)
  const opening = useQuery(openingOf(cache, threadId, link))
  const held = useHistory(threadId, opening.data !== undefined)
  const outgoing = useOutgoing(channel, held.history)
  const failure = threadQuery.error ?? opening.error ?? held.error

  if (failure instanceof Problem && (failure.status === 404 || failure.status === 403))
    return (
      <>
        {!isPart && <ScreenHeader title="Thread" back={back} actions={status} />}
        <State icon={SearchX} title="This thread is not here">
          It was deleted, or it is not shared with you.
        </State>
      </>
    )

  return (
    <>
      {!isPart && (
        <ScreenHeader
          title={thread ? <ThreadTitle thread={thread} authorOf={authorOf} /> : <Skeleton className="h-4 w-40" />}
          back={back}
          actions={
            <>
              {status}
              {thread && (
                <ThreadMenu
                  thread={thread}
                  mayWrite={mayWrite}
                  mayDelete={mayModerate || (mayWrite && thread.createdBy === me.id)}
                  onDeleted={onDeleted}
                />
              )}
            </>
          }
        />
      )}
      {held.history && opening.data ? (
        <OpenThread
          {...props}
          thread={thread}
          history={held.history}
          outgoing={outgoing}
          opening={opening.data}
          isExtending={held.isExtending}
          onExtend={held.extendTowards}
          onTrim={held.trim}
        />
      ) : failure ? (
        <ErrorState
          error={failure}
          title="The thread could not be loaded"
          onRetry={() => {
            void threadQuery.refetch()
            void opening.refetch()
          }}
        />
      ) : (
        <LoadingMessages />
      )}
    </>
  )
}

function ThreadTitle({ thread, authorOf }: { thread: Thread; authorOf: ThreadViewProps['authorOf'] }) {
  const { participants } = thread
  if (participants === null) return thread.title
  const names = participants.map((id) => authorOf(id).name).join(', ')
  return (
    <span className="flex min-w-0 items-baseline gap-2">
      <Lock aria-hidden className="size-3.5 shrink-0 self-center text-ink-soft" />
      <span className="truncate">{thread.title}</span>
      <span className="min-w-0 truncate text-xs font-normal text-ink-soft max-md:sr-only" title={names}>
        <span className="sr-only">Private to </span>
        {names}
      </span>
    </span>
  )
}

/** What is on its way to this thread and not yet in its history. */
function useOutgoing(channel: string, history: History | undefined): Outgoing[] {
  const waiting = useStore(outbox.entries)
  return useMemo(() => {
    const mine = waiting.filter((entry) => entry.channel === channel)
    if (mine.length === 0) return []
    // A message may be in the history before its own acknowledgement is here.
    const arrived = new Set(history?.messages.slice(-200).map((message) => message.id))
    return mine.filter((entry) => entry.op !== 'create' || entry.resource !== 'message' || !arrived.has(entry.id))
  }, [waiting, history, channel])
}

const LoadingMessages = () => (
  <div
    role="status"
    aria-label="Loading messages"
    className="flex min-h-0 flex-1 flex-col justify-end gap-5 overflow-hidden p-4"
  >
    {[40, 75, 55, 65, 35].map((width) => (
      <div key={width} className="flex gap-3">
        <Skeleton className="size-9 rounded-full" />
        <div className="flex flex-1 flex-col gap-2">
          <Skeleton className="h-3 w-28" />
          <div style={{ width: `${width}%` }}>
            <Skeleton className="h-4" />
          </div>
        </div>
      </div>
    ))}
  </div>
)
