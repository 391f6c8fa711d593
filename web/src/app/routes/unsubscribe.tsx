import { createLazyRoute, useSearch } from '@tanstack/react-router'
import { unsubscribe } from '@/features/notifications/api'
import { MailButton } from '@/app/MailButton'

function Unsubscribe() {
  const { token } = useSearch({ from: '/unsubscribe' })
  return (
    <MailButton
      title="No more of these mails?"
      lead="Mails like the one you came from end. What happens still appears in Renexus."
      button="End these mails"
      act={() => unsubscribe(token)}
      otherwise="You can choose what comes under Settings, Notifications."
      done={{
        title: 'These mails have ended',
        lead: 'You can have them back at any time under Settings, Notifications.',
        next: 'Open Renexus',
        to: '/',
      }}
    />
  )
}

export const route = createLazyRoute('/unsubscribe')({ component: Unsubscribe })
