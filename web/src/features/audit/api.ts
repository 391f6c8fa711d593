import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { AuditProof, AuditRecord, Page } from '@/api/types'
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

/** What happened in the whole installation, for its operators. */
export const trailOfInstallation = (filters: AuditFilters) =>
  trail('/api/ops/audit', ['installation', 'audit'], filters)

/** How far it is sealed and signed. */
export const auditProof = queryOptions({
  queryKey: ['installation', 'audit-proof'],
  queryFn: ({ signal }) => http.get<AuditProof>('/api/ops/audit/proof', { signal }),
})

/** What happened around one's own account. */
export const ownTrail = trail('/api/me/audit', ['me', 'audit'], {})

export type ExportFormat = 'csv' | 'jsonl'

/** Everything that the filters find, not only what is on the screen: of a workspace, or of the installation. */
export const exportTrail = (workspaceId: string | undefined, filters: AuditFilters, format: ExportFormat) =>
  http.download(workspaceId === undefined ? '/api/ops/audit/export' : `/api/workspaces/${workspaceId}/audit/export`, {
    query: { ...queryOf(filters), format },
  })
