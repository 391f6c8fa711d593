import { createLazyRoute } from '@tanstack/react-router'
import { EmailSection } from '@/features/accounts/EmailSection'
import { ProfileSection } from '@/features/accounts/ProfileSection'
import { SettingsPage } from '@/app/SettingsPage'

const Profile = () => (
  <SettingsPage title="Profile">
    <ProfileSection />
    <EmailSection />
  </SettingsPage>
)

export const route = createLazyRoute('/member/settings/profile')({ component: Profile })
