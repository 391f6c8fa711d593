import { useSuspenseQuery } from '@tanstack/react-query'
import type { Workspace } from '@/api/types'
import { Avatar } from '@/components/Avatar'
import { AccountMenu } from '@/features/accounts/AccountMenu'
import { me } from '@/features/accounts/api'
import { NotificationBell } from '@/features/notifications/NotificationBell'
import { WorkspaceRail } from '@/features/workspaces/WorkspaceRail'

interface RailProps {
  workspaceId: string
  workspaces: readonly Workspace[]
  onCreate: () => void
}

/** Outermost on a wide screen: all workspaces, and the person. */
export function Rail({ workspaceId, workspaces, onCreate }: RailProps) {
  const { data: user } = useSuspenseQuery(me)
  return (
    <nav
      aria-label="Workspaces"
      className="flex w-15 shrink-0 flex-col items-center justify-between gap-3 border-r border-line bg-sunken py-2.5 max-md:hidden"
    >
      <div className="min-h-0 overflow-y-auto p-1">
        <WorkspaceRail workspaces={workspaces} onCreate={onCreate} />
      </div>
      <div className="flex flex-col items-center gap-3">
        <NotificationBell workspaceId={workspaceId} />
        <AccountMenu
          side="right"
          align="end"
          trigger={
            <button type="button" title={user.name} className="rounded-full">
              <Avatar id={user.id} name={user.name} />
              <span className="sr-only">Account of {user.name}</span>
            </button>
          }
        />
      </div>
    </nav>
  )
}
