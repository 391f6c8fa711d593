import { ConfirmDialog } from '@/components/ConfirmDialog'
import { documents, outbox } from '@/lib/client'
import { changesIn } from '@/lib/documents/documents'
import { isOfWeight } from '@/lib/outbox'
import { useStore } from '@/lib/react/use-store'
import { asksBeforeSignOut, signOut } from './api'

/** Asked when something waits on this device that signing out would take away. */
export function SignOutQuestion() {
  const count = useStore(outbox.entries).filter(isOfWeight).length + changesIn(useStore(documents.waiting))
  return (
    <ConfirmDialog
      open={useStore(asksBeforeSignOut)}
      onOpenChange={(open) => asksBeforeSignOut.set(open)}
      title={count === 1 ? 'Sign out and lose a change?' : `Sign out and lose ${count} changes?`}
      confirm="Sign out and discard"
      dangerous
      onConfirm={() => signOut({ losingChanges: true })}
    >
      {count === 1 ? 'It is' : 'They are'} not sent yet, and signing out takes everything off this device.
    </ConfirmDialog>
  )
}
