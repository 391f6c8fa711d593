import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { ContentItem } from '@/api/types'
import { credentials, outbox } from '@/lib/client'
import { isOnItsWay, type Outgoing } from '@/lib/outbox'
import { useStore } from '@/lib/react/use-store'
import { contentOf, itemWith } from './api'
import { allWanted, asWanted, creationOf, itemOf } from './wanted'

/** A workspace's content as this person wants it. */
export function useContent(workspaceId: string) {
  const waiting = useStore(outbox.entries)
  const { data, error, refetch } = useQuery(contentOf(workspaceId))
  const me = credentials.userId ?? ''
  const items = useMemo(() => data && allWanted(data, waiting, workspaceId, me), [data, waiting, workspaceId, me])
  return { items, error, refetch }
}

interface OneItem {
  item: ContentItem | undefined
  /** The wish by which it came to be, while the server does not have it. */
  creation: Outgoing | undefined
  error: Error | null
  refetch: () => unknown
}

/** Whether something that this person wants of an item is not on the server yet. */
export const useIsUnsent = (id: string): boolean =>
  useStore(outbox.entries).some((entry) => entry.resource === 'content' && entry.resourceId === id && isOnItsWay(entry))

/** One item as this person wants it, also before the server has it. */
export function useItem(workspaceId: string, id: string): OneItem {
  const waiting = useStore(outbox.entries)
  const creation = creationOf(waiting, id)
  // What the lists know of it is there at once, and where there is no network.
  const { data: listed } = useQuery({
    ...contentOf(workspaceId),
    select: (items) => items.find((one) => one.id === id),
  })
  const { data, error, refetch } = useQuery({ ...itemWith(id), enabled: creation === undefined })
  const me = credentials.userId ?? ''
  const item = useMemo(() => {
    const known = data ?? listed ?? (creation && itemOf(creation, me))
    return known && asWanted(known, waiting)
  }, [data, listed, creation, waiting, me])
  return { item, creation, error: item ? null : error, refetch }
}
