import { createLazyRoute, Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { SecondFactorForm } from '@/features/accounts/SecondFactorForm'
import { SignInForm, type HalfSignedIn } from '@/features/accounts/SignInForm'
import { Entrance } from '@/app/Entrance'
import { textLink } from '@/app/text-link'

function SignIn() {
  const search = useSearch({ from: '/entrance' })
  const [half, setHalf] = useState<HalfSignedIn>()
  // Back from the second step the address is still there, however it came.
  const [email, setEmail] = useState(search.email)

  if (half)
    return (
      <Entrance title="One more step" lead={`The password is right. Now show that it is you, ${half.input.email}.`}>
        <SecondFactorForm half={half} onBack={() => setHalf(undefined)} />
      </Entrance>
    )

  return (
    <Entrance
      title="Sign in"
      lead="Good to see you again."
      footer={
        <>
          New here?{' '}
          <Link to="/sign-up" search={search} className={textLink}>
            Create an account
          </Link>
        </>
      }
    >
      <SignInForm
        email={email}
        next={search.next ?? '/'}
        onSecondFactor={(next) => {
          setEmail(next.input.email)
          setHalf(next)
        }}
        forgot={
          <Link to="/forgot" search={search} className={textLink}>
            Forgot your password?
          </Link>
        }
      />
    </Entrance>
  )
}

export const route = createLazyRoute('/entrance/sign-in')({ component: SignIn })
