import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { createLazyRoute, Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { FileText } from 'lucide-react'
import { useMemo } from 'react'
import type { Member } from '@/api/types'
import { me } from '@/features/accounts/api'
import { buttonLook } from '@/components/Button'
import { SidePanel, SidePanelToggle } from '@/components/SidePanel'
import { threadWith } from '@/features/threads/api'
import { membersOf, workspaces } from '@/features/workspaces/api'
import { mayInvite, mayWrite } from '@/features/workspaces/roles'
import { BackToThreads } from '@/app/BackToThreads'
import { ConnectionStatus } from '@/app/ConnectionStatus'
import { ThreadDetails } from '@/app/ThreadDetails'
import { ThreadWithFiles } from '@/app/ThreadWithFiles'

const FROM = '/member/w/$workspaceId/t/$threadId'

/** Who wrote something, the same object each time: hundreds of rows compare it. */
function authorsAmong(members: readonly Member[] | undefined) {
  const authors = new Map(members?.map(({ userId, name }) => [userId, { id: userId, name }]))
  // Until the members are here nobody is called a former one.
  const name = members ? 'Former member' : '…'
  return (userId: string | null) => {
    const id = userId ?? 'gone'
    const known = authors.get(id) ?? { id, name }
    authors.set(id, known)
    return known
  }
}

function Thread() {
  const { workspaceId, threadId } = useParams({ from: FROM })
  const { m: link } = useSearch({ from: FROM })
  const navigate = useNavigate()
  const { data: user } = useSuspenseQuery(me)
  const { data: role } = useSuspenseQuery({
    ...workspaces,
    select: (known) => known.find((workspace) => workspace.id === workspaceId)?.role,
  })
  const { data: members } = useQuery(membersOf(workspaceId))

  const authorOf = useMemo(() => authorsAmong(members), [members])
  const people = useMemo(() => members?.map(({ userId, name }) => ({ id: userId, name })) ?? [], [members])

  return (
    <>
      <ThreadWithFiles
        key={threadId}
        threadId={threadId}
        workspaceId={workspaceId}
        link={link}
        me={user}
        people={people}
        authorOf={authorOf}
        mayWrite={mayWrite(role)}
        mayModerate={mayInvite(role)}
        back={<BackToThreads workspaceId={workspaceId} />}
        status={
          <>
            <ConnectionStatus />
            <ToItsText workspaceId={workspaceId} threadId={threadId} />
            <SidePanelToggle />
          </>
        }
        onUnlink={() =>
          void navigate({ to: '/w/$workspaceId/t/$threadId', params: { workspaceId, threadId }, replace: true })
        }
        onDeleted={() => void navigate({ to: '/w/$workspaceId', params: { workspaceId }, replace: true })}
      />
      <SidePanel title="Details">
        <ThreadDetails workspaceId={workspaceId} threadId={threadId} />
      </SidePanel>
    </>
  )
}

/** A mention leads to its thread; what that comments on is one step away. */
function ToItsText({ workspaceId, threadId }: { workspaceId: string; threadId: string }) {
  const { data: thread } = useQuery(threadWith(threadId))
  if (thread?.contentId == null) return null
  return (
    <Link
      to="/w/$workspaceId/c/$itemId"
      params={{ workspaceId, itemId: thread.contentId }}
      search={{ comment: threadId }}
      className={buttonLook({ size: 'small' })}
    >
      <FileText aria-hidden className="size-3.5" />
      Show in the text
    </Link>
  )
}

export const route = createLazyRoute(FROM)({ component: Thread })
