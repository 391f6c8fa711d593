import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { Button } from '@/components/Button'
import { Notice } from '@/components/Notice'
import { showProblem } from '@/components/problem-form'
import { TextField } from '@/components/TextField'
import { signIn, type SignInInput } from './api'
import { signInSchema } from './schemas'

export function SignInForm() {
  const form = useForm<SignInInput>({ resolver: zodResolver(signInSchema), defaultValues: { email: '', password: '' } })
  const { errors, isSubmitting } = form.formState

  const submit = form.handleSubmit((input) =>
    signIn(input).catch((error: unknown) => showProblem(error, ['email', 'password'], form.setError)),
  )

  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
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
      {errors.root?.message !== undefined && <Notice tone="danger">{errors.root.message}</Notice>}
      <Button type="submit" variant="primary" busy={isSubmitting} className="mt-1 min-h-11">
        Sign in
      </Button>
    </form>
  )
}
