import { useQuery } from '@tanstack/react-query'
import { Avatar } from '@/components/Avatar'
import { cx } from '@/components/cx'
import { Dialog } from '@/components/Dialog'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { authorshipOf } from './api'
import { piecesOf, sharesOf } from './authorship'
import type { NameOf } from './people'

interface AuthorshipDialogProps {
  itemId: string
  open: boolean
  nameOf: NameOf
  onClose: () => void
}

/** Who wrote which words of the text as it is now. */
export const AuthorshipDialog = ({ itemId, open, nameOf, onClose }: AuthorshipDialogProps) => (
  <Dialog
    open={open}
    onOpenChange={onClose}
    title="Who wrote this"
    description="Each word by whoever wrote it last."
    size="wide"
  >
    <Authors itemId={itemId} nameOf={nameOf} />
  </Dialog>
)

/** Grounds on which the ink of every theme can be read. Colour repeats the number at the beginning of each piece. */
const grounds = ['bg-selected', 'bg-success-ground', 'bg-warning-ground', 'bg-info-ground', 'bg-unknown-ground']

function Authors({ itemId, nameOf }: { itemId: string; nameOf: NameOf }) {
  const { data, error, refetch } = useQuery(authorshipOf(itemId))
  if (!data)
    return error ? (
      <ErrorState error={error} title="The authors could not be loaded" onRetry={() => void refetch()} />
    ) : (
      <LoadingState label="Loading the authors" />
    )
  const pieces = piecesOf(data.body, data.spans)
  if (pieces.length === 0) return <p className="text-sm text-ink-soft">Nothing is written yet.</p>
  const shares = sharesOf(pieces)
  const looks = new Map(
    shares.map(({ authorId }, index) => [authorId, { number: index + 1, ground: grounds[index % grounds.length] }]),
  )
  return (
    <>
      <ol aria-label="Authors" className="flex flex-wrap gap-x-4 gap-y-1.5">
        {shares.map(({ authorId, percent }) => (
          <li key={authorId ?? 'gone'} className="flex items-center gap-1.5 text-sm">
            <span aria-hidden className="text-2xs font-semibold text-ink-soft tabular-nums">
              {looks.get(authorId)?.number}
            </span>
            <Avatar id={authorId ?? 'gone'} name={nameOf(authorId)} size="tiny" />
            <span className={cx('rounded px-1', looks.get(authorId)?.ground)}>{nameOf(authorId)}</span>
            <span className="text-xs text-ink-soft tabular-nums">{percent} %</span>
          </li>
        ))}
      </ol>
      <div
        role="region"
        aria-label="The text by its authors"
        tabIndex={0}
        className="max-h-[45vh] overflow-y-auto rounded-lg border border-line bg-surface p-4 text-sm leading-relaxed wrap-anywhere whitespace-pre-wrap"
      >
        {pieces.map(({ text, authorId }, index) => (
          <span key={index} title={nameOf(authorId)} className={cx('rounded-xs', looks.get(authorId)?.ground)}>
            <span className="sr-only">{nameOf(authorId)}: </span>
            <sup aria-hidden className="me-px text-2xs font-semibold text-ink-soft select-none">
              {looks.get(authorId)?.number}
            </sup>
            {text}
          </span>
        ))}
      </div>
    </>
  )
}
