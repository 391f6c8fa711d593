import { queryOptions } from '@tanstack/react-query'
import type { Page } from '@/api/types'
import { http } from '@/lib/client'
import { everyPage } from '@/lib/paging'

export interface ApiKey {
  id: string
  name: string
  scopes: string[]
  prefix: string
  createdAt: string
  expiresAt: string | null
  lastUsedAt: string | null
}

/** The key itself is told this once; the server keeps a hash. */
export interface NewApiKey extends ApiKey {
  key: string
}

export const apiKeys = queryOptions({
  queryKey: ['me', 'keys'],
  queryFn: ({ signal }) =>
    everyPage((cursor) => http.get<Page<ApiKey>>('/api/me/keys', { signal, query: { limit: 200, cursor } })),
})

export const createApiKey = (input: { name: string; scopes: string[]; expiresAt: string | null }) =>
  http.post<NewApiKey>('/api/me/keys', input)

export const revokeApiKey = (id: string) => http.delete(`/api/me/keys/${id}`)

/** What a key can be allowed. */
export const scopes = [
  { value: 'read', label: 'Read', hint: 'See everything that you can see.' },
  { value: 'write', label: 'Write', hint: 'Write messages and content, and change what you may change.' },
] as const
