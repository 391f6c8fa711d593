import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Bell } from 'lucide-react'
import { Count } from '@/components/Badge'
import { cx } from '@/components/cx'
import { Tooltip } from '@/components/Tooltip'
import { notifications } from './api'
import { unreadIn } from './pages'

/** How many notifications this person has not read, on whatever device. */
export const useUnread = () => unreadIn(useInfiniteQuery(notifications).data)

/** The way to what one was told, with how much of it is new. */
export function NotificationBell({ workspaceId }: { workspaceId: string }) {
  const unread = useUnread()
  return (
    <Tooltip label="Notifications" keys="B" side="right">
      <Link
        to="/w/$workspaceId/notifications"
        params={{ workspaceId }}
        aria-keyshortcuts="B"
        className="relative flex size-9 items-center justify-center rounded-lg"
        activeProps={{ className: 'bg-selected text-ink-selected' }}
        inactiveProps={{ className: 'text-ink-soft hover:bg-hover hover:text-ink' }}
      >
        <Bell aria-hidden className="size-5" />
        <span className="sr-only">Notifications</span>
        <UnreadCount value={unread} />
      </Link>
    </Tooltip>
  )
}

/** At the corner of an icon. */
export const UnreadCount = ({ value }: { value: number }) => (
  <span className={cx('absolute -top-1 -right-1.5', value === 0 && 'hidden')}>
    <Count value={value} strong of="unread" />
  </span>
)
