import { createLazyRoute, Link, useSearch } from '@tanstack/react-router'
import { SignInForm } from '@/features/accounts/SignInForm'
import { Entrance } from '@/app/Entrance'

function SignIn() {
  const search = useSearch({ from: '/entrance' })
  return (
    <Entrance
      title="Sign in"
      lead="Good to see you again."
      footer={
        <>
          New here?{' '}
          <Link to="/sign-up" search={search} className="font-medium text-accent-ink underline underline-offset-2">
            Create an account
          </Link>
        </>
      }
    >
      <SignInForm />
    </Entrance>
  )
}

export const route = createLazyRoute('/entrance/sign-in')({ component: SignIn })
