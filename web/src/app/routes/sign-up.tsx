import { createLazyRoute, Link, useSearch } from '@tanstack/react-router'
import { SignUpForm } from '@/features/accounts/SignUpForm'
import { Entrance } from '@/app/Entrance'

function SignUp() {
  const search = useSearch({ from: '/entrance' })
  return (
    <Entrance
      title="Create your account"
      lead="Talk, write and publish together with your team."
      footer={
        <>
          Already have an account?{' '}
          <Link to="/sign-in" search={search} className="font-medium text-accent-ink underline underline-offset-2">
            Sign in
          </Link>
        </>
      }
    >
      <SignUpForm />
    </Entrance>
  )
}

export const route = createLazyRoute('/entrance/sign-up')({ component: SignUp })
