import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Member } from '@/api/types'
import { ConfirmDialog } from '@/components/ConfirmDialog'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { toast } from '@/components/toasts'
import { workspaceChannel } from '@/lib/channels'
import { useNow } from '@/lib/react/use-now'
import { usePresence } from '@/lib/react/use-presence'
import { changeRole, membersOf, removeMember, transferWorkspace, withMember, workspaces } from './api'
import { MemberRow } from './MemberRow'
import { lastSeenIn, presenceText } from './presence'
import { nameOfRole } from './roles'

/** What somebody wants done with a member and has to confirm. */
type Wish = { what: 'remove' | 'transfer'; member: Member } | { what: 'owner'; member: Member }

interface MemberListProps {
  workspaceId: string
  /** One's own role and id: they decide what is offered. */
  role: string | null | undefined
  myId: string
}

export function MemberList({ workspaceId, role, myId }: MemberListProps) {
  const cache = useQueryClient()
  const { data: members, error, refetch } = useQuery(membersOf(workspaceId))
  const [wish, setWish] = useState<Wish>()
  const here = usePresence(workspaceChannel(workspaceId))
  const lastSeen = useQuery(lastSeenIn(workspaceId))
  const now = useNow(60_000)

  const take = (member: Member) =>
    cache.setQueryData(
      membersOf(workspaceId).queryKey,
      (known) => known && withMember(known, { op: 'update', resourceId: member.userId, data: member }),
    )

  const giveRole = async (member: Member, next: string) => {
    take(await changeRole(workspaceId, member.userId, next))
    toast({ message: `${member.name} is now ${nameOfRole(next).toLowerCase()}.`, tone: 'success' })
  }

  if (error) return <ErrorState error={error} title="The members could not be loaded" onRetry={() => void refetch()} />
  if (!members) return <LoadingState label="Loading members" pictures />

  return (
    <>
      <ul className="flex flex-col divide-y divide-line">
        {members.map((member) => (
          <MemberRow
            key={member.userId}
            member={member}
            role={role}
            isMe={member.userId === myId}
            isHere={here.has(member.userId)}
            presence={presenceText(here.has(member.userId), lastSeen.data?.get(member.userId), now)}
            onRole={(next) => {
              if (next !== 'owner') return giveRole(member, next)
              setWish({ what: 'owner', member })
            }}
            onRemove={() => setWish({ what: 'remove', member })}
            onTransfer={() => setWish({ what: 'transfer', member })}
          />
        ))}
      </ul>
      <ConfirmDialog
        open={wish?.what === 'remove'}
        onOpenChange={() => setWish(undefined)}
        title={`Remove ${wish?.member.name ?? ''}?`}
        confirm="Remove"
        dangerous
        onConfirm={async () => {
          if (!wish) return
          const { userId } = wish.member
          await removeMember(workspaceId, userId)
          cache.setQueryData(
            membersOf(workspaceId).queryKey,
            (known) => known && withMember(known, { op: 'delete', resourceId: userId, data: undefined }),
          )
        }}
      >
        {wish?.member.name} loses access to this workspace at once. What was written stays, and you can invite this
        person again.
      </ConfirmDialog>
      <ConfirmDialog
        open={wish?.what === 'owner'}
        onOpenChange={() => setWish(undefined)}
        title={`Make ${wish?.member.name ?? ''} an owner?`}
        confirm="Make owner"
        onConfirm={() => wish && giveRole(wish.member, 'owner')}
      >
        An owner may do everything, deleting the workspace included. You stay owner too.
      </ConfirmDialog>
      <ConfirmDialog
        open={wish?.what === 'transfer'}
        onOpenChange={() => setWish(undefined)}
        title={`Hand this workspace over to ${wish?.member.name ?? ''}?`}
        confirm="Hand over"
        dangerous
        onConfirm={async () => {
          if (!wish) return
          await transferWorkspace(workspaceId, wish.member.userId)
          await Promise.all([
            cache.invalidateQueries({ queryKey: membersOf(workspaceId).queryKey }),
            cache.invalidateQueries({ queryKey: workspaces.queryKey, exact: true }),
          ])
          toast({ message: `${wish.member.name} owns this workspace now.`, tone: 'success' })
        }}
      >
        {wish?.member.name} becomes the owner and you an admin. Only the new owner can give it back.
      </ConfirmDialog>
    </>
  )
}
