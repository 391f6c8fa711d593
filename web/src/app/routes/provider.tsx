import { useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { buttonLook } from '@/components/Button'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { comeBack, errandOfTab, type Errand } from '@/features/accounts/providers'
import { StepUpDialog } from '@/features/accounts/StepUpDialog'
import { Entrance } from '@/app/Entrance'
import type { ProviderAnswer } from '@/app/provider-answer'
import { Starting } from '@/app/Starting'

const titles: Record<Errand['what'], string> = {
  'sign-in': 'Signing in did not work',
  connect: 'Connecting did not work',
  prove: 'It was not confirmed',
}

/** Where a provider sends people back to. What stands in the address works once, so it is taken out of it first. */
function Provider() {
  const { providerId } = useParams({ from: '/sign-in/$providerId' })
  const [{ code, state, error }] = useState<ProviderAnswer>(useSearch({ from: '/sign-in/$providerId' }))
  const navigate = useNavigate()
  const cache = useQueryClient()
  const [errand] = useState(errandOfTab)
  const [failure, setFailure] = useState<string>()
  const isDone = useRef(false)

  useEffect(() => {
    if (isDone.current) return
    isDone.current = true
    window.history.replaceState(null, '', window.location.pathname)
    void (async () => {
      if (code === undefined || state === undefined) {
        setFailure(error === 'access_denied' ? 'You did not agree there.' : 'The provider did not let you through.')
        return
      }
      try {
        await comeBack(providerId, errand, { code, state })
        await cache.invalidateQueries({ queryKey: ['me'] })
        await navigate({ href: errand.next, replace: true })
      } catch (refusal) {
        setFailure(describe(refusal))
      }
    })()
  }, [cache, code, errand, error, navigate, providerId, state])

  if (failure === undefined)
    return (
      <>
        <Starting />
        {errand.what === 'connect' && <StepUpDialog />}
      </>
    )
  return (
    <Entrance title={titles[errand.what]} lead="Nothing was changed.">
      <Notice tone="danger">{failure}</Notice>
      <Link
        to={errand.what === 'sign-in' ? '/sign-in' : '/settings/security'}
        className={buttonLook({ variant: 'primary', size: 'large' })}
      >
        {errand.what === 'sign-in' ? 'Back to sign in' : 'Back to security'}
      </Link>
    </Entrance>
  )
}

export const route = createLazyRoute('/sign-in/$providerId')({ component: Provider })
