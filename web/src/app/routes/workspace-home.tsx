import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { createLazyRoute, useParams } from '@tanstack/react-router'
import { MessagesSquare } from 'lucide-react'
import { Button } from '@/components/Button'
import { ScreenHeader } from '@/components/ScreenHeader'
import { State } from '@/components/State'
import { threadsOf } from '@/features/threads/api'
import { membersOf, workspaces } from '@/features/workspaces/api'
import { mayInvite, mayWrite } from '@/features/workspaces/roles'
import { commands } from '@/lib/commands'
import { ConnectionStatus } from '@/app/ConnectionStatus'
import { FirstSteps } from '@/app/FirstSteps'

function WorkspaceHome() {
  const { workspaceId } = useParams({ from: '/member/w/$workspaceId/' })
  const { data: current } = useSuspenseQuery({
    ...workspaces,
    select: (known) => known.find((workspace) => workspace.id === workspaceId),
  })
  const { data: threads } = useQuery({ ...threadsOf(workspaceId), select: (known) => known.length })
  const { data: archived } = useQuery({
    ...threadsOf(workspaceId, true),
    select: (known) => known.length,
    enabled: threads === 0,
  })
  const { data: members } = useQuery({ ...membersOf(workspaceId), select: (known) => known.length })
  const maySay = mayWrite(current?.role)
  return (
    <>
      <ScreenHeader title="Threads" actions={<ConnectionStatus />} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        {current && maySay && threads === 0 && !archived ? (
          <FirstSteps
            workspaceId={workspaceId}
            name={current.name}
            mayInvite={mayInvite(current.role)}
            hasCompany={members !== undefined && members > 1}
          />
        ) : (
          <State
            icon={MessagesSquare}
            title={maySay ? 'Pick a thread, or start one' : 'Pick a thread'}
            action={maySay && <Button onClick={() => commands.run('thread.new')}>Start a thread</Button>}
          >
            {maySay
              ? 'Threads are on the left. What you write there reaches everybody in the workspace at once.'
              : 'Threads are on the left. You can read them; writing is for those whose role allows it.'}
          </State>
        )}
      </div>
    </>
  )
}

export const route = createLazyRoute('/member/w/$workspaceId/')({ component: WorkspaceHome })
