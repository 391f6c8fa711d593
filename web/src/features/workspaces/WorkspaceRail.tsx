import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import type { Workspace } from '@/api/types'
import { Avatar } from '@/components/Avatar'

interface WorkspaceRailProps {
  workspaces: readonly Workspace[]
  onCreate: () => void
}

/** All workspaces side by side, one press away (wide screens; on a phone the menu has them). */
export function WorkspaceRail({ workspaces, onCreate }: WorkspaceRailProps) {
  return (
    <ul className="flex flex-col items-center gap-2">
      {workspaces.map((workspace) => (
        <li key={workspace.id}>
          <Link
            to="/w/$workspaceId"
            params={{ workspaceId: workspace.id }}
            title={workspace.name}
            className="block rounded-[0.9rem] p-0.5 transition-shadow hover:shadow-near"
            activeProps={{ className: 'ring-2 ring-accent-ink' }}
          >
            <Avatar id={workspace.id} name={workspace.name} size="normal" square />
            <span className="sr-only">{workspace.name}</span>
          </Link>
        </li>
      ))}
      <li>
        <button
          type="button"
          onClick={onCreate}
          title="New workspace"
          aria-label="New workspace"
          className="flex size-9 items-center justify-center rounded-xl border border-dashed border-line-control text-ink-soft hover:bg-hover hover:text-ink"
        >
          <Plus aria-hidden className="size-4" />
        </button>
      </li>
    </ul>
  )
}
