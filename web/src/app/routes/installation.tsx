import { useSuspenseQuery } from '@tanstack/react-query'
import { createLazyRoute, useNavigate, useSearch } from '@tanstack/react-router'
import { SettingsSection } from '@/components/SettingsSection'
import { me } from '@/features/accounts/api'
import { trailOfInstallation } from '@/features/audit/api'
import { AuditExport } from '@/features/audit/AuditExport'
import { AuditSearch } from '@/features/audit/AuditSearch'
import { auditFilters } from '@/features/audit/filters'
import { ProofSection } from '@/features/audit/ProofSection'
import { Trail } from '@/features/audit/Trail'
import { allActions } from '@/features/audit/words'
import { NotFoundScreen } from '@/app/NotFoundScreen'
import { SettingsPage } from '@/app/SettingsPage'

/** What happened anywhere here, for whoever runs the installation. */
function Installation() {
  const filters = useSearch({ from: '/member/settings/installation' })
  const navigate = useNavigate()
  const { data: user } = useSuspenseQuery(me)
  if (!user.isOperator) return <NotFoundScreen />

  return (
    <SettingsPage title="Installation">
      <ProofSection />
      <SettingsSection
        title="Search"
        description="Sign-ins, accounts, and what happened in every workspace. That you looked is recorded too."
      >
        <AuditSearch
          filters={filters}
          actions={allActions}
          onSearch={(next) => void navigate({ to: '/settings/installation', search: auditFilters({ ...next }) })}
        />
      </SettingsSection>
      <SettingsSection title="Trail" action={<AuditExport filters={filters} />}>
        <Trail
          label="Trail of the installation"
          query={trailOfInstallation(filters)}
          empty="Search for less, or for other days."
        />
      </SettingsSection>
    </SettingsPage>
  )
}

export const route = createLazyRoute('/member/settings/installation')({ component: Installation })
