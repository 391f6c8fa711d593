import type { ReactNode } from 'react'
import { field, Form, useSchemaForm } from '@/components/Form'
import { TextField } from '@/components/TextField'
import { needsSecondFactor, signIn, type SignInInput } from './api'
import type { Challenge } from './passkeys'
import { PasskeySignIn } from './PasskeySignIn'
import { ProviderButtons } from './ProviderButtons'
import { signInSchema } from './schemas'

/** A sign-in whose password was right and that waits for the second factor. */
export interface HalfSignedIn {
  input: SignInInput
  methods: readonly string[]
  /** For the passkeys of this account, where it has any. */
  challenge: Challenge | undefined
}

interface SignInFormProps {
  email?: string | undefined
  onSecondFactor: (half: HalfSignedIn) => void
  /** Where one goes who has forgotten the password. */
  forgot: ReactNode
  /** Where the way back from a provider leads. */
  next: string
}

export function SignInForm({ email = '', onSecondFactor, forgot, next }: SignInFormProps) {
  const form = useSchemaForm(signInSchema, { email, password: '' })

  const submit = async (input: SignInInput) => {
    try {
      await signIn(input)
    } catch (error) {
      if (!needsSecondFactor(error)) throw error
      onSecondFactor({
        input,
        methods: methodsOf(error.members.methods),
        challenge: error.members.passkey as Challenge | undefined,
      })
    }
  }

  return (
    <div className="flex flex-col gap-5">
      <Form form={form} onSubmit={submit} submit="Sign in" wide>
        <TextField
          label="Email"
          type="email"
          autoComplete="username webauthn"
          inputMode="email"
          {...field(form, 'email')}
        />
        <div className="flex flex-col gap-1.5">
          <TextField label="Password" type="password" autoComplete="current-password" {...field(form, 'password')} />
          <p className="text-right text-sm">{forgot}</p>
        </div>
      </Form>
      <PasskeySignIn />
      <ProviderButtons errand={{ what: 'sign-in', next }} />
    </div>
  )
}

const methodsOf = (value: unknown) => (Array.isArray(value) ? value.map(String) : ['totp', 'recovery'])
