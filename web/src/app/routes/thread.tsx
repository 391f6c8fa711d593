import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { createLazyRoute, useParams } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { me } from '@/features/accounts/api'
import { SidePanel, SidePanelToggle } from '@/components/SidePanel'
import { ThreadView } from '@/features/threads/ThreadView'
import { membersOf, workspaces } from '@/features/workspaces/api'
import { mayWrite } from '@/features/workspaces/roles'
import { BackToThreads } from '@/app/BackToThreads'
import { ConnectionStatus } from '@/app/ConnectionStatus'
import { ThreadDetails } from '@/app/ThreadDetails'

function Thread() {
  const { workspaceId, threadId } = useParams({ from: '/member/w/$workspaceId/t/$threadId' })
  const { data: user } = useSuspenseQuery(me)
  const { data: role } = useSuspenseQuery({
    ...workspaces,
    select: (known) => known.find((workspace) => workspace.id === workspaceId)?.role,
  })
  const { data: members } = useQuery(membersOf(workspaceId))

  const names = useMemo(() => new Map(members?.map((member) => [member.userId, member.name])), [members])
  const authorOf = useCallback(
    (userId: string | null) => ({
      id: userId ?? 'gone',
      // Until the members are here nobody is called a former one.
      name: names.get(userId ?? '') ?? (names.size === 0 ? '…' : 'Former member'),
    }),
    [names],
  )

  return (
    <>
      <ThreadView
        key={threadId}
        threadId={threadId}
        me={user}
        authorOf={authorOf}
        mayWrite={mayWrite(role)}
        back={<BackToThreads workspaceId={workspaceId} />}
        status={
          <>
            <ConnectionStatus />
            <SidePanelToggle />
          </>
        }
      />
      <SidePanel title="Details">
        <ThreadDetails workspaceId={workspaceId} threadId={threadId} />
      </SidePanel>
    </>
  )
}

export const route = createLazyRoute('/member/w/$workspaceId/t/$threadId')({ component: Thread })
