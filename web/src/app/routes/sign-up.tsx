import { createLazyRoute, Link, useSearch } from '@tanstack/react-router'
import { ProviderButtons } from '@/features/accounts/ProviderButtons'
import { SignUpForm } from '@/features/accounts/SignUpForm'
import { Entrance } from '@/app/Entrance'
import { textLink } from '@/app/text-link'

function SignUp() {
  const search = useSearch({ from: '/entrance' })
  return (
    <Entrance
      title="Create your account"
      lead="Talk, write and publish together with your team."
      footer={
        <>
          Already have an account?{' '}
          <Link to="/sign-in" search={search} className={textLink}>
            Sign in
          </Link>
        </>
      }
    >
      <SignUpForm email={search.email} />
      <ProviderButtons errand={{ what: 'sign-in', next: search.next ?? '/' }} />
    </Entrance>
  )
}

export const route = createLazyRoute('/entrance/sign-up')({ component: SignUp })
