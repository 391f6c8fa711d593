import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { MessageCircle, SearchX, WifiOff } from 'lucide-react'
import { useMemo, type ReactNode } from 'react'
import { Button } from '@/components/Button'
import { describe } from '@/components/problem-form'
import { ScreenHeader } from '@/components/ScreenHeader'
import { Skeleton } from '@/components/Skeleton'
import { State } from '@/components/State'
import { threadChannel } from '@/lib/channels'
import { outbox } from '@/lib/client'
import { Problem } from '@/lib/problem'
import { useChannel } from '@/lib/react/use-channel'
import { useStore } from '@/lib/react/use-store'
import { messagesIn, sendMessage, threadWith } from './api'
import { Composer } from './Composer'
import { MessageList } from './MessageList'
import type { Author } from './MessageRow'

interface ThreadViewProps {
  threadId: string
  me: Author
  authorOf: (userId: string | null) => Author
  mayWrite: boolean
  back: ReactNode
  status: ReactNode
}

/** One thread, live. Give it the thread's id as its key: a draft and a place in the history belong to one thread. */
export function ThreadView({ threadId, me, authorOf, mayWrite, back, status }: ThreadViewProps) {
  const cache = useQueryClient()
  const channel = threadChannel(threadId)
  const reload = () => void cache.invalidateQueries({ queryKey: threadWith(threadId).queryKey })
  useChannel(channel, { reset: reload, lost: reload })

  const thread = useQuery(threadWith(threadId))
  const history = useInfiniteQuery(messagesIn(threadId))
  const waiting = useStore(outbox.entries)

  const messages = useMemo(() => history.data?.pages.toReversed().flat(), [history.data])
  const outgoing = useMemo(() => {
    // A message may be in the history before its own acknowledgement is here.
    const arrived = new Set(messages?.slice(-waiting.length).map((message) => message.id))
    return waiting.filter((entry) => entry.channel === channel && !arrived.has(entry.id))
  }, [waiting, messages, channel])

  const failure = thread.error ?? history.error
  if (failure && !messages)
    return (
      <>
        <ScreenHeader title="Thread" back={back} actions={status} />
        <ThreadFailure
          error={failure}
          onRetry={() => {
            void thread.refetch()
            void history.refetch()
          }}
        />
      </>
    )

  return (
    <>
      <ScreenHeader title={thread.data?.title ?? <Skeleton className="h-4 w-40" />} back={back} actions={status} />
      {messages ? (
        <>
          {messages.length === 0 && outgoing.length === 0 ? (
            <div className="min-h-0 flex-1">
              <State icon={MessageCircle} title="Nothing said yet">
                {mayWrite
                  ? 'Write the first message: everybody in this thread sees it at once.'
                  : 'Messages appear here as soon as somebody writes one.'}
              </State>
            </div>
          ) : (
            <MessageList
              messages={messages}
              outgoing={outgoing}
              me={me}
              authorOf={authorOf}
              onOlder={history.hasNextPage ? () => void history.fetchNextPage() : undefined}
              isLoadingOlder={history.isFetchingNextPage}
            />
          )}
          {mayWrite ? (
            <Composer threadId={threadId} onSend={(body) => sendMessage(threadId, body)} />
          ) : (
            <p className="border-t border-line p-4 text-center text-sm text-ink-soft">
              You can read this workspace, but not write in it.
            </p>
          )}
        </>
      ) : (
        <LoadingMessages />
      )}
    </>
  )
}

function ThreadFailure({ error, onRetry }: { error: Error; onRetry: () => void }) {
  if (error instanceof Problem && (error.status === 404 || error.status === 403))
    return (
      <State icon={SearchX} title="This thread is not here">
        It was deleted, or it is not shared with you.
      </State>
    )
  return (
    <State icon={WifiOff} title="The thread could not be loaded" action={<Button onClick={onRetry}>Try again</Button>}>
      {describe(error)}
    </State>
  )
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
