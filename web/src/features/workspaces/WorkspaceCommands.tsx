import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { CircleUser, Layers, Plus, Users } from 'lucide-react'
import type { Workspace } from '@/api/types'
import type { Command } from '@/lib/commands'
import { useCommands, useCommandSource } from '@/lib/react/use-commands'
import { membersOf } from './api'

interface WorkspaceCommandsProps {
  current: Workspace
  workspaces: readonly Workspace[]
  onCreate: () => void
}

/** Keys have nine digits. */
const WITH_KEYS = 9

/** The workspaces and the people of the current one, in the command menu and under the keys. Renders nothing. */
export function WorkspaceCommands({ current, workspaces, onCreate }: WorkspaceCommandsProps) {
  const cache = useQueryClient()
  const navigate = useNavigate()
  const workspaceId = current.id
  const showPeople = () => void navigate({ to: '/w/$workspaceId/members', params: { workspaceId } })

  useCommands([
    {
      id: 'go.people',
      title: 'People',
      keywords: 'members invite invitations roles',
      section: 'Go to',
      icon: Users,
      run: showPeople,
    },
    ...workspaces.map((workspace, index): Command => ({
      id: `workspace.${workspace.id}`,
      title: workspace.name,
      keywords: 'switch workspace organization',
      section: 'Workspaces',
      icon: Layers,
      ...(index < WITH_KEYS && { keys: [`Mod+Alt+${index + 1}`] }),
      run: () => void navigate({ to: '/w/$workspaceId', params: { workspaceId: workspace.id } }),
    })),
    { id: 'workspace.new', title: 'New workspace', section: 'Workspaces', icon: Plus, run: onCreate },
  ])

  useCommandSource('people', (query) =>
    // Before a word is typed there would be nothing to see but people.
    query.trim() === ''
      ? []
      : (cache.getQueryData(membersOf(workspaceId).queryKey) ?? []).map((member) => ({
          id: `person.${member.userId}`,
          title: member.name,
          keywords: member.email,
          section: 'People',
          icon: CircleUser,
          run: showPeople,
        })),
  )

  return null
}
