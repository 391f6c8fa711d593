import { useQueryClient, useQueryErrorResetBoundary } from '@tanstack/react-query'
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { TriangleAlert, WifiOff } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/Button'
import { describe } from '@/components/problem-form'
import { State } from '@/components/State'
import { Problem, Unreachable } from '@/lib/problem'

/** Stands in for the one area that failed; everything around it lives on. */
export function ErrorScreen({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const boundary = useQueryErrorResetBoundary()
  const cache = useQueryClient()
  const [isTrying, setIsTrying] = useState(false)
  const isFailedCall = error instanceof Problem || error instanceof Unreachable

  const retry = async () => {
    setIsTrying(true)
    if (!isFailedCall) {
      // What broke the screen may be in what is held: all of it is fetched anew before the screen looks again.
      cache.removeQueries({ type: 'inactive' })
      await cache.invalidateQueries()
    }
    setIsTrying(false)
    boundary.reset()
    reset()
    void router.invalidate()
  }

  return (
    <State
      level={1}
      icon={error instanceof Unreachable ? WifiOff : TriangleAlert}
      title={isFailedCall ? 'This could not be loaded' : 'Something broke on this screen'}
      action={
        <Button variant="primary" busy={isTrying} onClick={() => void retry()}>
          Try again
        </Button>
      }
    >
      {isFailedCall ? describe(error) : 'The rest of Renexus keeps working. If it happens again, tell your operator.'}
      {error instanceof Problem && error.traceId !== undefined && (
        <span className="mt-2 block text-xs">Reference: {error.traceId}</span>
      )}
    </State>
  )
}
