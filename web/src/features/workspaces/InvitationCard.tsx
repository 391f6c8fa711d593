import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { InvitationPreview, Workspace } from '@/api/types'
import { Avatar } from '@/components/Avatar'
import { Button } from '@/components/Button'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { workspaces } from './api'
import { acceptInvitation, offer } from './invitations'
import { nameOfRole } from './roles'

interface InvitationCardProps {
  token: string
  /** The address of who is signed in, if anybody is. */
  me: string | undefined
  onJoined: (workspace: Workspace) => void
  /** The ways in for who is not signed in. */
  entrance: (offer: InvitationPreview) => ReactNode
  /** The way out for who would rather join as somebody else. */
  leave: ReactNode
}

/** What one is invited to, by whom and as what, and the step that comes next for this visitor. */
export function InvitationCard({ token, me, onJoined, entrance, leave }: InvitationCardProps) {
  const { data, error, refetch } = useQuery(offer(token))

  if (data)
    return (
      <div className="flex flex-col gap-5">
        <Offer offer={data} />
        {me === undefined ? (
          entrance(data)
        ) : (
          <>
            {!sameAddress(me, data.email) && (
              <Notice tone="info">
                The invitation went to <strong className="wrap-anywhere">{data.email}</strong>. You are signed in as{' '}
                <strong className="wrap-anywhere">{me}</strong> and would join with this account.
              </Notice>
            )}
            <Join token={token} name={data.workspaceName} onJoined={onJoined} />
            {!sameAddress(me, data.email) && leave}
          </>
        )}
      </div>
    )
  if (error) return <ErrorState error={error} title="This invitation cannot be used" onRetry={() => void refetch()} />
  return <LoadingState label="Loading the invitation" rows={2} pictures />
}

const sameAddress = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

const Offer = ({ offer: { workspaceName, role, email, invitedBy } }: { offer: InvitationPreview }) => (
  <div className="flex items-center gap-3.5">
    <Avatar id={workspaceName} name={workspaceName} size="large" square />
    <div className="min-w-0">
      <p className="font-semibold wrap-anywhere">{workspaceName}</p>
      <p className="text-sm wrap-anywhere text-ink-soft">
        {invitedBy !== null && `${invitedBy} invites you `}
        {invitedBy === null && 'You are invited '}
        as {nameOfRole(role).toLowerCase()} · {email}
      </p>
    </div>
  </div>
)

function Join({ token, name, onJoined }: { token: string; name: string; onJoined: (workspace: Workspace) => void }) {
  const cache = useQueryClient()
  const join = useMutation({
    mutationFn: () => acceptInvitation(token),
    onSuccess: (workspace) => {
      cache.setQueryData(
        workspaces.queryKey,
        (known) => known && [...known.filter((one) => one.id !== workspace.id), workspace],
      )
      onJoined(workspace)
    },
  })
  return (
    <>
      {join.isError && <Notice tone="danger">{describe(join.error)}</Notice>}
      <Button variant="primary" size="large" busy={join.isPending} onClick={() => join.mutate()}>
        Join {name}
      </Button>
    </>
  )
}
