import { Link } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { buttonLook } from '@/components/Button'
import { cx } from '@/components/cx'

export const BackToThreads = ({ workspaceId }: { workspaceId: string }) => (
  <Link
    to="/w/$workspaceId"
    params={{ workspaceId }}
    aria-label="Back to the threads"
    className={cx(buttonLook({ variant: 'quiet', size: 'icon' }), 'md:hidden')}
  >
    <ArrowLeft aria-hidden className="size-5" />
  </Link>
)
