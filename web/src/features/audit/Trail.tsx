import { useInfiniteQuery } from '@tanstack/react-query'
import { ScrollText } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '@/components/Button'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { State } from '@/components/State'
import type { trailOf } from './api'
import { EntryList } from './EntryList'

interface TrailProps {
  label: string
  query: ReturnType<typeof trailOf>
  /** What to say when there is nothing. */
  empty: ReactNode
  action?: ReactNode
}

/** A trail page by page; what is on the screen stays when the next page fails. */
export function Trail({ label, query, empty, action }: TrailProps) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(query)
  const entries = data?.pages.flatMap((page) => page.items)

  if (!entries)
    return error ? (
      <ErrorState error={error} title="The trail could not be loaded" onRetry={() => void refetch()} />
    ) : (
      <LoadingState label="Loading the trail" rows={5} />
    )
  if (entries.length === 0)
    return (
      <State icon={ScrollText} title="Nothing found" action={action}>
        {empty}
      </State>
    )
  return (
    <div className="flex flex-col gap-3">
      <EntryList label={label} entries={entries} />
      {error && <Notice tone="danger">{describe(error)}</Notice>}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()} className="self-center">
          Show older ones
        </Button>
      )}
    </div>
  )
}
