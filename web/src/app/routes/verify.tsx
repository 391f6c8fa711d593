import { useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, useSearch } from '@tanstack/react-router'
import { me } from '@/features/accounts/api'
import { verifyEmail } from '@/features/accounts/mail-links'
import { MailButton } from '@/app/MailButton'

function Verify() {
  const { token } = useSearch({ from: '/verify' })
  const cache = useQueryClient()
  return (
    <MailButton
      title="Confirm your email address"
      lead="One press, and we know that this address is yours."
      button="Confirm"
      act={async () => {
        await verifyEmail(token)
        await cache.invalidateQueries({ queryKey: me.queryKey })
      }}
      otherwise="You can ask for a new link under Settings, Profile."
      done={{
        title: 'Your address is confirmed',
        lead: 'Mail about your account reaches you there. You can close this page or go on.',
        next: 'Go to Renexus',
        to: '/',
      }}
    />
  )
}

export const route = createLazyRoute('/verify')({ component: Verify })
