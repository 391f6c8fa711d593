import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { Button } from '@/components/Button'
import { Notice } from '@/components/Notice'
import { showProblem } from '@/components/problem-form'
import { TextField } from '@/components/TextField'
import { signUp, type SignUpInput } from './api'
import { signUpSchema } from './schemas'

export function SignUpForm() {
  const form = useForm<SignUpInput>({
    resolver: zodResolver(signUpSchema),
    defaultValues: { name: '', email: '', password: '' },
  })
  const { errors, isSubmitting } = form.formState

  const submit = form.handleSubmit((input) =>
    signUp(input).catch((error: unknown) => showProblem(error, ['name', 'email', 'password'], form.setError)),
  )

  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
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
        hint="At least 8 characters."
        error={errors.password?.message}
        {...form.register('password')}
      />
      {errors.root?.message !== undefined && <Notice tone="danger">{errors.root.message}</Notice>}
      <Button type="submit" variant="primary" busy={isSubmitting} className="mt-1 min-h-11">
        Create account
      </Button>
    </form>
  )
}
