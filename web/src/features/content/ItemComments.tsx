import { MessageSquareText, TextQuote } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import type { ContentComment } from '@/api/types'
import { Avatar } from '@/components/Avatar'
import { Badge } from '@/components/Badge'
import { cx } from '@/components/cx'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { State } from '@/components/State'
import { When } from '@/components/When'
import { useKept } from '@/lib/react/use-kept'
import { inTextOrder } from './comments'
import type { NameOf } from './people'

interface ItemCommentsProps {
  comments: readonly ContentComment[] | undefined
  error: Error | null
  onRetry: () => void
  nameOf: NameOf
  mayWrite: boolean
  /** The one that was open last. */
  last: string | undefined
  /** What is said first in a comment's thread, and what is new in it. */
  preview: (threadId: string) => ReactNode
  onOpen: (id: string) => void
}

/** What is said about places in the text: what is open, and what is resolved. */
export function ItemComments({ comments, error, onRetry, ...props }: ItemCommentsProps) {
  if (comments) return <Loaded comments={comments} {...props} />
  return error ? (
    <ErrorState error={error} title="The comments could not be loaded" onRetry={onRetry} />
  ) : (
    <LoadingState label="Loading comments" pictures />
  )
}

type LoadedProps = Omit<ItemCommentsProps, 'comments' | 'error' | 'onRetry'> & { comments: readonly ContentComment[] }

function Loaded({ comments, nameOf, mayWrite, last, preview, onOpen }: LoadedProps) {
  const [showsResolved, setShowsResolved] = useKept<boolean>('item.comments.resolved', false)
  const list = useRef<HTMLOListElement>(null)
  const shown = inTextOrder(comments.filter(({ resolved }) => resolved === showsResolved))

  useEffect(() => {
    // What had the focus went away with the comment that was open.
    if (last !== undefined && document.activeElement === document.body)
      list.current?.querySelector<HTMLElement>(`[data-opens="${last}"]`)?.focus()
  }, [last])

  return (
    <div className="flex flex-col gap-3">
      <div role="group" aria-label="Which comments" className="flex gap-1">
        {[false, true].map((resolved) => (
          <button
            key={String(resolved)}
            type="button"
            aria-pressed={showsResolved === resolved}
            onClick={() => setShowsResolved(resolved)}
            className={cx(
              'min-h-control-small rounded-full px-2.5 text-xs font-medium tabular-nums',
              showsResolved === resolved
                ? 'bg-selected text-ink-selected'
                : 'text-ink-soft hover:bg-hover hover:text-ink',
            )}
          >
            {resolved ? 'Resolved' : 'Open'} {comments.filter((comment) => comment.resolved === resolved).length}
          </button>
        ))}
      </div>
      {shown.length === 0 ? (
        <State icon={MessageSquareText} title={showsResolved ? 'Nothing is resolved yet' : 'No open comments'}>
          {!showsResolved && mayWrite && 'Select something in the text to say something about it.'}
        </State>
      ) : (
        <ol ref={list} aria-label="Comments" className="flex flex-col gap-2">
          {shown.map((comment) => (
            <li key={comment.id}>
              <button
                type="button"
                data-opens={comment.id}
                onClick={() => onOpen(comment.id)}
                className="flex w-full flex-col gap-2 rounded-xl border border-line bg-surface p-3 text-start text-sm hover:border-line-control hover:bg-hover"
              >
                <Author comment={comment} nameOf={nameOf} />
                <Quote comment={comment} />
                {preview(comment.threadId)}
              </button>
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}

interface PartProps {
  comment: ContentComment
}

/** Who made a comment, and when. */
export const Author = ({ comment: { createdBy, createdAt }, nameOf }: PartProps & { nameOf: NameOf }) => (
  <span className="flex min-w-0 items-center gap-2">
    <Avatar id={createdBy ?? 'gone'} name={nameOf(createdBy)} size="small" />
    <span className="min-w-0 flex-1 truncate font-medium">{nameOf(createdBy)}</span>
    <span className="shrink-0 text-xs text-ink-soft">
      <When at={createdAt} />
    </span>
  </span>
)

/** Words of the text that something is said about. */
export const Quoted = ({ className, children }: { className: string; children: string }) => (
  <span className={cx('border-s-3 border-line-control ps-2.5 wrap-anywhere text-ink-soft', className)}>
    <span className="sr-only">About: </span>
    {children}
  </span>
)

/** What it is about, as that stood there when it was made. */
export const Quote = ({ comment: { quote, orphaned } }: PartProps) => (
  <>
    <Quoted className="line-clamp-3">{quote}</Quoted>
    {orphaned && (
      <span className="flex">
        <Badge icon={TextQuote}>No longer in the text</Badge>
      </span>
    )}
  </>
)
