import { useQueryClient, useQueryErrorResetBoundary } from '@tanstack/react-query'
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { TriangleAlert, WifiOff } from 'lucide-react'
import { Button } from '@/components/Button'
import { describe } from '@/components/problem-form'
import { State } from '@/components/State'
import { Problem, Unreachable } from '@/lib/problem'

/** Stands in for the one area that failed; everything around it lives on. */
export function ErrorScreen({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const boundary = useQueryErrorResetBoundary()
  const cache = useQueryClient()
  const isFailedCall = error instanceof Problem || error instanceof Unreachable

  const retry = () => {
    boundary.reset()
    // What broke the screen may be in what it held. Nobody else uses it, now that the screen is gone.
    if (!isFailedCall) cache.removeQueries({ type: 'inactive' })
    reset()
    void router.invalidate()
  }

  return (
    <State
      level={1}
      icon={error instanceof Unreachable ? WifiOff : TriangleAlert}
      title={isFailedCall ? 'This could not be loaded' : 'Something broke on this screen'}
      action={
        <Button variant="primary" onClick={retry}>
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
