import { useSuspenseQuery } from '@tanstack/react-query'
import { createLazyRoute, useParams } from '@tanstack/react-router'
import { SettingsSection } from '@/components/SettingsSection'
import { me } from '@/features/accounts/api'
import { InvitationList } from '@/features/workspaces/InvitationList'
import { InviteForm } from '@/features/workspaces/InviteForm'
import { MemberList } from '@/features/workspaces/MemberList'
import { mayInvite } from '@/features/workspaces/roles'
import { BackToThreads } from '@/app/BackToThreads'
import { SettingsPage } from '@/app/SettingsPage'
import { useWorkspace } from '@/app/use-workspace'
import { WorkspaceTabs } from '@/app/WorkspaceTabs'

function Members() {
  const { workspaceId } = useParams({ from: '/member/w/$workspaceId/members' })
  const { data: user } = useSuspenseQuery(me)
  const role = useWorkspace(workspaceId)?.role

  return (
    <SettingsPage title="People" back={<BackToThreads workspaceId={workspaceId} />}>
      <WorkspaceTabs workspaceId={workspaceId} role={role} />
      {mayInvite(role) && (
        <SettingsSection
          title="Invite somebody"
          description="Who has an account here is in at once; everybody else gets a mail."
        >
          <InviteForm workspaceId={workspaceId} />
        </SettingsSection>
      )}
      <SettingsSection title="Members">
        <MemberList workspaceId={workspaceId} role={role} myId={user.id} />
      </SettingsSection>
      {mayInvite(role) && (
        <SettingsSection title="Open invitations">
          <InvitationList workspaceId={workspaceId} role={role} />
        </SettingsSection>
      )}
    </SettingsPage>
  )
}

export const route = createLazyRoute('/member/w/$workspaceId/members')({ component: Members })
