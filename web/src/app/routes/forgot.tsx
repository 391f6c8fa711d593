import { createLazyRoute, Link, useSearch } from '@tanstack/react-router'
import { ForgotPasswordForm } from '@/features/accounts/ForgotPasswordForm'
import { Entrance } from '@/app/Entrance'
import { textLink } from '@/app/text-link'

function Forgot() {
  const search = useSearch({ from: '/entrance' })
  return (
    <Entrance
      title="Forgot your password?"
      lead="Tell us your email address, and we send a link with which you choose a new one."
      footer={
        <Link to="/sign-in" search={search} className={textLink}>
          Back to signing in
        </Link>
      }
    >
      <ForgotPasswordForm email={search.email} />
    </Entrance>
  )
}

export const route = createLazyRoute('/entrance/forgot')({ component: Forgot })
