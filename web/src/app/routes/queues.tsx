import { useSuspenseQuery } from '@tanstack/react-query'
import { createLazyRoute } from '@tanstack/react-router'
import { me } from '@/features/accounts/api'
import { JobsSection } from '@/features/operations/JobsSection'
import { QueuesSection } from '@/features/operations/QueuesSection'
import { NotFoundScreen } from '@/app/NotFoundScreen'
import { SettingsPage } from '@/app/SettingsPage'

/** How work in the background stands, for whoever runs the installation. */
function Queues() {
  const { data: user } = useSuspenseQuery(me)
  if (!user.isOperator) return <NotFoundScreen />

  return (
    <SettingsPage title="Queues and jobs" wide>
      <QueuesSection />
      <JobsSection />
    </SettingsPage>
  )
}

export const route = createLazyRoute('/member/settings/queues')({ component: Queues })
