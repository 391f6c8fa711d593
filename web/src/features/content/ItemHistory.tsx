import { useInfiniteQuery } from '@tanstack/react-query'
import { History, UserPen } from 'lucide-react'
import { useState } from 'react'
import type { ContentItem, ContentRevision } from '@/api/types'
import { Avatar } from '@/components/Avatar'
import { Button } from '@/components/Button'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { State } from '@/components/State'
import { When } from '@/components/When'
import { sittingsOf } from './api'
import { AuthorshipDialog } from './AuthorshipDialog'
import { RevisionDialog } from './RevisionDialog'
import type { NameOf } from './people'
import { namesOfFields } from './words'

interface ItemHistoryProps {
  item: ContentItem
  nameOf: NameOf
  mayWrite: boolean
}

/** Who changed what and when, newest first: what one person did at one sitting is one step. */
export function ItemHistory({ item, nameOf, mayWrite }: ItemHistoryProps) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(sittingsOf(item.id))
  const [open, setOpen] = useState<ContentRevision>()
  const [showsAuthors, setShowsAuthors] = useState(false)
  const sittings = data?.pages.flatMap(({ items }) => items)

  if (!sittings)
    return error ? (
      <ErrorState error={error} title="The history could not be loaded" onRetry={() => void refetch()} />
    ) : (
      <LoadingState label="Loading the history" pictures />
    )
  return (
    <div className="flex flex-col gap-3">
      <Button size="small" onClick={() => setShowsAuthors(true)} className="self-start">
        <UserPen aria-hidden className="size-3.5" />
        Who wrote this
      </Button>
      {sittings.length === 0 ? (
        <State icon={History} title="No history yet" />
      ) : (
        <ol aria-label="History" className="flex flex-col">
          {sittings.map((sitting) => (
            <li key={sitting.n}>
              <button
                type="button"
                onClick={() => setOpen(sitting)}
                className="flex w-full items-start gap-2.5 rounded-lg px-2 py-2 text-start text-sm hover:bg-hover"
              >
                <Avatar id={sitting.authorId ?? 'gone'} name={nameOf(sitting.authorId)} size="small" />
                <span className="flex min-w-0 flex-1 flex-col">
                  <span className="font-medium">{nameOf(sitting.authorId)}</span>
                  <span className="text-xs text-ink-soft">{whatChanged(sitting)}</span>
                </span>
                <span className="shrink-0 text-xs text-ink-soft">
                  <When at={sitting.createdAt} />
                </span>
              </button>
            </li>
          ))}
        </ol>
      )}
      {hasNextPage && (
        <Button size="small" busy={isFetchingNextPage} onClick={() => void fetchNextPage()} className="self-center">
          Show older ones
        </Button>
      )}
      <RevisionDialog
        item={item}
        sitting={open}
        nameOf={nameOf}
        mayWrite={mayWrite}
        onClose={() => setOpen(undefined)}
      />
      <AuthorshipDialog itemId={item.id} open={showsAuthors} nameOf={nameOf} onClose={() => setShowsAuthors(false)} />
    </div>
  )
}

const events: Readonly<Record<string, string>> = {
  created: 'Created it',
  trashed: 'Moved it to the trash',
  restored: 'Restored it from the trash',
}

/** “Changed the text and the title” */
export function whatChanged({ changed }: Pick<ContentRevision, 'changed'>): string {
  const happened = changed.flatMap((name) => events[name] ?? [])
  const fields = changed.filter((name) => events[name] === undefined)
  const changes = fields.length > 0 ? [`${happened.length > 0 ? 'changed' : 'Changed'} ${namesOfFields(fields)}`] : []
  return [...happened, ...changes].join(', ')
}
