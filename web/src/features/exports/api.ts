import { queryOptions, type QueryClient } from '@tanstack/react-query'
import type { ExportLink, Page, WorkspaceExport } from '@/api/types'
import { http } from '@/lib/client'
import { everyPage } from '@/lib/paging'

/** Whoever asked for an archive is told how far it is; whoever else looks asks now and then. */
const OFTEN = 5_000

export const isUnderWay = ({ state }: WorkspaceExport): boolean => state === 'waiting' || state === 'running'

export const exportsOf = (workspaceId: string) =>
  queryOptions({
    queryKey: ['exports', workspaceId],
    queryFn: ({ signal }) =>
      everyPage((cursor) =>
        http.get<Page<WorkspaceExport>>(`/api/workspaces/${workspaceId}/exports`, { signal, query: { cursor } }),
      ),
    refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? OFTEN : false),
  })

export const startExport = (workspaceId: string) => http.post<WorkspaceExport>(`/api/workspaces/${workspaceId}/exports`)

/** Cancels one in the making, removes one that is made. */
export const removeExport = ({ workspaceId, id }: WorkspaceExport) =>
  http.delete(`/api/workspaces/${workspaceId}/exports/${id}`)

/** An address that the browser itself downloads from, straight into a file. */
export const linkTo = ({ workspaceId, id }: WorkspaceExport) =>
  http.post<ExportLink>(`/api/workspaces/${workspaceId}/exports/${id}/link`)

export const refreshExports = (cache: QueryClient, workspaceId?: string) =>
  cache.invalidateQueries({ queryKey: workspaceId === undefined ? ['exports'] : ['exports', workspaceId] })
