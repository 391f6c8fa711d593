import { createLazyRoute, useParams } from '@tanstack/react-router'
import { TrashScreen } from '@/features/content/TrashScreen'
import { mayInvite, mayWrite } from '@/features/workspaces/roles'
import { BackToContent } from '@/app/BackToContent'
import { ConnectionStatus } from '@/app/ConnectionStatus'
import { useWorkspace } from '@/app/use-workspace'

const FROM = '/member/w/$workspaceId/trash'

function Trash() {
  const { workspaceId } = useParams({ from: FROM })
  const role = useWorkspace(workspaceId)?.role
  return (
    <TrashScreen
      workspaceId={workspaceId}
      mayWrite={mayWrite(role)}
      mayDelete={mayInvite(role)}
      back={<BackToContent workspaceId={workspaceId} />}
      status={<ConnectionStatus />}
    />
  )
}

export const route = createLazyRoute(FROM)({ component: Trash })
