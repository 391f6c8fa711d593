import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { AtSign } from 'lucide-react'
import { Avatar } from '@/components/Avatar'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { State } from '@/components/State'
import { ago, exactTime } from '@/lib/dates'
import { mentionsIn } from './api'
import { excerptOf } from './messages'
import type { Author } from './MessageRow'

interface MentionsProps {
  workspaceId: string
  authorOf: (userId: string | null) => Author
}

/** Where somebody named this person, each leading to its message. */
export function Mentions({ workspaceId, authorOf }: MentionsProps) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    mentionsIn(workspaceId),
  )
  const mentions = data?.pages.flatMap((page) => page.items)

  if (!mentions)
    return error ? (
      <ErrorState error={error} title="Your mentions could not be loaded" onRetry={() => void refetch()} />
    ) : (
      <LoadingState label="Loading mentions" rows={5} />
    )
  if (mentions.length === 0)
    return (
      <State icon={AtSign} title="Nobody has mentioned you yet">
        When somebody writes @ and your name, you find it here.
      </State>
    )
  return (
    <div className="flex flex-col gap-3">
      <ol aria-label="Mentions" className="flex flex-col divide-y divide-line">
        {mentions.map(({ message, threadTitle, unread }) => {
          const author = authorOf(message.authorId ?? null)
          return (
            <li key={message.id}>
              <Link
                to="/w/$workspaceId/t/$threadId"
                params={{ workspaceId, threadId: message.threadId }}
                search={{ m: String(message.version) }}
                className="-mx-2 flex gap-3 rounded-lg px-2 py-3 hover:bg-hover"
              >
                <Avatar id={author.id} name={author.name} size="small" />
                <span className="flex min-w-0 flex-1 flex-col gap-0.5">
                  <span className="flex flex-wrap items-center gap-x-2 text-xs text-ink-soft">
                    <span className="text-sm font-semibold text-ink">{author.name}</span>
                    <span className="truncate">in {threadTitle}</span>
                    <time dateTime={message.createdAt} title={exactTime(message.createdAt)}>
                      {ago(message.createdAt)}
                    </time>
                    {unread && <Badge tone="accent">New</Badge>}
                  </span>
                  <span className="text-sm leading-relaxed wrap-anywhere">{excerptOf(message.body, 240)}</span>
                </span>
              </Link>
            </li>
          )
        })}
      </ol>
      {error && <Notice tone="danger">{describe(error)}</Notice>}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()} className="self-center">
          Show older ones
        </Button>
      )}
    </div>
  )
}
