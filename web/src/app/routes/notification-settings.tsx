import { useSuspenseQuery } from '@tanstack/react-query'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { me } from '@/features/accounts/api'
import { NotificationSettingsForm } from '@/features/notifications/NotificationSettingsForm'
import { SettingsPage } from '@/app/SettingsPage'

function NotificationSettingsPage() {
  const { data: user } = useSuspenseQuery(me)
  return (
    <SettingsPage title="Notifications">
      <NotificationSettingsForm
        hindrance={
          user.emailVerified ? undefined : (
            <>
              Mails come once you have confirmed {user.email}, by the link in the mail that went there.{' '}
              <Link to="/settings/profile" className="underline">
                Have it sent again
              </Link>
            </>
          )
        }
      />
    </SettingsPage>
  )
}

export const route = createLazyRoute('/member/settings/notifications')({ component: NotificationSettingsPage })
