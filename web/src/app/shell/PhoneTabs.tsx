import { Link } from '@tanstack/react-router'
import { Bell, CircleUser, MessagesSquare, Newspaper, Search, Users, type LucideIcon } from 'lucide-react'
import { cx } from '@/components/cx'
import { AccountMenu } from '@/features/accounts/AccountMenu'
import { UnreadCount, useUnread } from '@/features/notifications/NotificationBell'
import { commands } from '@/lib/commands'

const tabLook = 'flex min-h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-xs font-medium'

/** Where the thumb is, on a phone: the places of a workspace. */
export const PhoneTabs = ({ workspaceId }: { workspaceId: string }) => (
  <nav
    aria-label="Workspace"
    className="flex shrink-0 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
  >
    <Tab to="/w/$workspaceId" workspaceId={workspaceId} icon={MessagesSquare} label="Threads" />
    <Tab to="/w/$workspaceId/content" workspaceId={workspaceId} icon={Newspaper} label="Content" />
    <Tab to="/w/$workspaceId/members" workspaceId={workspaceId} icon={Users} label="People" />
    <Tab to="/w/$workspaceId/notifications" workspaceId={workspaceId} icon={Bell} label="News" count={useUnread()} />
    <button type="button" className={cx(tabLook, 'text-ink-soft')} onClick={() => commands.run('menu.open')}>
      <Search aria-hidden className="size-5" />
      Find
    </button>
    <AccountMenu
      side="top"
      align="end"
      trigger={
        <button type="button" className={cx(tabLook, 'text-ink-soft')}>
          <CircleUser aria-hidden className="size-5" />
          Account
        </button>
      }
    />
  </nav>
)

interface TabProps {
  to: '/w/$workspaceId' | '/w/$workspaceId/content' | '/w/$workspaceId/members' | '/w/$workspaceId/notifications'
  workspaceId: string
  icon: LucideIcon
  label: string
  count?: number
}

const Tab = ({ to, workspaceId, icon: Icon, label, count = 0 }: TabProps) => (
  <Link
    to={to}
    params={{ workspaceId }}
    activeOptions={{ exact: true, includeSearch: false }}
    className={tabLook}
    activeProps={{ className: 'text-accent-ink' }}
    inactiveProps={{ className: 'text-ink-soft' }}
  >
    <span className="relative">
      <Icon aria-hidden className="size-5" />
      <UnreadCount value={count} />
    </span>
    {label}
  </Link>
)
