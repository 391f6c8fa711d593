import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { Form } from '@/components/Form'
import { TextField } from '@/components/TextField'
import { signIn } from './api'
import { signInSchema } from './schemas'

export function SignInForm() {
  const form = useForm({ resolver: zodResolver(signInSchema), defaultValues: { email: '', password: '' } })
  const { errors } = form.formState

  return (
    <Form form={form} onSubmit={signIn} submit="Sign in" wide>
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
        autoComplete="current-password"
        error={errors.password?.message}
        {...form.register('password')}
      />
    </Form>
  )
}
