import { createLazyRoute } from '@tanstack/react-router'
import { OwnWorkspaces } from '@/features/workspaces/OwnWorkspaces'
import { SettingsPage } from '@/app/SettingsPage'

const Workspaces = () => (
  <SettingsPage title="Workspaces">
    <OwnWorkspaces />
  </SettingsPage>
)

export const route = createLazyRoute('/member/settings/workspaces')({ component: Workspaces })
