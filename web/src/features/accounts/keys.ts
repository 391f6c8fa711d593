import { queryOptions } from '@tanstack/react-query'
import type { ApiKey, NewApiKey, Page } from '@/api/types'
import { http } from '@/lib/client'
import { everyPage } from '@/lib/paging'

export const apiKeys = queryOptions({
  queryKey: ['me', 'keys'],
  queryFn: ({ signal }) =>
    everyPage((cursor) => http.get<Page<ApiKey>>('/api/me/keys', { signal, query: { limit: 200, cursor } })),
})

/** The key itself is told this once; the server keeps a hash. */
export const createApiKey = (input: { name: string; scopes: string[]; expiresAt: string }) =>
  http.post<NewApiKey>('/api/me/keys', input)

export const revokeApiKey = (id: string) => http.delete(`/api/me/keys/${id}`)

/** What a key can be allowed: all of a level, or less. */
export const scopes = [
  { value: 'read', label: 'Read', hint: 'See whatever keys may see.' },
  { value: 'write', label: 'Write', hint: 'That, and write threads and content.' },
  { value: 'account:read', label: 'Read your account', hint: 'Your name, address and preferences.' },
  { value: 'threads:read', label: 'Read threads' },
  { value: 'threads:write', label: 'Write threads', hint: 'Reading them included.' },
  { value: 'content:read', label: 'Read content' },
  { value: 'content:write', label: 'Write content', hint: 'Reading it included.' },
  { value: 'workspaces:read', label: 'Read workspaces', hint: 'Their names and members.' },
  { value: 'workspaces:admin', label: 'Manage workspaces', hint: 'Names, members and invitations, as far as you may.' },
  { value: 'webhooks:read', label: 'See webhooks', hint: 'Where they lead, and what was sent.' },
  { value: 'webhooks:admin', label: 'Manage webhooks', hint: 'Make, change and delete them, as far as you may.' },
] as const

export const nameOfScope = (value: string): string => scopes.find((scope) => scope.value === value)?.label ?? value
