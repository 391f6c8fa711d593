import { infiniteQueryOptions } from '@tanstack/react-query'
import type { Page, SearchHit } from '@/api/types'
import { http } from '@/lib/client'

const PAGE = 30

/** What can be looked for; absent for everything. */
export type HitType = 'message' | 'content'

/** What is found in a workspace, the best first. */
export const searchIn = (workspaceId: string, q: string, type?: HitType) =>
  infiniteQueryOptions({
    queryKey: ['search', workspaceId, q, type],
    queryFn: ({ signal, pageParam }) =>
      http.get<Page<SearchHit>>('/api/search', {
        signal,
        query: { workspaceId, q, type, limit: PAGE, ...(pageParam !== '' && { cursor: pageParam }) },
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    enabled: q.trim() !== '',
    staleTime: 30_000,
  })
