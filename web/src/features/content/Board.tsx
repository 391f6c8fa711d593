import { Link } from '@tanstack/react-router'
import { useRef, useState, type DragEvent, type KeyboardEvent } from 'react'
import { Virtualizer } from 'virtua'
import type { ContentItem } from '@/api/types'
import { Avatar } from '@/components/Avatar'
import { Count } from '@/components/Badge'
import { cx } from '@/components/cx'
import { dateOf } from '@/lib/dates'
import { changeItem } from './api'
import { ApproveDialog } from './ApproveDialog'
import { Label } from './ItemList'
import { KindIcon } from './KindIcon'
import { columnsOf, hindrance, type Column, type Rights } from './moves'
import type { NameOf } from './people'
import { nameOfStatus } from './words'

interface BoardProps {
  items: readonly ContentItem[]
  nameOf: NameOf
  rights: Rights
}

/** An item on its way, by the keys or under the pointer, and the column it is over. */
interface Move {
  item: ContentItem
  to: string
}

const HELP = 'Space takes a card, the arrows choose the column, Enter puts it there, Escape leaves it.'

/** About how high a card is, until it is there to be measured. */
const CARD = 100

/** Content by how far it has come. A card is moved with the pointer or the keys, wherever its status allows. */
export function Board({ items, nameOf, rights }: BoardProps) {
  const columns = columnsOf(items)
  const [move, setMove] = useState<Move>()
  const [said, setSaid] = useState('')
  const [approving, setApproving] = useState<string>()
  /** Whose card takes the focus where it is next: in another column it is another element, which comes a moment later. */
  const moved = useRef<Move>(undefined)
  const place = (card: HTMLElement | null, item: ContentItem) => {
    if (!card || moved.current?.item.id !== item.id || moved.current.to !== item.status) return
    // The list shows an element only once it knows its height.
    card.focus()
    if (document.activeElement === card) moved.current = undefined
    else if (card.isConnected) requestAnimationFrame(() => place(card, item))
  }

  const say = (item: ContentItem, to: string) => {
    const why = to === item.status ? undefined : hindrance(item, to, rights)
    setSaid(`“${item.title}” over ${nameOfStatus(to)}. ${why ?? 'Enter puts it there.'}`)
  }
  const cancel = () => {
    setMove(undefined)
    setSaid('Left where it was.')
  }
  const drop = ({ item, to }: Move) => {
    setMove(undefined)
    if (to === item.status) return
    const why = hindrance(item, to, rights)
    if (why !== undefined) {
      setSaid(why)
      return
    }
    if (to === 'approved') {
      // What is approved is what its person sees, and a card shows a title only.
      setApproving(item.id)
      return
    }
    moved.current = { item, to }
    changeItem(item, { status: to })
    setSaid(`“${item.title}” is now in ${nameOfStatus(to)}.`)
  }

  const onKeyDown = (event: KeyboardEvent, item: ContentItem) => {
    if (!move) {
      if (event.key !== ' ') return
      event.preventDefault()
      if (!rights.mayWrite) {
        setSaid(hindrance(item, '', rights) ?? '')
        return
      }
      setMove({ item, to: item.status })
      setSaid(`“${item.title}” is taken. ${HELP}`)
      return
    }
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      const at = columns.findIndex(({ status }) => status === move.to)
      const to = columns[Math.min(columns.length - 1, Math.max(0, at + step))]?.status ?? move.to
      setMove({ item: move.item, to })
      say(move.item, to)
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      drop(move)
    } else if (event.key === 'Escape') {
      event.preventDefault()
      cancel()
    } else if (event.key === 'Tab') {
      cancel()
    }
  }

  return (
    <>
      <div
        role="region"
        aria-label="Board"
        tabIndex={0}
        className="flex min-h-0 flex-1 gap-3 overflow-x-auto p-4 -outline-offset-2 max-md:p-2"
      >
        {columns.map((column) => (
          <BoardColumn
            key={column.status}
            column={column}
            nameOf={nameOf}
            move={move}
            why={move && hindrance(move.item, column.status, rights)}
            mayMove={rights.mayWrite}
            onPlace={place}
            onKeyDown={onKeyDown}
            onTake={(item) => setMove({ item, to: item.status })}
            onOver={() => move && move.to !== column.status && setMove({ ...move, to: column.status })}
            onDrop={() => move && drop({ ...move, to: column.status })}
            onEnd={() => setMove(undefined)}
          />
        ))}
      </div>
      <p role="status" className="sr-only">
        {said}
      </p>
      <p id="board-help" className="sr-only">
        {HELP}
      </p>
      <ApproveDialog itemId={approving} onClose={() => setApproving(undefined)} />
    </>
  )
}

