import { ArrowDown, ArrowUp, LoaderCircle } from 'lucide-react'
import {
  useCallback,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import type { Attachment, Message } from '@/api/types'
import { Button } from '@/components/Button'
import { cx } from '@/components/cx'
import { Layer } from '@/components/Layer'
import type { Outgoing } from '@/lib/outbox'
import { useNow } from '@/lib/react/use-now'
import { Announcer } from './Announcer'
import { indexAt, type History } from './history'
import type { MessageAction } from './MessageActions'
import { MessageRow, OutgoingRow, type Author } from './MessageRow'
import type { Place } from './opening'
import { rowsOf, type Row } from './rows'
import { dayOf } from './times'

interface MessageListProps {
  history: History
  outgoing: readonly Outgoing[]
  /** Where it opens. Another place is another list: give it a key. */
  place: Place
  unreadFrom: number | undefined
  /** How many of others are unread, as far as the server has told. */
  unread: number
  me: Author
  authorOf: (userId: string | null) => Author
  mayWrite: boolean
  mayModerate: boolean
  editing: string | undefined
  isLoading: boolean
  onExtend: (towards: 'older' | 'newer') => void
  onTrim: (at: 'start' | 'end') => void
  onSeen: (version: number) => void
  onJump: (place: Place) => void
  onAction: (action: MessageAction, message: Message) => void
  onReact: (message: Message, emoji: string) => void
  onEdited: (message: Message, body: string | undefined) => void
  showAttachments: (attachments: readonly Attachment[]) => ReactNode
}

const MINUTE = 60_000
/** How near to an edge the next page is asked for, in screens. */
const AHEAD = 2
/** How far from the end one may be and still count as reading the newest. */
const NEAR = 80

/**
 * The messages around the reader, of which only those on screen exist. It stays at the end while its reader is there,
 * and in place while he reads further up: neither a new message below nor an older page above moves what he reads.
 */
export function MessageList(props: MessageListProps) {
  const { history, outgoing, place, unreadFrom, unread, me, authorOf, editing, isLoading } = props
  const { onExtend, onTrim, onSeen, onJump, onAction, onReact } = props
  const now = useNow(MINUTE)
  const rows = useMemo(() => rowsOf(history, outgoing, me.id, unreadFrom), [history, outgoing, me.id, unreadFrom])
  const shift = useShift(rows)
  const scroller = useRef<HTMLDivElement>(null)
  const list = useRef<VirtualizerHandle>(null)
  const isAtEnd = useRef(place.at === 'end')
  const [isPlaced, setPlaced] = useState(false)
  const [view, setView] = useState({ atEnd: place.at === 'end', far: false, isLineAbove: false })
  const pointer = usePointer()
  const [focused, setFocused] = useState<string>()

  const jumpTo = useCallback((version: number) => onJump({ at: 'message', version }), [onJump])

  const toEnd = useCallback(() => {
    isAtEnd.current = true
    list.current?.scrollToIndex(Number.MAX_SAFE_INTEGER, { align: 'end' })
  }, [])

  const look = () => {
    const element = list.current
    if (!element || rows.length === 0) return
    const { scrollOffset, viewportSize, scrollSize } = element
    const below = scrollSize - viewportSize - scrollOffset
    const first = element.findItemIndex(scrollOffset)
    const last = element.findItemIndex(scrollOffset + viewportSize - 1)
    const atEnd = below <= NEAR && !history.hasNewer
    isAtEnd.current = atEnd
    const isLineAbove = unreadFrom !== undefined && (rows[first]?.message?.version ?? 0) > unreadFrom
    setView((known) => {
      const next = { atEnd, far: below > viewportSize || history.hasNewer, isLineAbove }
      const isSame = known.atEnd === atEnd && known.far === next.far && known.isLineAbove === isLineAbove
      return isSame ? known : next
    })

    if (document.visibilityState === 'visible' && document.hasFocus()) {
      const version = (atEnd ? history.messages.at(-1) : rows[last]?.message)?.version
      if (version !== undefined) onSeen(version)
    }
    if (history.hasOlder && scrollOffset < viewportSize * AHEAD) onExtend('older')
    else if (history.hasNewer && below < viewportSize * AHEAD) onExtend('newer')
  }
  const lookNow = useEffectEvent(look)

  const settle = () => {
    const element = list.current
    if (!element || history.messages.length === 0) return
    const middle = element.findItemIndex(element.scrollOffset + element.viewportSize / 2)
    onTrim(middle * 2 > history.messages.length ? 'start' : 'end')
  }

  // To the place it opens at, before anything is seen.
  const open = useEffectEvent(() => {
    if (place.at === 'end' || rows.length === 0) toEnd()
    else
      list.current?.scrollToIndex(indexAt(history.messages, place.version), {
        align: place.at === 'message' ? 'center' : 'start',
        ...(place.at === 'unread' && { offset: -48 }),
      })
  })
  useLayoutEffect(() => {
    open()
    // Sizes are known after a frame, and the place is right after the next.
    const frame = requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        setPlaced(true)
        lookNow()
      }),
    )
    return () => cancelAnimationFrame(frame)
  }, [])

  const size = rows.length
  const lastKey = rows.at(-1)?.key
  useLayoutEffect(() => {
    if (isAtEnd.current) toEnd()
  }, [size, lastKey, toEnd])
  useEffect(() => {
    if (isPlaced) lookNow()
  }, [isPlaced, size, lastKey, history.hasOlder, history.hasNewer, isLoading])

  // Whoever sends wants to see it, wherever he was reading.
  const newestOutgoing = outgoing.findLast(({ op }) => op === 'create')?.id
  const follow = useEffectEvent(() => {
    if (history.hasNewer) onJump({ at: 'end', version: Infinity })
    else toEnd()
  })
  const knownOutgoing = useRef(newestOutgoing)
  useEffect(() => {
    if (newestOutgoing !== undefined && newestOutgoing !== knownOutgoing.current) follow()
    knownOutgoing.current = newestOutgoing
  }, [newestOutgoing])

  useEffect(() => {
    const onLooked = () => lookNow()
    window.addEventListener('focus', onLooked)
    document.addEventListener('visibilitychange', onLooked)
    return () => {
      window.removeEventListener('focus', onLooked)
      document.removeEventListener('visibilitychange', onLooked)
    }
  }, [])

  // Keyboard: the message in focus, and from it to its neighbours.

  const indexOf = (key: string | undefined) => (key === undefined ? -1 : rows.findIndex((row) => row.key === key))
  const focusRow = (index: number) => {
    const row = rows[index]
    if (!row?.message) return
    setFocused(row.key)
    list.current?.scrollToIndex(index, { align: 'nearest' })
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-id="${row.key}"]`)?.focus({ preventScroll: true }),
    )
  }

  const onKeyDown = (event: React.KeyboardEvent) => {
    const element = event.target as HTMLElement
    if (!element.matches('[data-message]') || event.ctrlKey || event.metaKey || event.altKey) return
    const at = indexOf(element.dataset.id)
    if (at < 0) return
    const steps: Record<string, number> = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }
    const to = steps[event.key]
    if (to === undefined || !rows[to]) return
    event.preventDefault()
    focusRow(to)
  }

  const tabStop = indexOf(focused) >= 0 ? focused : rows.findLast((row) => row.message)?.key
  const kept = [indexOf(focused), indexOf(editing)].filter((index) => index >= 0)
  const isEmptyAbove = !history.hasOlder
  const newBelow = view.atEnd ? 0 : unread
  const isUnreadAbove = unreadFrom !== undefined && unread > 0 && view.isLineAbove

  return (
    <div className="relative min-h-0 flex-1">
      <Layer>
        {/* A scrollable area must be reachable by keyboard; inside, arrow keys go from message to message. What the
          pointer and the keys do here is done once for all rows, which come and go. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the messages in it are the targets */}
        <div
          ref={scroller}
          tabIndex={0}
          role="region"
          aria-label="Messages"
          onPointerOver={(event) => pointer.isAt(keyAt(event.target))}
          onPointerLeave={() => pointer.isAt(undefined)}
          onFocus={(event) => {
            const key = keyAt(event.target)
            if (key !== undefined) setFocused(key)
          }}
          onBlur={({ relatedTarget }) => {
            // What can be done with a message stays there while one is at it, or in what it opened.
            if (!relatedTarget?.closest('[data-message], [role=menu], [role=alertdialog]')) setFocused(undefined)
          }}
          onKeyDown={onKeyDown}
          className={cx(
            'flex h-full flex-col overflow-y-auto overscroll-contain -outline-offset-2 [overflow-anchor:none]',
            !isPlaced && 'invisible',
          )}
        >
          <div className="grow" />
          <Virtualizer
            ref={list}
            scrollRef={scroller}
            data={rows}
            shift={shift}
            keepMounted={kept}
            onScroll={() => {
              pointer.pass()
              look()
            }}
            onScrollEnd={() => {
              pointer.rest()
              settle()
            }}
            onResize={() => {
              if (isAtEnd.current) toEnd()
            }}
          >
            {(row) => (
              <div key={row.key} className={cx(row.key === lastKey && 'pb-3')}>
                {row.day !== undefined && <DaySeparator day={dayOf(row.day, now)} />}
                {row.isFirstUnread && <UnreadLine />}
                {row.message ? (
                  <MessageRow
                    message={row.message}
                    change={row.change}
                    author={authorOf(row.message.authorId)}
                    isContinued={row.isContinued && row.day === undefined}
                    isLinked={place.at === 'message' && row.message.version === place.version}
                    isEditing={editing === row.key}
                    isActive={pointer.at === row.key || focused === row.key}
                    isTabStop={tabStop === row.key}
                    mayWrite={props.mayWrite}
                    mayEdit={props.mayWrite && row.message.authorId === me.id}
                    mayDelete={props.mayModerate || (props.mayWrite && row.message.authorId === me.id)}
                    authorOf={authorOf}
                    me={me.id}
                    onAction={onAction}
                    onReact={onReact}
                    onEdited={props.onEdited}
                    onJump={jumpTo}
                    showAttachments={props.showAttachments}
                  />
                ) : (
                  <OutgoingRow outgoing={row.outgoing} author={me} isContinued={row.isContinued} />
                )}
              </div>
            )}
          </Virtualizer>
        </div>
      </Layer>
      <Announcer messages={history.messages} meId={me.id} authorOf={authorOf} />
      {isLoading && !isEmptyAbove && (
        <span
          role="status"
          className="absolute top-2 left-1/2 -translate-x-1/2 rounded-full bg-raised p-1.5 shadow-near"
        >
          <LoaderCircle aria-hidden className="size-4 animate-spin text-ink-soft" />
          <span className="sr-only">Loading more messages</span>
        </span>
      )}
      {isUnreadAbove && (
        <Button
          variant="primary"
          size="small"
          onClick={() => onJump({ at: 'unread', version: unreadFrom })}
          className="absolute top-3 left-1/2 -translate-x-1/2 rounded-full! shadow-far"
        >
          <ArrowUp aria-hidden className="size-4" />
          Jump to first unread
        </Button>
      )}
      {(view.far || newBelow > 0) && (
        <Button
          variant={newBelow > 0 ? 'primary' : 'secondary'}
          size="small"
          onClick={() => (history.hasNewer ? onJump({ at: 'end', version: Infinity }) : toEnd())}
          className="absolute right-4 bottom-3 rounded-full! shadow-far"
        >
          <ArrowDown aria-hidden className="size-4" />
          {newBelow > 0 ? `${countOf(newBelow)} new` : 'Jump to latest'}
        </Button>
      )}
    </div>
  )
}

/** The message that something happened in. */
const keyAt = (target: EventTarget) =>
  target instanceof Element ? target.closest<HTMLElement>('[data-message]')?.dataset.id : undefined

const countOf = (count: number) => (count > 999 ? '999+' : String(count))

/**
 * The message under the pointer. Those that only pass below it while the list scrolls are not meant, and to show what can
 * be done with each of them would cost more than to show the messages.
 */
function usePointer() {
  const [at, setAt] = useState<string>()
  const latest = useRef({ at, isPassing: false })
  return {
    at,
    isAt: (key: string | undefined) => {
      latest.current.at = key
      if (!latest.current.isPassing) setAt(key)
    },
    pass: () => (latest.current.isPassing = true),
    rest: () => {
      latest.current.isPassing = false
      setAt(latest.current.at)
    },
  }
}

/** Whether rows came or went at the start, so that what is below stays where it is. */
function useShift(rows: readonly Row[]): boolean {
  const [first, last, size] = [rows[0]?.key, rows.at(-1)?.key, rows.length]
  const [known, setKnown] = useState({ first, last, size, shift: false })
  if (known.first === first && known.last === last && known.size === size) return known.shift
  const next = { first, last, size, shift: known.first !== first && known.last === last }
  setKnown(next)
  return next.shift
}

const DaySeparator = ({ day }: { day: string }) => (
  <div className="flex items-center gap-3 px-4 py-3 text-xs font-medium text-ink-soft">
    <span aria-hidden className="h-px flex-1 bg-line" />
    <h2>{day}</h2>
    <span aria-hidden className="h-px flex-1 bg-line" />
  </div>
)

const UnreadLine = () => (
  <div
    role="separator"
    aria-label="New messages"
    className="flex items-center gap-2 px-4 py-1 text-xs font-semibold text-danger"
  >
    <span aria-hidden className="h-px flex-1 bg-danger" />
    <span aria-hidden>New</span>
  </div>
)
