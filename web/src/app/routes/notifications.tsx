import { Link, createLazyRoute, useParams } from '@tanstack/react-router'
import { SlidersHorizontal } from 'lucide-react'
import { buttonLook } from '@/components/Button'
import { NotificationList } from '@/features/notifications/NotificationList'
import { ReadAllButton } from '@/features/notifications/ReadAllButton'
import { BackToThreads } from '@/app/BackToThreads'
import { SettingsPage } from '@/app/SettingsPage'

const FROM = '/member/w/$workspaceId/notifications'

/** What one was told, of all workspaces. */
function Notifications() {
  const { workspaceId } = useParams({ from: FROM })
  return (
    <SettingsPage title="Notifications" back={<BackToThreads workspaceId={workspaceId} />}>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <ReadAllButton />
        <Link to="/settings/notifications" className={buttonLook({ variant: 'quiet', size: 'small' })}>
          <SlidersHorizontal aria-hidden className="size-4" />
          Choose what you hear of
        </Link>
      </div>
      <NotificationList />
    </SettingsPage>
  )
}

export const route = createLazyRoute(FROM)({ component: Notifications })