interface BoardColumnProps {
  column: Column
  nameOf: NameOf
  move: Move | undefined
  /** Why what is on its way cannot come here. */
  why: string | undefined
  mayMove: boolean
  onPlace: (card: HTMLElement | null, item: ContentItem) => void
  onKeyDown: (event: KeyboardEvent, item: ContentItem) => void
  onTake: (item: ContentItem) => void
  onOver: () => void
  onDrop: () => void
  onEnd: () => void
}

function BoardColumn({ column: { status, items }, move, why, ...props }: BoardColumnProps) {
  const { nameOf, mayMove, onPlace, onKeyDown, onTake, onOver, onDrop, onEnd } = props
  const scroller = useRef<HTMLDivElement>(null)
  const isOver = move?.to === status && move.item.status !== status

  const onDragOver = (event: DragEvent) => {
    if (!move) return
    onOver()
    if (why === undefined) event.preventDefault()
  }

  return (
    // What is dropped on it can be put there by the keys too.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      aria-label={nameOfStatus(status)}
      onDragOver={onDragOver}
      onDrop={(event) => {
        event.preventDefault()
        onDrop()
      }}
      className={cx(
        'flex w-64 min-w-56 flex-1 flex-col rounded-xl border bg-ground max-md:w-[82vw] max-md:flex-none max-md:shrink-0',
        isOver ? (why === undefined ? 'border-accent-ink bg-selected' : 'border-danger') : 'border-line',
      )}
    >
      <h2 className="flex h-11 shrink-0 items-center gap-2 px-3 text-sm font-semibold">
        {nameOfStatus(status)}
        <Count value={items.length} of="items" />
      </h2>
      {isOver && (
        <p aria-hidden className={cx('px-3 pb-2 text-xs', why === undefined ? 'text-ink-selected' : 'text-danger')}>
          {why ?? 'Put it here'}
        </p>
      )}
      <div ref={scroller} className="min-h-16 flex-1 overflow-y-auto px-2 pb-2">
        {items.length === 0 ? (
          <p className="px-1 py-2 text-xs text-ink-soft">Nothing here.</p>
        ) : (
          <Virtualizer scrollRef={scroller} as="ul" item="li" itemSize={CARD} data={items}>
            {(item) => (
              <Card
                key={item.id}
                item={item}
                assignee={nameOf(item.assigneeId)}
                isTaken={move?.item.id === item.id}
                mayMove={mayMove}
                onPlace={onPlace}
                onKeyDown={onKeyDown}
                onTake={onTake}
                onEnd={onEnd}
              />
            )}
          </Virtualizer>
        )}
      </div>
    </section>
  )
}

interface CardProps {
  item: ContentItem
  assignee: string
  isTaken: boolean
  mayMove: boolean
  onPlace: (card: HTMLElement | null, item: ContentItem) => void
  onKeyDown: (event: KeyboardEvent, item: ContentItem) => void
  onTake: (item: ContentItem) => void
  onEnd: () => void
}

function Card({ item, assignee, isTaken, mayMove, onPlace, onKeyDown, onTake, onEnd }: CardProps) {
  const { id, workspaceId, kind, title, labels, plannedAt, assigneeId } = item
  return (
    <Link
      to="/w/$workspaceId/c/$itemId"
      params={{ workspaceId, itemId: id }}
      ref={(card: HTMLAnchorElement | null) => onPlace(card, item)}
      data-item={id}
      draggable={mayMove}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = 'move'
        event.dataTransfer.setData('text/plain', title)
        onTake(item)
      }}
      onDragEnd={onEnd}
      aria-describedby="board-help"
      onKeyDown={(event) => onKeyDown(event, item)}
      className={cx(
        'mb-2 flex flex-col gap-2 rounded-lg border bg-surface p-3 text-sm shadow-near hover:border-line-control',
        isTaken ? 'border-accent-ink ring-2 ring-accent' : 'border-line',
      )}
    >
      <span className="flex items-start gap-2">
        <KindIcon kind={kind} />
        <span className="line-clamp-3 min-w-0 flex-1 font-medium">{title}</span>
        {assigneeId !== null && (
          <span title={assignee}>
            <Avatar id={assigneeId} name={assignee} size="tiny" />
            <span className="sr-only">, {assignee} works on it</span>
          </span>
        )}
      </span>
      {(labels.length > 0 || plannedAt !== null) && (
        <span className="flex flex-wrap items-center gap-1.5">
          {labels.slice(0, 3).map((label) => (
            <Label key={label} name={label} />
          ))}
          {plannedAt !== null && (
            <span className="ml-auto text-xs text-ink-soft">
              <span className="sr-only">planned for </span>
              {dateOf(plannedAt)}
            </span>
          )}
        </span>
      )}
    </Link>
  )
}
