import { useMutation, useQuery } from '@tanstack/react-query'
import { createLazyRoute, Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button, buttonLook } from '@/components/Button'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { me, signOut } from '@/features/accounts/api'
import { InvitationCard } from '@/features/workspaces/InvitationCard'
import { offer } from '@/features/workspaces/invitations'
import { credentials } from '@/lib/client'
import { Problem } from '@/lib/problem'
import { useStore } from '@/lib/react/use-store'
import { Entrance } from '@/app/Entrance'

/** The link of an invitation, for those who have an account here and for those who do not yet. */
function Invite() {
  const { token } = useSearch({ from: '/invite' })
  const navigate = useNavigate()
  const isSignedIn = useStore(credentials.signIn) === 'signed-in'
  const { data: user, isPending, error } = useQuery({ ...me, enabled: isSignedIn })
  const invitation = useQuery(offer(token))
  const next = `/invite?token=${encodeURIComponent(token)}`

  if (invitation.error instanceof Problem && invitation.error.status === 404)
    return (
      <Entrance
        title="This invitation is no longer good"
        lead={`${invitation.error.message} Ask whoever invited you for a new one.`}
      >
        <Link to="/" className={buttonLook({ size: 'large' })}>
          Go to Renexus
        </Link>
      </Entrance>
    )

  return (
    <Entrance title="You are invited" lead="Join your team where it talks, writes and publishes.">
      {isSignedIn && error ? (
        <Notice tone="danger">{describe(error)}</Notice>
      ) : isSignedIn && isPending ? (
        <p role="status" className="text-sm text-ink-soft">
          Loading…
        </p>
      ) : (
        <InvitationCard
          token={token}
          me={isSignedIn ? user?.email : undefined}
          onJoined={({ id }) => void navigate({ to: '/w/$workspaceId', params: { workspaceId: id } })}
          entrance={({ email }) => (
            <div className="flex flex-col gap-2">
              <Link
                to="/sign-up"
                search={{ next, email }}
                className={buttonLook({ variant: 'primary', size: 'large' })}
              >
                Create an account
              </Link>
              <Link to="/sign-in" search={{ next, email }} className={buttonLook({ size: 'large' })}>
                I have an account
              </Link>
            </div>
          )}
          leave={<SwitchAccount />}
        />
      )}
    </Entrance>
  )
}

function SwitchAccount() {
  const leave = useMutation({ mutationFn: signOut })
  return (
    <>
      {leave.isError && <Notice tone="danger">{describe(leave.error)}</Notice>}
      <Button size="large" busy={leave.isPending} onClick={() => leave.mutate()}>
        Sign out and use another account
      </Button>
    </>
  )
}

export const route = createLazyRoute('/invite')({ component: Invite })
