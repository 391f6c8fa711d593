import { queryOptions } from '@tanstack/react-query'
import type { Member, Page, Workspace } from '@/api/types'
import { workspaceChannel } from '@/lib/channels'
import { http, realtime } from '@/lib/client'
import { newId } from '@/lib/ids'
import { everyPage } from '@/lib/paging'

export const workspaces = queryOptions({
  queryKey: ['workspaces'],
  queryFn: ({ signal }) =>
    everyPage((cursor) => http.get<Page<Workspace>>('/api/workspaces', { signal, query: { limit: 200, cursor } })),
  staleTime: Infinity,
})

export const membersOf = (workspaceId: string) =>
  queryOptions({
    queryKey: ['workspaces', workspaceId, 'members'],
    queryFn: async ({ signal }) => {
      const read = (cursor?: string) =>
        http.get<Page<Member>>(`/api/workspaces/${workspaceId}/members`, { signal, query: { limit: 200, cursor } })
      const { value, changes } = await realtime.load(workspaceChannel(workspaceId), () => everyPage(read))
      return changes.filter((change) => change.resource === 'member').reduce(withMember, value)
    },
    staleTime: Infinity,
  })

export const createWorkspace = (name: string) => http.post<Workspace>('/api/workspaces', { id: newId(), name })

export const renameWorkspace = (id: string, name: string) => http.patch<Workspace>(`/api/workspaces/${id}`, { name })

export const deleteWorkspace = (id: string) => http.delete(`/api/workspaces/${id}`)

/** Those that were deleted and can still be had back. */
export const deletedWorkspaces = queryOptions({
  queryKey: ['workspaces', 'deleted'],
  queryFn: ({ signal }) =>
    everyPage((cursor) =>
      http.get<Page<Workspace>>('/api/workspaces', { signal, query: { deleted: true, limit: 200, cursor } }),
    ),
})

export const restoreWorkspace = (id: string) => http.post<Workspace>(`/api/workspaces/${id}/restore`)

/** Makes this member the owner; whoever asks becomes an admin. */
export const transferWorkspace = (id: string, userId: string) => http.post(`/api/workspaces/${id}/transfer`, { userId })

export const changeRole = (workspaceId: string, userId: string, role: string) =>
  http.patch<Member>(`/api/workspaces/${workspaceId}/members/${userId}`, { role })

/** Takes somebody out; with one's own id it is leaving. */
export const removeMember = (workspaceId: string, userId: string) =>
  http.delete(`/api/workspaces/${workspaceId}/members/${userId}`)

export interface InviteInput {
  email: string
  role: string
}

/** Resolves with the member, or with nothing when that person has no account yet and an invitation went out. */
export async function addMember(workspaceId: string, input: InviteInput): Promise<Member | undefined> {
  const answer = await http.post<Partial<Member>>(`/api/workspaces/${workspaceId}/members`, input)
  return answer.userId === undefined ? undefined : (answer as Member)
}

interface MemberChange {
  op: 'create' | 'update' | 'delete'
  resourceId: string
  data: unknown
}

/** The members after a change of one of them; a change that is already in changes nothing. */
export function withMember(members: Member[], { op, resourceId, data }: MemberChange): Member[] {
  const others = members.filter((member) => member.userId !== resourceId)
  if (op === 'delete') return others
  const member = data as Member
  const known = members.findIndex((one) => one.userId === resourceId)
  return known < 0 ? [...members, member] : members.with(known, member)
}
