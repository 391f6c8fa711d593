import { createLazyRoute } from '@tanstack/react-router'
import { NotificationSettingsForm } from '@/features/notifications/NotificationSettingsForm'
import { SettingsPage } from '@/app/SettingsPage'

const NotificationSettingsPage = () => (
  <SettingsPage title="Notifications">
    <NotificationSettingsForm />
  </SettingsPage>
)

export const route = createLazyRoute('/member/settings/notifications')({ component: NotificationSettingsPage })
