import { createLazyRoute, Link, useRouteContext, useSearch } from '@tanstack/react-router'
import { ForgotPasswordForm } from '@/features/accounts/ForgotPasswordForm'
import { Entrance } from '@/app/Entrance'
import { textLink } from '@/app/text-link'

function Forgot() {
  const search = useSearch({ from: '/forgot' })
  const isSignedIn = useRouteContext({ from: '/forgot', select: (context) => context.isSignedIn })
  return (
    <Entrance
      title="Forgot your password?"
      lead="Tell us your email address, and we send a link with which you choose a new one."
      footer={
        isSignedIn ? (
          <Link to="/settings/security" className={textLink}>
            Back to security
          </Link>
        ) : (
          <Link to="/sign-in" search={search} className={textLink}>
            Back to signing in
          </Link>
        )
      }
    >
      <ForgotPasswordForm email={search.email} />
    </Entrance>
  )
}

export const route = createLazyRoute('/forgot')({ component: Forgot })
