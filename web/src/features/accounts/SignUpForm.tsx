import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { Form } from '@/components/Form'
import { TextField } from '@/components/TextField'
import { signUp } from './api'
import { signUpSchema } from './schemas'

/** An invited person's address is filled in, because the invitation holds for that one alone. */
export function SignUpForm({ email = '' }: { email?: string | undefined }) {
  const form = useForm({
    resolver: zodResolver(signUpSchema),
    defaultValues: { name: '', email, password: '' },
  })
  const { errors } = form.formState

  return (
    <Form form={form} onSubmit={signUp} submit="Create account" wide>
      <TextField label="Name" autoComplete="name" error={errors.name?.message} {...form.register('name')} />
      <TextField
        label="Email"
        type="email"
        autoComplete="username"
        inputMode="email"
        error={errors.email?.message}
        {...form.register('email')}
      />
      <TextField
        label="Password"
        type="password"
        autoComplete="new-password"
        hint="At least 8 characters; a sentence is easier to keep than a riddle."
        error={errors.password?.message}
        {...form.register('password')}
      />
    </Form>
  )
}
