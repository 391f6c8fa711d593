import { useSuspenseQuery } from '@tanstack/react-query'
import { createLazyRoute, useParams } from '@tanstack/react-router'
import { ScreenHeader } from '@/components/ScreenHeader'
import { workspaces } from '@/features/workspaces/api'
import { InviteForm } from '@/features/workspaces/InviteForm'
import { MemberList } from '@/features/workspaces/MemberList'
import { mayInvite } from '@/features/workspaces/roles'
import { BackToThreads } from '@/app/BackToThreads'
import { ConnectionStatus } from '@/app/ConnectionStatus'

function Members() {
  const { workspaceId } = useParams({ from: '/member/w/$workspaceId/members' })
  const { data: role } = useSuspenseQuery({
    ...workspaces,
    select: (known) => known.find((workspace) => workspace.id === workspaceId)?.role,
  })

  return (
    <>
      <ScreenHeader title="People" back={<BackToThreads workspaceId={workspaceId} />} actions={<ConnectionStatus />} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex max-w-2xl flex-col gap-8 p-6 max-md:p-4">
          {mayInvite(role) && (
            <section aria-labelledby="invite" className="flex flex-col gap-3">
              <h2 id="invite" className="font-semibold">
                Invite somebody
              </h2>
              <InviteForm workspaceId={workspaceId} />
            </section>
          )}
          <section aria-labelledby="members" className="flex flex-col gap-3">
            <h2 id="members" className="font-semibold">
              Members
            </h2>
            <MemberList workspaceId={workspaceId} />
          </section>
        </div>
      </div>
    </>
  )
}

export const route = createLazyRoute('/member/w/$workspaceId/members')({ component: Members })
