import { createLazyRoute, useSearch } from '@tanstack/react-router'
import { denySession } from '@/features/accounts/mail-links'
import { MailButton } from '@/app/MailButton'

function NotMe() {
  const { token } = useSearch({ from: '/not-me' })
  return (
    <MailButton
      title="Was it not you?"
      lead="We sign out the device that the mail told you of, at once."
      button="Sign out that device"
      act={() => denySession(token)}
      otherwise="You can sign out devices under Settings, Security."
      done={{
        title: 'That device is signed out',
        lead: 'Somebody knows your password. Set a new one now, so that it stays out.',
        next: 'Set a new password',
        to: '/forgot',
      }}
    />
  )
}

export const route = createLazyRoute('/not-me')({ component: NotMe })
