import { ArrowDown } from 'lucide-react'
import { Fragment, useEffect, useRef } from 'react'
import type { Message } from '@/api/types'
import { Button } from '@/components/Button'
import { outbox } from '@/lib/client'
import type { Outgoing } from '@/lib/outbox'
import { useNow } from '@/lib/react/use-now'
import { MessageRow, OutgoingRow, type Author } from './MessageRow'
import { continues, isSameDay } from './messages'
import { dayOf } from './times'
import { useStickToEnd } from './use-stick-to-end'

interface MessageListProps {
  /** Oldest first. */
  messages: readonly Message[]
  outgoing: readonly Outgoing[]
  me: Author
  authorOf: (userId: string | null) => Author
  /** Loads the page before; absent when there is none. */
  onOlder?: (() => void) | undefined
  isLoadingOlder: boolean
}

const MINUTE = 60_000

export function MessageList({ messages, outgoing, me, authorOf, onOlder, isLoadingOlder }: MessageListProps) {
  const now = useNow(MINUTE)
  const { scroller, hasNewBelow, onScroll, toEnd } = useStickToEnd(
    messages[0]?.id,
    outgoing.at(-1)?.id ?? messages.at(-1)?.id,
  )
  const last = messages.at(-1)

  // Whoever sends wants to see it, wherever he was reading.
  const newestOutgoing = outgoing.at(-1)?.id
  useEffect(() => {
    if (newestOutgoing !== undefined) toEnd()
  }, [newestOutgoing, toEnd])

  return (
    <div className="relative min-h-0 flex-1">
      {/* A scrollable area without anything focusable in it must itself be reachable by keyboard. */}
      {}
      <div
        ref={scroller}
        onScroll={onScroll}
        tabIndex={0}
        role="region"
        aria-label="Messages"
        className="h-full overflow-y-auto overscroll-contain"
      >
        <div className="flex min-h-full flex-col justify-end pb-2">
          {onOlder && <OlderMessages load={onOlder} isLoading={isLoadingOlder} />}
          <ol>
            {messages.map((message, index) => {
              const above = messages[index - 1]
              return (
                <Fragment key={message.id}>
                  {(!above || !isSameDay(above.createdAt, message.createdAt)) && (
                    <DaySeparator day={dayOf(message.createdAt, now)} />
                  )}
                  <MessageRow
                    message={message}
                    author={authorOf(message.authorId)}
                    isContinued={continues(above, message)}
                  />
                </Fragment>
              )
            })}
            {outgoing.map((entry, index) => (
              <OutgoingRow
                key={entry.id}
                outgoing={entry}
                author={me}
                isContinued={index > 0 || last?.authorId === me.id}
                onRetry={() => outbox.retry(entry.id)}
                onDiscard={() => outbox.discard(entry.id)}
              />
            ))}
          </ol>
        </div>
      </div>
      <Announcer messages={messages} meId={me.id} authorOf={authorOf} />
      {hasNewBelow && (
        <Button
          variant="primary"
          size="small"
          onClick={toEnd}
          className="absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full shadow-far"
        >
          <ArrowDown aria-hidden className="size-4" />
          New messages
        </Button>
      )}
    </div>
  )
}

const DaySeparator = ({ day }: { day: string }) => (
  <li className="flex items-center gap-3 px-4 py-3 text-xs font-medium text-ink-soft">
    <span aria-hidden className="h-px flex-1 bg-line" />
    <h2>{day}</h2>
    <span aria-hidden className="h-px flex-1 bg-line" />
  </li>
)

/** Loads by itself when scrolled to, and is a button for those who do not scroll. */
function OlderMessages({ load, isLoading }: { load: () => void; isLoading: boolean }) {
  const marker = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!marker.current || isLoading) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting === true && load(), {
      rootMargin: '400px',
    })
    observer.observe(marker.current)
    return () => observer.disconnect()
  }, [load, isLoading])
  return (
    <div ref={marker} className="flex justify-center p-3">
      <Button size="small" variant="quiet" busy={isLoading} onClick={load}>
        Earlier messages
      </Button>
    </div>
  )
}

interface AnnouncerProps {
  messages: readonly Message[]
  meId: string
  authorOf: MessageListProps['authorOf']
}

/** Reads out the newest message of somebody else; what was there on arrival is not news. */
function Announcer({ messages, meId, authorOf }: AnnouncerProps) {
  const arrival = useRef(messages.at(-1)?.version ?? 0)
  const region = useRef<HTMLDivElement>(null)
  const newest = messages.findLast((message) => message.authorId !== meId)

  useEffect(() => {
    if (!newest || !region.current || newest.version <= arrival.current) return
    arrival.current = newest.version
    region.current.textContent = `${authorOf(newest.authorId).name}: ${newest.body}`
  }, [newest, authorOf])

  return <div ref={region} role="log" aria-live="polite" aria-label="New messages" className="sr-only" />
}
