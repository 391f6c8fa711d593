import type { QueryClient } from '@tanstack/react-query'
import type { Workspace } from '@/api/types'
import type { ChangeHandlers } from '@/lib/changes'
import { idIn } from '@/lib/channels'
import { membersOf, withMember, workspaces } from './api'
import { invitationsOf } from './invitations'

export const workspaceChanges: ChangeHandlers<QueryClient> = {
  workspace: (cache, change) => {
    cache.setQueryData(workspaces.queryKey, (known) => {
      if (change.op === 'delete') return known?.filter((workspace) => workspace.id !== change.resourceId)
      // The change tells everybody the same, so it does not carry one's own role.
      return known?.map((workspace) =>
        workspace.id === change.resourceId ? { ...workspace, ...(change.data as Workspace) } : workspace,
      )
    })
  },

  // One's own membership: rare, and it decides what one may see at all.
  membership: (cache) => void cache.invalidateQueries({ queryKey: workspaces.queryKey, exact: true }),

  // Who may not see them has not asked for them.
  invitation: (cache, change) =>
    void cache.invalidateQueries({ queryKey: invitationsOf(idIn(change.channel)).queryKey }),

  member: (cache, change) => {
    cache.setQueryData(membersOf(idIn(change.channel)).queryKey, (known) => known && withMember(known, change))
  },
}
