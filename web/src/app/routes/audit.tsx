import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { SettingsSection } from '@/components/SettingsSection'
import { trailOf } from '@/features/audit/api'
import { AuditExport } from '@/features/audit/AuditExport'
import { AuditSearch } from '@/features/audit/AuditSearch'
import { auditFilters } from '@/features/audit/filters'
import { Trail } from '@/features/audit/Trail'
import { membersOf } from '@/features/workspaces/api'
import { BackToThreads } from '@/app/BackToThreads'
import { SettingsPage } from '@/app/SettingsPage'
import { useWorkspace } from '@/app/use-workspace'
import { WorkspaceTabs } from '@/app/WorkspaceTabs'

function Audit() {
  const { workspaceId } = useParams({ from: '/member/w/$workspaceId/audit' })
  const filters = useSearch({ from: '/member/w/$workspaceId/audit' })
  const navigate = useNavigate()
  const role = useWorkspace(workspaceId)?.role
  const { data: members = [] } = useQuery(membersOf(workspaceId))

  return (
    <SettingsPage title="Audit trail" back={<BackToThreads workspaceId={workspaceId} />}>
      <WorkspaceTabs workspaceId={workspaceId} role={role} />
      <SettingsSection title="Search" description="Who did what, when and from where. Nobody can change what is here.">
        <AuditSearch
          filters={filters}
          people={members.map(({ userId, name }) => ({ id: userId, name }))}
          onSearch={(next) =>
            void navigate({ to: '/w/$workspaceId/audit', params: { workspaceId }, search: auditFilters({ ...next }) })
          }
        />
      </SettingsSection>
      <SettingsSection title="Trail" action={<AuditExport workspaceId={workspaceId} filters={filters} />}>
        <Trail
          label="Audit trail"
          query={trailOf(workspaceId, filters)}
          empty={
            Object.keys(filters).length > 0 ? 'Search for less, or for other days.' : 'Nothing has happened here yet.'
          }
        />
      </SettingsSection>
    </SettingsPage>
  )
}

export const route = createLazyRoute('/member/w/$workspaceId/audit')({ component: Audit })
