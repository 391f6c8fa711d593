import { createLazyRoute, Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { buttonLook } from '@/components/Button'
import { Notice } from '@/components/Notice'
import { ResetPasswordForm } from '@/features/accounts/ResetPasswordForm'
import { Entrance } from '@/app/Entrance'
import { textLink } from '@/app/text-link'

function Reset() {
  const { token } = useSearch({ from: '/reset' })
  const [isDone, setDone] = useState(false)

  if (isDone)
    return (
      <Entrance title="Your password is changed" lead="Every device that was signed in has been signed out.">
        <Notice tone="success">From now on the new password counts.</Notice>
        <Link to="/sign-in" className={buttonLook({ variant: 'primary' })}>
          Sign in
        </Link>
      </Entrance>
    )

  return (
    <Entrance
      title="Choose a new password"
      lead="It replaces the old one, and every device that is signed in is signed out."
      footer={
        <>
          The link works once and not for long.{' '}
          <Link to="/forgot" className={textLink}>
            Ask for a new one
          </Link>
        </>
      }
    >
      <ResetPasswordForm token={token} onDone={() => setDone(true)} />
    </Entrance>
  )
}

export const route = createLazyRoute('/reset')({ component: Reset })
