import { createLazyRoute, Link, useParams } from '@tanstack/react-router'
import { MessagesSquare } from 'lucide-react'
import { buttonLook } from '@/components/Button'
import { ScreenHeader } from '@/components/ScreenHeader'
import { State } from '@/components/State'
import { ConnectionStatus } from '@/app/ConnectionStatus'

function WorkspaceHome() {
  const { workspaceId } = useParams({ from: '/member/w/$workspaceId/' })
  return (
    <>
      <ScreenHeader title="Threads" actions={<ConnectionStatus />} />
      <div className="min-h-0 flex-1">
        <State
          icon={MessagesSquare}
          title="Pick a thread, or start one"
          action={
            <Link to="/w/$workspaceId/members" params={{ workspaceId }} className={buttonLook()}>
              Invite people
            </Link>
          }
        >
          Threads are on the left. What you write there reaches everybody in the workspace at once.
        </State>
      </div>
    </>
  )
}

export const route = createLazyRoute('/member/w/$workspaceId/')({ component: WorkspaceHome })
