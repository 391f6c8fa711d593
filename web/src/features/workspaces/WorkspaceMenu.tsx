import { Link } from '@tanstack/react-router'
import { ChevronDown, Plus, Users } from 'lucide-react'
import type { Workspace } from '@/api/types'
import { Avatar } from '@/components/Avatar'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '@/components/Menu'

interface WorkspaceMenuProps {
  workspaces: readonly Workspace[]
  current: Workspace
  onCreate: () => void
}

/** The current workspace's name, and the way to its people, to the other workspaces and to a new one. */
export function WorkspaceMenu({ workspaces, current, onCreate }: WorkspaceMenuProps) {
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="flex h-10 min-w-0 items-center gap-1.5 rounded-lg px-2 font-semibold hover:bg-hover"
        >
          <span className="truncate">{current.name}</span>
          <ChevronDown aria-hidden className="size-4 shrink-0 text-ink-soft" />
          <span className="sr-only">, switch workspace</span>
        </button>
      }
    >
      <MenuItem asChild>
        <Link to="/w/$workspaceId/members" params={{ workspaceId: current.id }}>
          <Users aria-hidden className="size-4" />
          People and invitations
        </Link>
      </MenuItem>
      <MenuSeparator />
      <MenuLabel>Workspaces</MenuLabel>
      {workspaces.map((workspace) => (
        <MenuItem key={workspace.id} asChild>
          <Link
            to="/w/$workspaceId"
            params={{ workspaceId: workspace.id }}
            {...(workspace.id === current.id && { 'aria-current': 'true' })}
          >
            <Avatar id={workspace.id} name={workspace.name} size="small" square />
            <span className="max-w-52 truncate">{workspace.name}</span>
          </Link>
        </MenuItem>
      ))}
      <MenuItem onSelect={onCreate}>
        <span className="flex size-7 items-center justify-center">
          <Plus aria-hidden className="size-4" />
        </span>
        New workspace
      </MenuItem>
    </Menu>
  )
}
