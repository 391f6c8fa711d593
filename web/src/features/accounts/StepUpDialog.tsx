import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import type { SecuritySettings } from '@/api/types'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { field, Form, useSchemaForm } from '@/components/Form'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { Skeleton } from '@/components/Skeleton'
import { TextField } from '@/components/TextField'
import { stepUp } from '@/lib/client'
import { useStore } from '@/lib/react/use-store'
import { PasskeyButton } from './PasskeyButton'
import { proveByPasskey } from './passkeys'
import { ProviderButtons } from './ProviderButtons'
import { identities } from './providers'
import { anyCode } from './schemas'
import { prove, security } from './security'
import { passkeysWork } from './webauthn'

/** Asks who it is before something dangerous, wherever that was begun; `src/app` has one of it on every screen. */
export function StepUpDialog() {
  const request = useStore(stepUp.request)
  return (
    <Dialog
      open={request !== undefined}
      onOpenChange={() => request?.cancel()}
      title="Is it you?"
      description="What you are about to do concerns the safety of your account or your workspace, so confirm who you are. It holds for 15 minutes."
    >
      {request && <Proofs onDone={request.done} />}
    </Dialog>
  )
}

function Proofs({ onDone }: { onDone: () => void }) {
  const { data, error, refetch } = useQuery(security)
  if (data) return <Choice known={data} onDone={onDone} />
  if (error)
    return (
      <div className="flex flex-col items-start gap-3">
        <Notice tone="danger">{describe(error)}</Notice>
        <Button onClick={() => void refetch()}>Try again</Button>
      </div>
    )
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-3">
      <Skeleton className="h-11" />
      <Skeleton className="h-10 w-32" />
    </div>
  )
}

type Kind = 'password' | 'code' | 'passkey'

const names: Record<Kind, string> = { password: 'Use the password', code: 'Use a code', passkey: 'Use a passkey' }

function Choice({ known, onDone }: { known: SecuritySettings; onDone: () => void }) {
  const factors: readonly Kind[] = [
    ...(known.totp ? (['code'] as const) : []),
    ...(known.passkeys.length > 0 && passkeysWork() ? (['passkey'] as const) : []),
  ]
  // Where there is a second factor, the password alone proves too little.
  const ways: readonly Kind[] = factors.length === 0 && known.hasPassword ? ['password'] : factors
  const [chosen, setChosen] = useState<Kind | undefined>(ways[0])

  if (chosen === undefined) return <ProviderProof />
  return (
    <div className="flex flex-col gap-4">
      {chosen === 'password' && <PasswordProof email={known.email} onDone={onDone} />}
      {chosen === 'code' && <CodeProof onDone={onDone} />}
      {chosen === 'passkey' && <PasskeyProof onDone={onDone} />}
      {ways.length > 1 && (
        <div className="flex flex-wrap gap-1 border-t border-line pt-3">
          {ways
            .filter((way) => way !== chosen)
            .map((way) => (
              <Button key={way} variant="quiet" size="small" onClick={() => setChosen(way)}>
                {names[way]}
              </Button>
            ))}
        </div>
      )}
    </div>
  )
}

const passwordSchema = z.object({ password: z.string().min(1, 'Enter your password.') })

function PasswordProof({ email, onDone }: { email: string; onDone: () => void }) {
  const form = useSchemaForm(passwordSchema, { password: '' })
  return (
    <Form
      form={form}
      onSubmit={async ({ password }) => {
        await prove({ password })
        onDone()
      }}
      submit="Confirm"
    >
      {/* Tells the password manager whose password is asked for. */}
      <input type="text" autoComplete="username" value={email} readOnly hidden />
      <TextField label="Your password" type="password" autoComplete="current-password" {...field(form, 'password')} />
    </Form>
  )
}

const codeSchema = z.object({ code: anyCode })

function CodeProof({ onDone }: { onDone: () => void }) {
  const form = useSchemaForm(codeSchema, { code: '' })
  return (
    <Form
      form={form}
      onSubmit={async ({ code }) => {
        await prove({ code })
        onDone()
      }}
      submit="Confirm"
    >
      <TextField
        label="Code"
        hint="Of your authenticator app, or one of your recovery codes."
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        {...field(form, 'code')}
      />
    </Form>
  )
}

/** Who comes from a provider proves it there, and does again afterwards what was begun. */
function ProviderProof() {
  const { data } = useQuery(identities)
  const connected = data?.items.flatMap(({ providerId }) => providerId ?? []) ?? []
  if (data && connected.length === 0)
    return (
      <Notice tone="info">This account has nothing to confirm with here. Sign out, sign in again, and go on.</Notice>
    )
  return (
    <ProviderButtons
      errand={{ what: 'prove', next: window.location.pathname + window.location.search }}
      only={connected}
      label={(name) => `Confirm at ${name}`}
    />
  )
}

const PasskeyProof = ({ onDone }: { onDone: () => void }) => (
  <PasskeyButton
    onPress={async () => {
      await proveByPasskey()
      onDone()
    }}
  >
    Confirm with a passkey
  </PasskeyButton>
)
