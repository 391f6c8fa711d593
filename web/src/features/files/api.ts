import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/react-query'
import type { Page, StoredFile } from '@/api/types'
import { http } from '@/lib/client'
import { freshFor } from './links'

/** Files of a workspace that one sees, the newest first. */
export const filesOf = (workspaceId: string, type = '') =>
  infiniteQueryOptions({
    queryKey: ['files', workspaceId, type],
    queryFn: ({ signal, pageParam }) =>
      http.get<Page<StoredFile>>(`/api/workspaces/${workspaceId}/files`, {
        signal,
        query: { limit: 48, ...(type !== '' && { type }), ...(pageParam !== '' && { cursor: pageParam }) },
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    // Its pictures' addresses end.
    staleTime: freshFor,
  })

/** One file, with an address that is good now. */
export const fileWith = (fileId: string) =>
  queryOptions({
    queryKey: ['file', fileId],
    queryFn: ({ signal }) => http.get<StoredFile>(`/api/files/${fileId}`, { signal }),
    staleTime: freshFor,
    retry: false,
  })

export interface NewFile {
  id: string
  name: string
  size: number
  type: string
  threadId?: string | undefined
}

export const reserve = (workspaceId: string, file: NewFile, signal: AbortSignal) =>
  http.post<StoredFile>(`/api/workspaces/${workspaceId}/files`, file, { signal })

/** The bytes are put together and hashed: with large files that takes its time. */
export const complete = (fileId: string, signal: AbortSignal) =>
  http.post<StoredFile>(`/api/files/${fileId}/complete`, undefined, { signal, timeout: 120_000 })

export const removeFile = (fileId: string) => http.delete(`/api/files/${fileId}`)

export const refreshFiles = (cache: QueryClient, workspaceId: string) =>
  cache.invalidateQueries({ queryKey: ['files', workspaceId] })
