import { infiniteQueryOptions } from '@tanstack/react-query'
import type { AuditRecord, Page } from '@/api/types'
import { http } from '@/lib/client'
import { queryOf, type AuditFilters } from './filters'

const PAGE = 50

const trail = (path: string, key: readonly unknown[], filters: AuditFilters) =>
  infiniteQueryOptions({
    queryKey: [...key, filters],
    queryFn: ({ signal, pageParam }) =>
      http.get<Page<AuditRecord>>(path, { signal, query: { ...queryOf(filters), limit: PAGE, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })

export const trailOf = (workspaceId: string, filters: AuditFilters) =>
  trail(`/api/workspaces/${workspaceId}/audit`, ['workspaces', workspaceId, 'audit'], filters)

/** What happened around one's own account. */
export const ownTrail = trail('/api/me/audit', ['me', 'audit'], {})

export type ExportFormat = 'csv' | 'jsonl'

/** Everything that the filters find, not only what is on the screen. */
export const exportTrail = (workspaceId: string, filters: AuditFilters, format: ExportFormat) =>
  http.download(`/api/workspaces/${workspaceId}/audit/export`, { query: { ...queryOf(filters), format } })
