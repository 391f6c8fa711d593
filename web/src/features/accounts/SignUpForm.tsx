import { field, Form, useSchemaForm } from '@/components/Form'
import { TextField } from '@/components/TextField'
import { signUp } from './api'
import { signUpSchema } from './schemas'

/** An invited person's address is filled in, because the invitation holds for that one alone. */
export function SignUpForm({ email = '' }: { email?: string | undefined }) {
  const form = useSchemaForm(signUpSchema, { name: '', email, password: '' })

  return (
    <Form form={form} onSubmit={signUp} submit="Create account" wide>
      <TextField label="Name" autoComplete="name" {...field(form, 'name')} />
      <TextField label="Email" type="email" autoComplete="username" inputMode="email" {...field(form, 'email')} />
      <TextField
        label="Password"
        type="password"
        autoComplete="new-password"
        hint="At least 8 characters; a sentence is easier to keep than a riddle."
        {...field(form, 'password')}
      />
    </Form>
  )
}
