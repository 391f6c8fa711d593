import { CheckCheck } from 'lucide-react'
import { Button } from '@/components/Button'
import { useUnread } from './NotificationBell'
import { useRead } from './use-read'

/** Stays when there is nothing to read, so that the focus stays too. */
export function ReadAllButton() {
  const unread = useUnread()
  const read = useRead()
  return (
    <Button
      size="small"
      variant="quiet"
      aria-disabled={unread === 0}
      onClick={() => unread > 0 && read.mutate(undefined)}
    >
      <CheckCheck aria-hidden className="size-4" />
      Mark all read
    </Button>
  )
}
