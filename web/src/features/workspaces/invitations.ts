import { queryOptions } from '@tanstack/react-query'
import type { Invitation, InvitationPreview, Page, Workspace } from '@/api/types'
import { anonymous, http } from '@/lib/client'
import { everyPage } from '@/lib/paging'

/** What the link of an invitation says to whoever holds it. */
export const offer = (token: string) =>
  queryOptions({
    queryKey: ['invitations', token],
    queryFn: ({ signal }) =>
      anonymous.get<InvitationPreview>(`/api/invitations/${encodeURIComponent(token)}`, { signal }),
    // Looking again after one's own yes would find it gone.
    staleTime: Infinity,
  })

export const acceptInvitation = (token: string) =>
  http.post<Workspace>(`/api/invitations/${encodeURIComponent(token)}/accept`)

/** Those that went out and are still open. */
export const invitationsOf = (workspaceId: string) =>
  queryOptions({
    queryKey: ['workspaces', workspaceId, 'invitations'],
    queryFn: ({ signal }) =>
      everyPage((cursor) =>
        http.get<Page<Invitation>>(`/api/workspaces/${workspaceId}/invitations`, {
          signal,
          query: { limit: 200, cursor },
        }),
      ),
  })

export const resendInvitation = (workspaceId: string, id: string) =>
  http.post(`/api/workspaces/${workspaceId}/invitations/${id}/resend`)

export const revokeInvitation = (workspaceId: string, id: string) =>
  http.delete(`/api/workspaces/${workspaceId}/invitations/${id}`)
