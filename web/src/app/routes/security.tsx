import { createLazyRoute } from '@tanstack/react-router'
import { SecuritySections } from '@/features/accounts/SecuritySections'
import { SessionsSection } from '@/features/accounts/SessionsSection'
import { OwnEvents } from '@/features/audit/OwnEvents'
import { SettingsPage } from '@/app/SettingsPage'

const Security = () => (
  <SettingsPage title="Security">
    <SecuritySections />
    <SessionsSection />
    <OwnEvents />
  </SettingsPage>
)

export const route = createLazyRoute('/member/settings/security')({ component: Security })
