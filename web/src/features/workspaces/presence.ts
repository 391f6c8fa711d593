import { queryOptions } from '@tanstack/react-query'
import type { MemberPresence } from '@/api/types'
import { http } from '@/lib/client'
import { ago } from '@/lib/dates'

/** When the members were last here; who is here now comes live. */
export const lastSeenIn = (workspaceId: string) =>
  queryOptions({
    queryKey: ['workspaces', workspaceId, 'presence'],
    queryFn: ({ signal }) =>
      http.get<{ items: MemberPresence[] }>(`/api/workspaces/${workspaceId}/presence`, { signal }),
    select: ({ items }) => new Map(items.map(({ userId, lastActiveAt }) => [userId, lastActiveAt])),
    staleTime: 60_000,
  })

/** "Online", "Active 5 minutes ago", or nothing when nobody knows. */
export const presenceText = (isHere: boolean, lastActiveAt: string | null | undefined, now: number) =>
  isHere ? 'Online' : lastActiveAt == null ? undefined : `Active ${ago(lastActiveAt, now)}`
