import { useState } from 'react'
import { z } from 'zod'
import { field, Form, useSchemaForm } from '@/components/Form'
import { Notice } from '@/components/Notice'
import { TextField } from '@/components/TextField'
import { askForReset } from './mail-links'
import { email } from './schemas'

const schema = z.object({ email })

/** Says the same whether there is such an account or not, as the server does. */
export function ForgotPasswordForm({ email: known = '' }: { email?: string | undefined }) {
  const [sentTo, setSentTo] = useState<string>()
  const form = useSchemaForm(schema, { email: known })

  return (
    <Form
      form={form}
      onSubmit={async (input) => {
        setSentTo(undefined)
        await askForReset(input.email)
        setSentTo(input.email)
      }}
      submit={sentTo === undefined ? 'Send the link' : 'Send it again'}
      wide
    >
      {sentTo !== undefined && (
        <Notice tone="success">
          If <strong className="wrap-anywhere">{sentTo}</strong> has an account here, a link is on its way. Look into
          the spam folder too.
        </Notice>
      )}
      <TextField label="Email" type="email" autoComplete="username" inputMode="email" {...field(form, 'email')} />
    </Form>
  )
}
