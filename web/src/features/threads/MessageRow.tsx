import { Clock3, RotateCw, Trash2, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Message } from '@/api/types'
import { Avatar } from '@/components/Avatar'
import { Button } from '@/components/Button'
import { cx } from '@/components/cx'
import type { Outgoing } from '@/lib/outbox'
import { useNow } from '@/lib/react/use-now'
import { exactTimeOf, timeOf } from './times'

export interface Author {
  id: string
  name: string
}

interface RowProps {
  author: Author
  at: number | string
  /** Continues the message above: no name, and the time only under the pointer. */
  isContinued: boolean
  isPending?: boolean
  children: ReactNode
}

function Row({ author, at, isContinued, isPending = false, children }: RowProps) {
  return (
    <li data-message className={cx('group flex gap-3 px-4 hover:bg-hover', isContinued ? 'py-0.5' : 'pt-2.5 pb-0.5')}>
      <div className="flex w-9 shrink-0 justify-center">
        {isContinued ? (
          <time
            dateTime={new Date(at).toISOString()}
            title={exactTimeOf(at)}
            className="pt-1 text-[0.625rem] whitespace-nowrap text-ink-soft opacity-0 group-hover:opacity-100"
          >
            {timeOf(at)}
          </time>
        ) : (
          <Avatar id={author.id} name={author.name} />
        )}
      </div>
      <div className="min-w-0 flex-1">
        {isContinued ? (
          <span className="sr-only">{author.name}: </span>
        ) : (
          <p className="flex items-baseline gap-2">
            <span className="truncate text-sm font-semibold">{author.name}</span>
            <time
              dateTime={new Date(at).toISOString()}
              title={exactTimeOf(at)}
              className="shrink-0 text-xs text-ink-soft"
            >
              {timeOf(at)}
            </time>
          </p>
        )}
        <div className={cx(isPending && 'text-ink-soft')}>{children}</div>
      </div>
    </li>
  )
}

const Body = ({ text }: { text: string }) => (
  <p data-body className="text-[0.9375rem] leading-relaxed wrap-anywhere whitespace-pre-wrap">
    {text}
  </p>
)

interface MessageRowProps {
  message: Message
  author: Author
  isContinued: boolean
}

export function MessageRow({ message, author, isContinued }: MessageRowProps) {
  return (
    <Row author={author} at={message.createdAt} isContinued={isContinued}>
      <Body text={message.body} />
      {message.editedAt !== null && (
        <span title={exactTimeOf(message.editedAt)} className="text-xs text-ink-soft">
          edited
        </span>
      )}
    </Row>
  )
}

interface OutgoingRowProps {
  outgoing: Outgoing
  author: Author
  isContinued: boolean
  onRetry: () => void
  onDiscard: () => void
}

/** A message that the server has not taken yet: pending, or refused with the reason and what to do. */
export function OutgoingRow({ outgoing, author, isContinued, onRetry, onDiscard }: OutgoingRowProps) {
  return (
    <Row author={author} at={outgoing.writtenAt} isContinued={isContinued} isPending={outgoing.failure === undefined}>
      <Body text={String(outgoing.data.body)} />
      {outgoing.failure === undefined ? (
        <Waiting since={outgoing.writtenAt} />
      ) : (
        <div role="alert" className="flex flex-wrap items-center gap-x-2 text-xs text-danger">
          <TriangleAlert aria-hidden className="size-3.5" />
          <span>Not sent. {outgoing.failure}</span>
          <Button size="small" variant="quiet" onClick={onRetry}>
            <RotateCw aria-hidden className="size-3.5" />
            Try again
          </Button>
          <Button size="small" variant="danger" onClick={onDiscard}>
            <Trash2 aria-hidden className="size-3.5" />
            Discard
          </Button>
        </div>
      )}
    </Row>
  )
}

/** An answer usually comes before one could read that it is awaited. */
const SAY_AFTER = 1_000

function Waiting({ since }: { since: number }) {
  const now = useNow(500)
  if (now - since < SAY_AFTER) return <span className="sr-only">Sending</span>
  return (
    <span className="inline-flex items-center gap-1 text-xs text-ink-soft">
      <Clock3 aria-hidden className="size-3" />
      Waiting to be sent
    </span>
  )
}
