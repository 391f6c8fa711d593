import { createLazyRoute } from '@tanstack/react-router'
import { PreferencesForm } from '@/features/accounts/PreferencesForm'
import { SettingsPage } from '@/app/SettingsPage'

const PreferencesPage = () => (
  <SettingsPage title="Preferences">
    <PreferencesForm />
  </SettingsPage>
)

export const route = createLazyRoute('/member/settings/preferences')({ component: PreferencesPage })
