import { useSuspenseQuery } from '@tanstack/react-query'
import { createLazyRoute, useParams, useSearch } from '@tanstack/react-router'
import { me } from '@/features/accounts/api'
import { ExportList } from '@/features/exports/ExportList'
import { BackToThreads } from '@/app/BackToThreads'
import { SettingsPage } from '@/app/SettingsPage'
import { useWorkspace } from '@/app/use-workspace'
import { WorkspaceTabs } from '@/app/WorkspaceTabs'

function Export() {
  const { workspaceId } = useParams({ from: '/member/w/$workspaceId/export' })
  const { archive } = useSearch({ from: '/member/w/$workspaceId/export' })
  const { data: user } = useSuspenseQuery(me)
  const role = useWorkspace(workspaceId)?.role

  return (
    <SettingsPage title="Export" back={<BackToThreads workspaceId={workspaceId} />}>
      <WorkspaceTabs workspaceId={workspaceId} role={role} />
      <ExportList key={workspaceId} workspaceId={workspaceId} userId={user.id} shown={archive} />
    </SettingsPage>
  )
}

export const route = createLazyRoute('/member/w/$workspaceId/export')({ component: Export })
