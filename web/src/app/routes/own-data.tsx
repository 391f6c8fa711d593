import { createLazyRoute } from '@tanstack/react-router'
import { OwnDataSections } from '@/features/accounts/OwnDataSections'
import { SettingsPage } from '@/app/SettingsPage'

const OwnData = () => (
  <SettingsPage title="Your data">
    <OwnDataSections />
  </SettingsPage>
)

export const route = createLazyRoute('/member/settings/data')({ component: OwnData })
