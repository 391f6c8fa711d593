import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Invitation } from '@/api/types'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/ConfirmDialog'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { describe } from '@/components/problem-form'
import { When } from '@/components/When'
import { dateOf } from '@/lib/dates'
import { useNow } from '@/lib/react/use-now'
import { invitationsOf, resendInvitation, revokeInvitation } from './invitations'
import { mayManage, nameOfRole } from './roles'

/** Who has been asked and has not come yet. */
export function InvitationList({ workspaceId, role }: { workspaceId: string; role: string | null | undefined }) {
  const cache = useQueryClient()
  const { data, error, refetch } = useQuery(invitationsOf(workspaceId))
  const [revoking, setRevoking] = useState<Invitation>()

  if (error)
    return <ErrorState error={error} title="The invitations could not be loaded" onRetry={() => void refetch()} />
  if (!data) return <LoadingState label="Loading invitations" rows={2} />
  if (data.length === 0) return <p className="text-sm text-ink-soft">Nobody is waiting to come in.</p>

  return (
    <>
      <ul className="flex flex-col divide-y divide-line">
        {data.map((invitation) => (
          <Row
            key={invitation.id}
            invitation={invitation}
            mayChange={mayManage(role, invitation.role)}
            onRevoke={() => setRevoking(invitation)}
          />
        ))}
      </ul>
      <ConfirmDialog
        open={revoking !== undefined}
        onOpenChange={() => setRevoking(undefined)}
        title={`Take back the invitation of ${revoking?.email ?? ''}?`}
        confirm="Take back"
        dangerous
        onConfirm={async () => {
          if (!revoking) return
          await revokeInvitation(workspaceId, revoking.id)
          await cache.invalidateQueries({ queryKey: invitationsOf(workspaceId).queryKey })
        }}
      >
        The link in the mail stops working. You can invite this address again.
      </ConfirmDialog>
    </>
  )
}

interface RowProps {
  invitation: Invitation
  mayChange: boolean
  onRevoke: () => void
}

function Row({ invitation, mayChange, onRevoke }: RowProps) {
  const cache = useQueryClient()
  const again = useMutation({
    mutationFn: () => resendInvitation(invitation.workspaceId, invitation.id),
    onSuccess: () => cache.invalidateQueries({ queryKey: invitationsOf(invitation.workspaceId).queryKey }),
  })
  const now = useNow(60_000)
  const hasEnded = Date.parse(invitation.expiresAt) <= now
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3 first:pt-0 last:pb-0">
      <div className="flex min-w-0 flex-col gap-0.5">
        <p className="text-sm font-medium wrap-anywhere">{invitation.email}</p>
        <p className="text-xs text-ink-soft">
          {nameOfRole(invitation.role)} · invited <When at={invitation.createdAt} /> ·{' '}
          {hasEnded ? 'ran out on' : 'good until'} {dateOf(invitation.expiresAt)}
        </p>
        <p role="status" className="text-xs">
          {again.isSuccess && <span className="text-success">Sent again, with a new link.</span>}
          {again.isError && <span className="text-danger">{describe(again.error)}</span>}
        </p>
      </div>
      <div className="flex items-center gap-2">
        {hasEnded && <Badge tone="warning">Ended</Badge>}
        {mayChange && (
          <>
            <Button
              size="small"
              busy={again.isPending}
              aria-label={`Send again to ${invitation.email}`}
              onClick={() => again.mutate()}
            >
              Send again
            </Button>
            <Button
              size="small"
              variant="danger"
              aria-label={`Take back the invitation of ${invitation.email}`}
              onClick={onRevoke}
            >
              Take back
            </Button>
          </>
        )}
      </div>
    </li>
  )
}
