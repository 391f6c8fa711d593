import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { SearchX, TextSearch } from 'lucide-react'
import type { ReactNode } from 'react'
import type { SearchHit } from '@/api/types'
import { Avatar } from '@/components/Avatar'
import { Button } from '@/components/Button'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { State } from '@/components/State'
import { ago, exactTime } from '@/lib/dates'
import { searchIn, type HitType } from './api'
import { piecesOf } from './highlights'

interface SearchResultsProps {
  workspaceId: string
  q: string
  /** Only these; everything when it is left out. */
  type?: HitType | undefined
  nameOf: (userId: string | null) => string
  /** How the kind of a content item is shown. */
  kindIcon: (kind: string) => ReactNode
}

/** What was found, each leading to where it stands; what is on the screen stays when the next page fails. */
export function SearchResults({ workspaceId, q, type, nameOf, kindIcon }: SearchResultsProps) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    searchIn(workspaceId, q, type),
  )
  const hits = data?.pages.flatMap((page) => page.items)

  if (q.trim() === '')
    return (
      <State icon={TextSearch} title="Search this workspace">
        In all messages that you can see, and in the titles, labels and texts of the content. The beginning of a word is
        enough; "words in quotes" stand so, and -word leaves out what has it.
      </State>
    )
  if (!hits)
    return error ? (
      <ErrorState error={error} title="The search did not work" onRetry={() => void refetch()} />
    ) : (
      <LoadingState label="Searching" rows={5} />
    )
  if (hits.length === 0)
    return (
      <State icon={SearchX} title={`Nothing found for “${q}”`}>
        Try fewer words, or only the beginning of one.
      </State>
    )
  return (
    <div className="flex flex-col gap-3">
      <ol aria-label="Found" className="flex flex-col divide-y divide-line">
        {hits.map((hit) => (
          <li key={hit.id}>
            {hit.threadId == null ? (
              <FoundItem hit={hit} kindIcon={kindIcon} />
            ) : (
              <FoundMessage hit={hit} threadId={hit.threadId} author={nameOf(hit.authorId)} />
            )}
          </li>
        ))}
      </ol>
      {error && <Notice tone="danger">{describe(error)}</Notice>}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()} className="self-center">
          Show more
        </Button>
      )}
    </div>
  )
}

const rowLook = '-mx-2 flex gap-3 rounded-lg px-2 py-3 hover:bg-hover'

const FoundMessage = ({ hit, threadId, author }: { hit: SearchHit; threadId: string; author: string }) => (
  <Link
    to="/w/$workspaceId/t/$threadId"
    params={{ workspaceId: hit.workspaceId, threadId }}
    search={{ m: String(hit.version) }}
    className={rowLook}
  >
    <Avatar id={hit.authorId ?? 'gone'} name={author} size="small" />
    <span className="flex min-w-0 flex-1 flex-col gap-0.5">
      <span className="flex flex-wrap items-baseline gap-x-2 text-xs text-ink-soft">
        <span className="text-sm font-semibold text-ink">{author}</span>
        <span className="truncate">in {hit.title}</span>
        <Age hit={hit} />
      </span>
      <Excerpt hit={hit} />
    </span>
  </Link>
)

const FoundItem = ({ hit, kindIcon }: { hit: SearchHit; kindIcon: SearchResultsProps['kindIcon'] }) => (
  <Link to="/w/$workspaceId/c/$itemId" params={{ workspaceId: hit.workspaceId, itemId: hit.id }} className={rowLook}>
    {/* As wide as an avatar, so that the words of all rows stand in one line. */}
    <span className="flex w-7 shrink-0 justify-center pt-0.5">{kindIcon(hit.kind ?? 'post')}</span>
    <span className="flex min-w-0 flex-1 flex-col gap-0.5">
      <span className="flex flex-wrap items-baseline gap-x-2 text-xs text-ink-soft">
        <span className="min-w-0 truncate text-sm font-semibold text-ink">{hit.title}</span>
        <Age hit={hit} />
      </span>
      <Excerpt hit={hit} />
    </span>
  </Link>
)

const Age = ({ hit }: { hit: SearchHit }) => (
  <time dateTime={hit.createdAt} title={exactTime(hit.createdAt)}>
    {ago(hit.createdAt)}
  </time>
)

const Excerpt = ({ hit }: { hit: SearchHit }) => (
  <span className="text-sm leading-relaxed wrap-anywhere">
    {piecesOf(hit.excerpt, hit.highlights).map(({ text, isFound }, index) =>
      isFound ? (
        <mark key={index} className="rounded-sm bg-warning-ground px-0.5 text-warning">
          {text}
        </mark>
      ) : (
        text
      ),
    )}
  </span>
)
