import { z } from 'zod'
import { field, Form, useSchemaForm } from '@/components/Form'
import { TextField } from '@/components/TextField'
import { resetPassword } from './mail-links'
import { newPassword } from './schemas'

const schema = z.object({ password: newPassword })

export function ResetPasswordForm({ token, onDone }: { token: string; onDone: () => void }) {
  const form = useSchemaForm(schema, { password: '' })

  return (
    <Form
      form={form}
      onSubmit={async ({ password }) => {
        await resetPassword(token, password)
        onDone()
      }}
      submit="Change the password"
      wide
    >
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        hint="At least 8 characters; a sentence is easier to keep than a riddle."
        {...field(form, 'password')}
      />
    </Form>
  )
}
