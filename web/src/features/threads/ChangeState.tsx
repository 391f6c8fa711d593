import { Clock3, GitMerge, RotateCw, Trash2, TriangleAlert } from 'lucide-react'
import { Button } from '@/components/Button'
import { outbox } from '@/lib/client'
import { deciding } from '@/lib/deciding'
import type { Outgoing } from '@/lib/outbox'
import { useNow } from '@/lib/react/use-now'

const words = {
  create: { soon: 'Sending', waits: 'Waiting to be sent', failed: 'Not sent.' },
  update: { soon: 'Saving', waits: 'Waiting to be saved', failed: 'Your change was not saved.' },
  delete: { soon: 'Deleting', waits: 'Waiting to be deleted', failed: 'Not deleted.' },
}

/** What becomes of something that a person wants: on its way, refused with the reason, or in need of a decision. */
export function ChangeState({ change }: { change: Outgoing }) {
  const { id, op, failure, conflict, writtenAt } = change
  if (conflict)
    return (
      <div role="alert" className="flex flex-wrap items-center gap-x-2 text-xs text-danger">
        <span className="flex items-start gap-x-2">
          <GitMerge aria-hidden className="mt-px size-3.5 shrink-0" />
          <span>{words[op].failed} Somebody changed it meanwhile.</span>
        </span>
        <Button size="small" variant="quiet" onClick={() => deciding.set(id)}>
          Decide
        </Button>
      </div>
    )
  if (failure === undefined) return <Waiting since={writtenAt} {...words[op]} />
  return (
    <div role="alert" className="flex flex-wrap items-center gap-x-2 text-xs text-danger">
      <span className="flex items-start gap-x-2">
        <TriangleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
        <span>
          {words[op].failed} {failure}
        </span>
      </span>
      <Button size="small" variant="quiet" onClick={() => outbox.retry(id)}>
        <RotateCw aria-hidden className="size-3.5" />
        Try again
      </Button>
      <Button size="small" variant="danger" onClick={() => outbox.discard(id)}>
        <Trash2 aria-hidden className="size-3.5" />
        Discard
      </Button>
    </div>
  )
}

/** An answer usually comes before one could read that it is awaited. */
const SAY_AFTER = 1_000

function Waiting({ since, soon, waits }: { since: number; soon: string; waits: string }) {
  const now = useNow(500)
  if (now - since < SAY_AFTER) return <span className="sr-only">{soon}</span>
  return (
    <span className="inline-flex items-center gap-1 text-xs text-ink-soft">
      <Clock3 aria-hidden className="size-3" />
      {waits}
    </span>
  )
}
