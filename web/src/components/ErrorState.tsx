import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Problem, Unreachable } from '@/lib/problem'
import { Button } from './Button'
import { CopyField } from './CopyField'
import { OfflineState } from './OfflineState'
import { describe } from './problem-form'
import { State } from './State'

interface ErrorStateProps {
  error: unknown
  /** What is missing: “The members could not be loaded”. */
  title?: string
  onRetry?: (() => void) | undefined
  level?: 1 | 2
  action?: ReactNode
}

/** An area that could not be loaded: the reason, the way to try again, and what support needs to find it. */
export function ErrorState({ error, title = 'This could not be loaded', onRetry, level = 2, action }: ErrorStateProps) {
  if (error instanceof Unreachable) return <OfflineState title={title} onRetry={onRetry} level={level} />
  return (
    <State
      icon={TriangleAlert}
      title={title}
      level={level}
      action={
        <div role="alert" className="flex flex-col items-center gap-4">
          {error instanceof Problem && error.traceId !== undefined && (
            <CopyField label="Reference" value={error.traceId} compact />
          )}
          {(onRetry !== undefined || action !== undefined) && (
            <div className="flex gap-2">
              {onRetry && <Button onClick={onRetry}>Try again</Button>}
              {action}
            </div>
          )}
        </div>
      }
    >
      {describe(error)}
    </State>
  )
}
