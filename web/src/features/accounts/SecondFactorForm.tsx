import { useEffect, useState } from 'react'
import { z } from 'zod'
import { Button } from '@/components/Button'
import { field, Form, useSchemaForm } from '@/components/Form'
import { signIn } from './api'
import { CodeField } from './CodeField'
import { PasskeyButton } from './PasskeyButton'
import { answer, type Challenge } from './passkeys'
import { recoveryCode, totpCode } from './schemas'
import { refuseCode } from './refuse-code'
import type { HalfSignedIn } from './SignInForm'

const schemas = { totp: z.object({ code: totpCode }), recovery: z.object({ code: recoveryCode }) }

/** The second step of a sign-in: a code of the app, a recovery code, or a passkey instead of both. */
export function SecondFactorForm({ half, onBack }: { half: HalfSignedIn; onBack: () => void }) {
  const others = half.methods.filter((method) => method !== 'passkey')
  const [kind, setKind] = useState<'totp' | 'recovery'>(half.methods.includes('totp') ? 'totp' : 'recovery')

  return (
    <div className="flex flex-col gap-5">
      {others.length > 0 && <CodeForm key={kind} kind={kind} half={half} />}
      {half.challenge && <PasskeyStep half={half} challenge={half.challenge} />}
      <div className="flex flex-wrap justify-between gap-2">
        <Button variant="quiet" size="small" onClick={onBack}>
          Back
        </Button>
        {half.methods.includes(kind === 'totp' ? 'recovery' : 'totp') && (
          <Button variant="quiet" size="small" onClick={() => setKind(kind === 'totp' ? 'recovery' : 'totp')}>
            {kind === 'totp' ? 'Use a recovery code' : 'Use the app instead'}
          </Button>
        )}
      </div>
    </div>
  )
}

const PasskeyStep = ({ half, challenge }: { half: HalfSignedIn; challenge: Challenge }) => (
  <PasskeyButton onPress={async () => signIn({ ...half.input, passkey: await answer(challenge) })}>
    Use a passkey instead
  </PasskeyButton>
)

function CodeForm({ kind, half }: { kind: 'totp' | 'recovery'; half: HalfSignedIn }) {
  const form = useSchemaForm(schemas[kind], { code: '' })
  // The form came in place of another one: the reader goes on here.
  useEffect(() => form.setFocus('code'), [form])

  const submit = async ({ code }: { code: string }) => {
    try {
      await signIn({ ...half.input, code })
    } catch (error) {
      refuseCode(error, (message) => form.setError('code', { message }, { shouldFocus: true }))
    }
  }

  return (
    <Form form={form} onSubmit={submit} submit="Sign in" wide>
      <CodeField kind={kind} {...field(form, 'code')} />
    </Form>
  )
}
