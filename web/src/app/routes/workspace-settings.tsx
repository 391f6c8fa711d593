import { useSuspenseQuery } from '@tanstack/react-query'
import { createLazyRoute, useNavigate, useParams } from '@tanstack/react-router'
import { me } from '@/features/accounts/api'
import { WorkspaceSettings } from '@/features/workspaces/WorkspaceSettings'
import { BackToThreads } from '@/app/BackToThreads'
import { SettingsPage } from '@/app/SettingsPage'
import { useWorkspace } from '@/app/use-workspace'
import { WorkspaceTabs } from '@/app/WorkspaceTabs'

function Settings() {
  const { workspaceId } = useParams({ from: '/member/w/$workspaceId/settings' })
  const navigate = useNavigate()
  const { data: user } = useSuspenseQuery(me)
  const workspace = useWorkspace(workspaceId)
  if (!workspace) return null

  return (
    <SettingsPage title="Workspace settings" back={<BackToThreads workspaceId={workspaceId} />}>
      <WorkspaceTabs workspaceId={workspaceId} role={workspace.role} />
      <WorkspaceSettings
        key={workspaceId}
        workspace={workspace}
        myId={user.id}
        onGone={() => void navigate({ to: '/settings/workspaces' })}
      />
    </SettingsPage>
  )
}

export const route = createLazyRoute('/member/w/$workspaceId/settings')({ component: Settings })
