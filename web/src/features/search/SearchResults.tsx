import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { SearchX, TextSearch } from 'lucide-react'
import type { SearchHit } from '@/api/types'
import { Avatar } from '@/components/Avatar'
import { Button } from '@/components/Button'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { State } from '@/components/State'
import { ago, exactTime } from '@/lib/dates'
import { searchIn } from './api'
import { piecesOf } from './highlights'

interface SearchResultsProps {
  workspaceId: string
  q: string
  nameOf: (userId: string | null) => string
}

/** What was found, each leading to its message; what is on the screen stays when the next page fails. */
export function SearchResults({ workspaceId, q, nameOf }: SearchResultsProps) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    searchIn(workspaceId, q),
  )
  const hits = data?.pages.flatMap((page) => page.items)

  if (q.trim() === '')
    return (
      <State icon={TextSearch} title="Search this workspace">
        In all messages that you can see. The beginning of a word is enough; "words in quotes" stand so, and -word
        leaves out what has it.
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
      <ol aria-label="Found messages" className="flex flex-col divide-y divide-line">
        {hits.map((hit) => (
          <Hit key={hit.id} hit={hit} author={nameOf(hit.authorId ?? null)} />
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

const Hit = ({ hit, author }: { hit: SearchHit; author: string }) => (
  <li>
    <Link
      to="/w/$workspaceId/t/$threadId"
      params={{ workspaceId: hit.workspaceId, threadId: hit.threadId }}
      search={{ m: String(hit.version) }}
      className="-mx-2 flex gap-3 rounded-lg px-2 py-3 hover:bg-hover"
    >
      <Avatar id={hit.authorId ?? 'gone'} name={author} size="small" />
      <span className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className="flex flex-wrap items-baseline gap-x-2 text-xs text-ink-soft">
          <span className="text-sm font-semibold text-ink">{author}</span>
          <span className="truncate">in {hit.title}</span>
          <time dateTime={hit.createdAt} title={exactTime(hit.createdAt)}>
            {ago(hit.createdAt)}
          </time>
        </span>
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
      </span>
    </Link>
  </li>
)
