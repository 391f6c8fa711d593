import { Link } from '@tanstack/react-router'
import { mayInvite } from '@/features/workspaces/roles'

const pages = [
  { to: '/w/$workspaceId/members', label: 'People' },
  { to: '/w/$workspaceId/settings', label: 'Settings' },
  { to: '/w/$workspaceId/webhooks', label: 'Webhooks', isForManagers: true },
  { to: '/w/$workspaceId/audit', label: 'Audit trail', isForManagers: true },
  { to: '/w/$workspaceId/export', label: 'Export', isForManagers: true },
] as const

/** The pages about a workspace itself; some are for those who manage it. */
export const WorkspaceTabs = ({ workspaceId, role }: { workspaceId: string; role: string | null | undefined }) => (
  <nav aria-label="About this workspace" className="flex gap-1 overflow-x-auto border-b border-line">
    {pages
      .filter((page) => !('isForManagers' in page) || mayInvite(role))
      .map(({ to, label }) => (
        <Link
          key={to}
          to={to}
          params={{ workspaceId }}
          className="-mb-px flex min-h-control shrink-0 items-center border-b-2 px-2.5 text-sm font-medium -outline-offset-2"
          activeProps={{ className: 'border-accent-ink text-ink' }}
          inactiveProps={{ className: 'border-transparent text-ink-soft hover:text-ink' }}
        >
          {label}
        </Link>
      ))}
  </nav>
)
