import { createLazyRoute } from '@tanstack/react-router'
import { ApiKeysSection } from '@/features/accounts/ApiKeysSection'
import { SettingsPage } from '@/app/SettingsPage'

const ApiKeys = () => (
  <SettingsPage title="API keys">
    <ApiKeysSection />
  </SettingsPage>
)

export const route = createLazyRoute('/member/settings/keys')({ component: ApiKeys })
