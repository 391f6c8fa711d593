import { Link } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { buttonLook } from '@/components/Button'
import { lastFilters } from '@/features/content/last-view'

/** The way back to the content as one looked at it last: the list, the board or the calendar, with its filters. */
export const BackToContent = ({ workspaceId }: { workspaceId: string }) => (
  <Link
    to="/w/$workspaceId/content"
    params={{ workspaceId }}
    search={lastFilters(workspaceId)}
    aria-label="Back to the content"
    className={buttonLook({ variant: 'quiet', size: 'icon' })}
  >
    <ArrowLeft aria-hidden className="size-5" />
  </Link>
)
