import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { SecuritySettings, TotpEnrolment } from '@/api/types'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/ConfirmDialog'
import { Dialog } from '@/components/Dialog'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { SettingsRow, SettingsSection } from '@/components/SettingsSection'
import { toast } from '@/components/toasts'
import { RecoveryCodes } from './RecoveryCodes'
import { newRecoveryCodes, removeTotp, security, startTotp } from './security'
import { TotpSetUpForm } from './TotpSetUpForm'

const FEW = 3

/** Codes of an authenticator app as the second factor, and the recovery codes for the day the phone is gone. */
export function TotpSection({ known }: { known: SecuritySettings }) {
  const cache = useQueryClient()
  const refresh = () => cache.invalidateQueries({ queryKey: security.queryKey })
  const [setUp, setSetUp] = useState<TotpEnrolment>()
  const [codes, setCodes] = useState<string[]>()
  const [question, setQuestion] = useState<'off' | 'codes'>()
  const leave = () => {
    setSetUp(undefined)
    setCodes(undefined)
  }
  const start = useMutation({ mutationFn: startTotp, onSuccess: setSetUp })

  return (
    <SettingsSection
      title="Second factor"
      description="With a code from an app on your phone, a stolen password opens nothing."
    >
      <SettingsRow title="Authenticator app" hint={known.totp ? 'Asked for at every sign-in.' : 'Not set up.'}>
        {known.totp ? (
          <>
            <Badge tone="success">On</Badge>
            <Button size="small" variant="danger" onClick={() => setQuestion('off')}>
              Turn off
            </Button>
          </>
        ) : (
          <Button busy={start.isPending} onClick={() => start.mutate()}>
            Set up
          </Button>
        )}
      </SettingsRow>
      {start.isError && <Notice tone="danger">{describe(start.error)}</Notice>}

      {(known.totp || known.recoveryCodesLeft > 0) && (
        <SettingsRow
          title="Recovery codes"
          hint={
            known.recoveryCodesLeft === 0
              ? 'None left.'
              : `${known.recoveryCodesLeft} left. Each opens your account once when the phone is gone.`
          }
        >
          {known.recoveryCodesLeft <= FEW && <Badge tone="warning">Few left</Badge>}
          <Button size="small" onClick={() => setQuestion('codes')}>
            New codes
          </Button>
        </SettingsRow>
      )}

      {/* One dialog for both: between two that follow each other the focus has no place to stay. */}
      <Dialog
        open={setUp !== undefined || codes !== undefined}
        onOpenChange={leave}
        title={codes ? 'Your recovery codes' : 'Set up an authenticator app'}
        {...(!codes && { description: 'Any app for one-time codes will do.' })}
      >
        {codes ? (
          <RecoveryCodes codes={codes} account={known.email} onDone={leave} />
        ) : (
          setUp && (
            <TotpSetUpForm
              setUp={setUp}
              onDone={(made) => {
                setCodes(made)
                void refresh()
              }}
            />
          )
        )}
      </Dialog>
      <ConfirmDialog
        open={question === 'codes'}
        onOpenChange={() => setQuestion(undefined)}
        title="Make new recovery codes?"
        confirm="Make new codes"
        onConfirm={async () => {
          setCodes((await newRecoveryCodes()).recoveryCodes)
          void refresh()
        }}
      >
        The codes you have now stop working.
      </ConfirmDialog>
      <ConfirmDialog
        open={question === 'off'}
        onOpenChange={() => setQuestion(undefined)}
        title="Turn off the authenticator app?"
        confirm="Turn off"
        dangerous
        onConfirm={async () => {
          await removeTotp()
          toast({ message: 'Signing in asks for no code any more.' })
          await refresh()
        }}
      >
        From then on the password alone opens your account, and the recovery codes are gone.
      </ConfirmDialog>
    </SettingsSection>
  )
}
