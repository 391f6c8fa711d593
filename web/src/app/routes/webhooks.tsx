import { createLazyRoute, Link, useParams } from '@tanstack/react-router'
import { WebhookList } from '@/features/webhooks/WebhookList'
import { BackToThreads } from '@/app/BackToThreads'
import { SettingsPage } from '@/app/SettingsPage'
import { textLink } from '@/app/text-link'
import { useWorkspace } from '@/app/use-workspace'
import { WorkspaceTabs } from '@/app/WorkspaceTabs'

function Webhooks() {
  const { workspaceId } = useParams({ from: '/member/w/$workspaceId/webhooks' })
  const role = useWorkspace(workspaceId)?.role

  return (
    <SettingsPage title="Webhooks" back={<BackToThreads workspaceId={workspaceId} />}>
      <WorkspaceTabs workspaceId={workspaceId} role={role} />
      <WebhookList
        workspaceId={workspaceId}
        link={({ id, url }) => (
          <Link to="/w/$workspaceId/webhooks/$webhookId" params={{ workspaceId, webhookId: id }} className={textLink}>
            {url}
          </Link>
        )}
      />
    </SettingsPage>
  )
}

export const route = createLazyRoute('/member/w/$workspaceId/webhooks')({ component: Webhooks })
