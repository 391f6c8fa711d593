import { Link, useLocation } from '@tanstack/react-router'
import { useRef } from 'react'
import { mayInvite } from '@/features/workspaces/roles'
import { useCurrentInView } from '@/lib/react/use-current-in-view'

const pages = [
  { to: '/w/$workspaceId/members', label: 'People' },
  { to: '/w/$workspaceId/settings', label: 'Settings' },
  { to: '/w/$workspaceId/webhooks', label: 'Webhooks', isForManagers: true },
  { to: '/w/$workspaceId/audit', label: 'Audit trail', isForManagers: true },
  { to: '/w/$workspaceId/export', label: 'Export', isForManagers: true },
] as const

interface WorkspaceTabsProps {
  workspaceId: string
  role: string | null | undefined
}

/** The pages about a workspace itself; some are for those who manage it. */
export function WorkspaceTabs({ workspaceId, role }: WorkspaceTabsProps) {
  const row = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  useCurrentInView(row, pathname)
  return (
    <nav ref={row} aria-label="About this workspace" className="flex gap-1 overflow-x-auto border-b border-line">
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
}
