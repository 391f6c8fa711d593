import { useNavigate } from '@tanstack/react-router'
import { Bell, CheckCheck } from 'lucide-react'
import { useCommands } from '@/lib/react/use-commands'
import { useUnread } from './NotificationBell'
import { useRead } from './use-read'

/** The way to the notifications, in the command menu and by a key. Renders nothing. */
export function NotificationCommands({ workspaceId }: { workspaceId: string }) {
  const navigate = useNavigate()
  const unread = useUnread()
  const read = useRead()
  useCommands([
    {
      id: 'go.notifications',
      title: 'Notifications',
      keywords: 'bell news inbox unread',
      section: 'Go to',
      keys: ['B'],
      icon: Bell,
      run: () => void navigate({ to: '/w/$workspaceId/notifications', params: { workspaceId } }),
    },
    ...(unread > 0
      ? [
          {
            id: 'notifications.read',
            title: 'Mark all notifications read',
            section: 'General',
            icon: CheckCheck,
            run: () => read.mutate(undefined),
          } as const,
        ]
      : []),
  ])
  return null
}
